"""How often one destination may be told. The first word of an alarm is never held; all others wait, none is dropped.

The limits are GoAlert's for its channels, which years of paging have tried.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from kentongan_server.domain.notification import NotifyChannel, Urgency

_SPACING = (1, timedelta(minutes=1))
_PHONE = ((5, timedelta(minutes=15)), (11, timedelta(hours=1)), (21, timedelta(hours=3)))
LIMITS: dict[NotifyChannel, tuple[tuple[int, timedelta], ...]] = {
    NotifyChannel.SMS: (_SPACING, *_PHONE),
    NotifyChannel.EMAIL: (_SPACING, (30, timedelta(hours=1))),
    NotifyChannel.TELEGRAM: (_SPACING, (30, timedelta(hours=1))),
    NotifyChannel.WEB_PUSH: (_SPACING, (60, timedelta(hours=1))),
    NotifyChannel.WEBHOOK: ((60, timedelta(minutes=1)),),
}
LONGEST_WINDOW = max(window for limits in LIMITS.values() for _, window in limits)


def allowed_at(channel: NotifyChannel, urgency: Urgency, told_at: Sequence[datetime], now: datetime) -> datetime:
    """When this destination may next be told: `now`, or later when it was told too often (`told_at`, in any order)."""
    if urgency is Urgency.FIRST:
        return now
    earliest = now
    newest_first = sorted(told_at, reverse=True)
    for most, window in LIMITS[channel]:
        if len(newest_first) >= most:
            earliest = max(earliest, newest_first[most - 1] + window)
    return earliest
