"""Fills a database with closed incidents of the past, to see how a server fares with a long record behind it.

`python -m bench.fill_record sqlite:////tmp/long.sqlite3 1000000`: each with its report, alarm, completed command, accepted document,
a neighbour who was told, and five chained entries. An SQLite file is not forced to the disk before its end: whoever loses power fills anew.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, insert, select

from kentongan_server.outbound.database.engine import migrate, open_database, writing
from kentongan_server.outbound.database.notification_tables import notifications
from kentongan_server.outbound.database.record_rows import Chain
from kentongan_server.outbound.database.statement import Statement
from kentongan_server.outbound.database.tables import (
    alarm_commands,
    alarms,
    incidents,
    nodes,
    outbox,
    regions,
    reports,
)

PAGE = 10_000
RTS = 500
YEAR_MS = 365 * 86_400_000
BEGIN_MS = 1_730_000_000_000
BOOK = "semarang-1"
_ADD = {
    table.name: Statement(insert(table))
    for table in (incidents, reports, alarms, alarm_commands, outbox, notifications)
}
_COMMAND = {"action": "sound", "state": "completed", "counter": 1, "attempts": 1, "codebook": BOOK}
_DOCUMENT = {
    "channel": "police_webhook",
    "incident_class": "crime",
    "body": "{}",
    "state": "accepted",
    "attempts": 1,
    "paged": False,
}
_WORD = {
    "destination": "old",
    "channel": "web_push",
    "wave": "residents",
    "urgency": 0,
    "state": "sent",
    "attempts": 1,
}
ENTRIES = ("report_taken", "incident_opened", "alarm_raised", "acknowledged", "incident_status_changed")


def fill(address: str, many: int, told: Callable[[int], None] = lambda _: None) -> None:
    """Bring the tables up to date and add so many incidents; `told` hears after each page how many there are."""
    engine = open_database(address)
    migrate(engine)
    codes = [f"33.74.{n // 100 + 1:02d}.1001/RW{n // 10 % 10 + 1:02d}/RT{n % 10 + 1:02d}" for n in range(RTS)]
    with writing(engine) as connection:
        if engine.dialect.name == "sqlite":
            connection.connection.cursor().execute("PRAGMA synchronous=OFF")
        for first in range(0, many, PAGE):
            with connection.begin():
                if first == 0:
                    _regions(connection, codes)
                _page(connection, codes, range(first, min(first + PAGE, many)), many)
            told(min(first + PAGE, many))
    engine.dispose()


def _regions(connection: Connection, codes: list[str]) -> None:
    known = {code for (code,) in connection.execute(select(regions.c.code))}
    new = [code for code in codes if code not in known]
    if new:
        connection.execute(
            insert(regions), [{"code": c, "name": c[-4:], "latitude": -6.98, "longitude": 110.41} for c in new]
        )
    quiet = {"role": "kentongan", "presence": "unknown", "siren": "unknown"} | dict.fromkeys(
        ("boot", "session", "seq", "counter", "release", "offered"), 0
    )
    known = {node for (node,) in connection.execute(select(nodes.c.id))}
    made = [{**quiet, "id": _node(n), "region": code} for n, code in enumerate(codes) if _node(n) not in known]
    if made:
        connection.execute(insert(nodes), made)


def _node(number: int) -> str:
    return f"old-{number:03d}"


def _page(connection: Connection, codes: list[str], numbers: range, many: int) -> None:
    made: dict[str, list[dict[str, Any]]] = {name: [] for name in _ADD}
    entries: list[dict[str, Any]] = []
    for number in numbers:
        id, at, region = f"old-{number:09d}", BEGIN_MS + number * YEAR_MS // many, codes[number % RTS]
        plain = {"id": id, "kind": "theft", "purpose": "actual", "region": region}
        made["incidents"].append({**plain, "incident_class": "crime", "status": "closed", "opened_at": at})
        made["reports"].append({**plain, "source": "app", "trusted": True, "received_at": at, "incident": id})
        made["alarms"].append(
            {
                "id": id,
                "incident": id,
                "region": region,
                "state": "ended",
                "level": 1,
                "codebook": BOOK,
                "requested_at": at,
            }
        )
        made["alarm_commands"].append(
            {**_COMMAND, "id": id, "alarm": id, "incident": id, "node": _node(number % RTS)}
            | dict.fromkeys(("created_at", "expires_at"), at)
        )
        made["outbox"].append({**_DOCUMENT, "id": id, "incident": id, "subject": id, "queued_at": at})
        made["notifications"].append(
            {**_WORD, "id": id, "incident": id, "person": f"old-{number % RTS}", "queued_at": at, "changed_at": at}
        )
        entries += [
            {"at": at, "event": event, "incident": id, "region": region, "actor": None, "facts": "{}"}
            for event in ENTRIES
        ]
    for name, add in _ADD.items():
        add.run_many(connection, made[name])
    chain = Chain(connection)
    chain.waiting += entries
    chain.flush()


if __name__ == "__main__":
    begun = time.monotonic()
    fill(sys.argv[1], int(sys.argv[2]))
    sys.stdout.write(f"{sys.argv[2]} incidents in {time.monotonic() - begun:.0f} s\n")
