"""How the core's values lie in columns: times as whole milliseconds, facts as JSON text."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def to_ms(at: datetime) -> int:
    """Milliseconds since 1970 of an aware time."""
    return (at - _EPOCH) // _MS


def to_ms_or_none(at: datetime | None) -> int | None:
    """The same, None for None."""
    return None if at is None else to_ms(at)


def from_ms(ms: int) -> datetime:
    """The aware time, UTC."""
    return _EPOCH + timedelta(milliseconds=ms)


def from_ms_or_none(ms: int | None) -> datetime | None:
    """The same, None for None."""
    return None if ms is None else from_ms(ms)


def to_text(facts: dict[str, Any]) -> str:
    """Compact JSON."""
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> dict[str, Any]:
    """The facts that `to_text` wrote."""
    facts: dict[str, Any] = json.loads(text)
    return facts
