"""What a document lets the officer look at: a camera of the RT, or the place, behind a link that opens for a time.

Nothing here can make a document be refused: an alarm with an odd camera is still an alarm. What cannot be read is left out,
and what is no web address is named without a link.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

_MOST = 10
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class View:
    """`name` of a camera, or None for the place; `about` says more of it. `link` opens until `until`, where that is known."""

    name: str | None
    about: str
    link: str | None
    until: datetime | None

    def as_json(self) -> dict[str, Any]:
        """As the page is told."""
        until = None if self.until is None else self.until.isoformat()
        return {"name": self.name, "about": self.about, "link": self.link, "until": until}


def views_of_webhook(cameras: Any, position_link: Any, links_until: Any) -> tuple[View, ...]:
    """From the fields of the signed JSON."""
    return tuple(_webhook(cameras, position_link, _moment(links_until)))[:_MOST]


def views_of_cap(resources: Iterable[tuple[str, str | None]]) -> tuple[View, ...]:
    """From the alert's resources, each a description and an address; until when they open stands in the words alone."""
    return tuple(View(None, _text(about), _web(link), None) for about, link in resources)[:_MOST]


def _webhook(cameras: Any, position_link: Any, until: datetime | None) -> Iterator[View]:
    for one in cameras if isinstance(cameras, list) else ():
        if isinstance(one, dict) and (name := _text(one.get("name")) or _text(one.get("id"))):
            parts = [_text(one.get("role")), _text(one.get("health"))]
            metres = one.get("distance_m")
            about = [part for part in parts if part] + ([f"{metres} m"] if type(metres) is int else [])
            yield View(name, ", ".join(about), _web(one.get("link")), until)
    if (link := _web(position_link)) is not None:
        yield View(None, "position", link, until)


def _text(value: Any) -> str:
    return value[:_LONGEST] if isinstance(value, str) else ""


def _web(value: Any) -> str | None:
    """The address, when a browser can be sent there and nowhere else."""
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or len(value) > 2000:
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    return value if parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc else None


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
