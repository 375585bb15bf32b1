"""A regular drill: on the first, second, third, fourth or last such weekday of each month, at a local time.

Its next time is written down as an ordinary drill a day ahead, and the residents are told then; so it can be called off
like any other, and a restart, or a second server, neither forgets nor doubles it.
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from kentongan_server.domain.errors import InvalidError
from kentongan_server.domain.incident_kind import IncidentKind
from kentongan_server.domain.spread import WIB

TOLD_BEFORE = timedelta(days=1)
LAST_WEEK = 5
EARLIEST, LATEST = time(6), time(21)
_DAYS = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


@dataclass(frozen=True, slots=True)
class DrillSchedule:
    """`weekday` 0 is Monday; `week` 5 is the month's last. `due_at` is when its next drill is planned and told; None once
    it has ended."""

    id: str
    region: str
    kind: IncidentKind
    text: str | None
    week: int
    weekday: int
    begins: time
    set_by: str
    set_at: datetime
    next_at: datetime
    due_at: datetime | None
    ended_by: str | None = None

    def drill_id(self) -> str:
        """The id of its next drill: the same for every server that writes it."""
        return f"{self.id}.{self.next_at.astimezone(WIB):%Y%m%d}"


def next_time(week: int, weekday: int, begins: time, after: datetime) -> datetime:
    """The first such time after `after`, aware, in UTC."""
    month = after.astimezone(WIB).date().replace(day=1)
    while True:
        found = datetime.combine(_day(month, week, weekday), begins, WIB).astimezone(UTC)
        if found > after:
            return found
        month = (month + timedelta(days=31)).replace(day=1)


def assert_times(week: int, weekday: int, begins: time) -> None:
    """InvalidError for a time that is none, or at which nobody should be woken for practice."""
    if not 1 <= week <= LAST_WEEK or not 0 <= weekday <= 6:
        raise InvalidError("`week` is 1 to 4, or 5 for the last of the month; `weekday` is 0 (Monday) to 6 (Sunday).")
    if begins.tzinfo is not None or not EARLIEST <= begins <= LATEST:
        raise InvalidError(f"A regular drill begins between {EARLIEST:%H:%M} and {LATEST:%H:%M}, Semarang's time.")


def announcement(starts_at: datetime) -> str:
    """What the residents read, Indonesian first."""
    at = starts_at.astimezone(WIB)
    when = f"{at.day:02d}-{at.month:02d}-{at.year}, {at:%H:%M} WIB"
    indonesian, english = (_DAYS[language][at.weekday()] for language in ("id", "en"))
    return (
        f"Latihan kentongan: {indonesian}, {when}. Kentongan akan berbunyi; ini latihan, bukan kejadian sungguhan. "
        f"/ Kentongan drill: {english}, {when}. It is an exercise, not a real event."
    )


def _day(month: date, week: int, weekday: int) -> date:
    first = month + timedelta(days=(weekday - month.weekday()) % 7)
    found = first + timedelta(weeks=week - 1)
    days = calendar.monthrange(month.year, month.month)[1]
    return found if found <= month.replace(day=days) else found - timedelta(weeks=1)
