"""The inbox of replies as rows."""

from datetime import datetime

from sqlalchemy import Connection, insert, select

from kentongan_server.outbound.database.notification_tables import replies
from kentongan_server.outbound.database.values import to_ms


class ReplyRows:
    """The Replies on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def seen(self, delivery: str) -> str | None:
        found = self._connection.execute(select(replies.c.digest).where(replies.c.delivery == delivery)).one_or_none()
        return None if found is None else str(found.digest)

    def keep(self, delivery: str, digest: str, at: datetime) -> None:
        self._connection.execute(insert(replies), {"delivery": delivery, "digest": digest, "received_at": to_ms(at)})
