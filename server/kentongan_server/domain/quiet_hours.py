"""The hours in which a person wants no community news; it comes in their morning. Alarms know no quiet hours."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone

WIB = timezone(timedelta(hours=7), "WIB")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begin` until before `end` by the clock of Semarang, over midnight when `begin` is the later; equal: never."""

    begin: time = time(21, 0)
    end: time = time(5, 30)

    def holds(self, at: datetime) -> bool:
        """True when `at` lies within."""
        clock = at.astimezone(WIB).time()
        if self.begin <= self.end:
            return self.begin <= clock < self.end
        return clock >= self.begin or clock < self.end

    def earliest(self, at: datetime) -> datetime:
        """`at`, or the coming end of these hours when they hold then."""
        if not self.holds(at):
            return at
        local = at.astimezone(WIB)
        morning = local.replace(hour=self.end.hour, minute=self.end.minute, second=0, microsecond=0)
        if morning <= local:
            morning += timedelta(days=1)
        return morning.astimezone(at.tzinfo)
