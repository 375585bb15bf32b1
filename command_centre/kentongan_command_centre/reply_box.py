"""The operator's words on their way to the server: written down first, repeated until the server took them.

Replies of one incident leave in the order they were said, so the server never hears "dispatched" before "acknowledged".
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from kentongan_command_centre.case import reply_for
from kentongan_command_centre.database import Database
from kentongan_command_centre.document import Refusal

_PAUSES = (2.0, 5.0, 10.0, 20.0, 40.0)
_LAST_PAUSE = 60.0


@dataclass(frozen=True, slots=True)
class Reply:
    """One word to the server. `delivery` makes its repetition harmless; `at` is ISO 8601."""

    delivery: str
    incident: str
    reply: str
    operator: str
    disposition: str | None
    at: str
    attempts: int


class ReplyBox:
    """What was said and has, or has not yet, been heard."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def say(
        self, incident: str, action: str, operator: str, disposition: str | None, *, delivery: str, now: datetime
    ) -> bool:
        """Write the operator's word down and move the case; False when it was said before. Refusal when it does not fit."""
        with self._database.transaction() as db:
            row = db.execute("SELECT status FROM cases WHERE incident = ?", (incident,)).fetchone()
            if row is None:
                raise Refusal(404, "Unknown", "There is no such case.")
            reply = reply_for(action, row["status"], disposition)
            if reply is None:
                return False
            db.execute(
                "INSERT INTO replies (delivery, incident, reply, operator, disposition, at, due_second)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (delivery, incident, reply, operator, disposition, now.isoformat(), now.timestamp()),
            )
            db.execute(
                "UPDATE cases SET status = ?, updated_at = ? WHERE incident = ?", (reply, now.isoformat(), incident)
            )
        return True

    def due(self, now: datetime, limit: int) -> list[Reply]:
        """The oldest unsent reply of each incident, where its time has come."""
        rows = self._database.rows(
            "SELECT * FROM replies WHERE seq IN (SELECT min(seq) FROM replies WHERE sent = 0 GROUP BY incident)"
            " AND due_second <= ? ORDER BY seq LIMIT ?",
            now.timestamp(),
            limit,
        )
        return [_reply(row) for row in rows]

    def unsent_newest_first(self) -> list[Reply]:
        """Everything that waits, in the order in which it must not leave."""
        return [_reply(row) for row in self._database.rows("SELECT * FROM replies WHERE sent = 0 ORDER BY seq DESC")]

    def sent(self, reply: Reply) -> None:
        """The server took it."""
        with self._database.transaction() as db:
            db.execute(
                "UPDATE replies SET sent = 1, attempts = ?, error = NULL WHERE delivery = ?",
                (reply.attempts + 1, reply.delivery),
            )

    def failed(self, reply: Reply, error: str, now: datetime) -> None:
        """The server did not take it; it is due again after 2, 5, 10, 20, 40 and then every 60 seconds."""
        pause = _PAUSES[reply.attempts] if reply.attempts < len(_PAUSES) else _LAST_PAUSE
        with self._database.transaction() as db:
            db.execute(
                "UPDATE replies SET attempts = ?, error = ?, due_second = ? WHERE delivery = ?",
                (reply.attempts + 1, error, now.timestamp() + pause, reply.delivery),
            )


def _reply(row: sqlite3.Row) -> Reply:
    return Reply(
        row["delivery"],
        row["incident"],
        row["reply"],
        row["operator"],
        row["disposition"],
        row["at"],
        row["attempts"],
    )
