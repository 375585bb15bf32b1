"""Fills a database with closed incidents of the past, to see how a server fares with a long record behind it.

`python -m bench.fill_record sqlite:////tmp/long.sqlite3 1000000`: each with its report, alarm and five chained entries.
"""

import sys
import time
from typing import Any

from sqlalchemy import Connection, insert, select

from kentongan_server.outbound.database.engine import migrate, open_database, writing
from kentongan_server.outbound.database.record_rows import Chain
from kentongan_server.outbound.database.tables import alarms, incidents, regions, reports

PAGE = 5000
RTS = 500
YEAR_MS = 365 * 86_400_000
BEGIN_MS = 1_730_000_000_000
ENTRIES = ("report_taken", "incident_opened", "alarm_raised", "acknowledged", "incident_status_changed")


def fill(address: str, many: int) -> None:
    """Bring the tables up to date and add so many incidents."""
    engine = open_database(address)
    migrate(engine)
    codes = [f"33.74.{n // 100 + 1:02d}.1001/RW{n // 10 % 10 + 1:02d}/RT{n % 10 + 1:02d}" for n in range(RTS)]
    for first in range(0, many, PAGE):
        with writing(engine) as connection, connection.begin():
            if first == 0:
                _regions(connection, codes)
            _page(connection, codes, range(first, min(first + PAGE, many)), many)
    engine.dispose()


def _regions(connection: Connection, codes: list[str]) -> None:
    known = {code for (code,) in connection.execute(select(regions.c.code))}
    new = [code for code in codes if code not in known]
    if new:
        connection.execute(
            insert(regions), [{"code": c, "name": c[-4:], "latitude": -6.98, "longitude": 110.41} for c in new]
        )


def _page(connection: Connection, codes: list[str], numbers: range, many: int) -> None:
    made: dict[str, list[dict[str, Any]]] = {"incidents": [], "reports": [], "alarms": [], "timeline": []}
    for number in numbers:
        id, at, region = f"old-{number:09d}", BEGIN_MS + number * YEAR_MS // many, codes[number % RTS]
        plain = {"id": id, "kind": "theft", "purpose": "actual", "region": region}
        made["incidents"].append({**plain, "incident_class": "crime", "status": "closed", "opened_at": at})
        told = {"source": "app", "trusted": True, "received_at": at, "incident": id}
        made["reports"].append({**plain, **told})
        noise = {"state": "ended", "level": 1, "codebook": "semarang-1", "requested_at": at}
        made["alarms"].append({"id": id, "incident": id, "region": region, **noise})
        made["timeline"] += [
            {"at": at, "event": event, "incident": id, "region": region, "actor": None, "facts": "{}"}
            for event in ENTRIES
        ]
    for table in (incidents, reports, alarms):
        connection.execute(insert(table), made[table.name])
    chain = Chain(connection)
    chain.waiting += made["timeline"]
    chain.flush()


if __name__ == "__main__":
    begun = time.monotonic()
    fill(sys.argv[1], int(sys.argv[2]))
    sys.stdout.write(f"{sys.argv[2]} incidents in {time.monotonic() - begun:.0f} s\n")
