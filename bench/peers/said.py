"""What the Python peers take, and where they read how they were started."""

import json
import os
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

TABLE = (
    "CREATE TABLE IF NOT EXISTS reports (id TEXT PRIMARY KEY, kind TEXT NOT NULL, region TEXT NOT NULL,"
    " text TEXT, latitude REAL, longitude REAL, received_at REAL NOT NULL)"
)
INSERT = "INSERT INTO reports VALUES (?, ?, ?, ?, ?, ?, ?)"
PRAGMAS = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL")

HTTP_PORT = int(os.environ["BENCH_HTTP_PORT"])
BROKER_PORT = int(os.environ["BENCH_BROKER_PORT"])
BROKER_PASSWORD = os.environ["BENCH_BROKER_PASSWORD"]
DATABASE = os.environ["BENCH_DATABASE"]
NODES = {
    region["code"]: region["nodes"][0]["id"]
    for region in json.loads(Path(os.environ["BENCH_CITY"]).read_text(encoding="utf-8"))["regions"]
}


class Kind(StrEnum):
    """The kinds that the load sends."""

    PANIC = "panic"
    THEFT = "theft"
    ROBBERY = "robbery"
    ASSAULT = "assault"
    FIRE = "fire"
    MEDICAL = "medical"


class Position(BaseModel):
    """Degrees."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class Report(BaseModel):
    """A report as the API takes it."""

    model_config = ConfigDict(extra="forbid")
    id: str = Field(pattern=r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$")
    kind: Kind
    region: str = Field(min_length=1, max_length=64)
    text: str | None = Field(None, max_length=1000)
    position: Position | None = None


def row(report: Report, now: float) -> tuple[object, ...]:
    """The report as a row of the table."""
    place = report.position
    latitude, longitude = (place.latitude, place.longitude) if place else (None, None)
    return (report.id, report.kind.value, report.region, report.text, latitude, longitude, now)


def message(report: Report) -> tuple[str, str]:
    """Topic and payload of the one message that a report becomes."""
    payload = json.dumps({"id": report.id, "kind": report.kind.value, "region": report.region, "sound": True})
    return f"kentongan/v1/{NODES[report.region]}/down/command", payload
