"""What the neighbourhood is shown of an incident that was taken back: nothing that came after, but the kentongan's own words.

It is the same for a cancellation that is true and for one typed under duress, so that the two cannot be told apart on any
phone but the police's. What a duress PIN leaves behind where it could not cancel is hidden too.
"""

from datetime import datetime

POLICE_ONLY = frozenset({"duress_called", "duress_tapped", "cancel_tapped"})
STILL_SHOWN = frozenset({"incident_cancelled", "alarm_silenced", "alarm_ended", "command_state_changed"})
_TRACES = ("forward_", "human_paged", "view_opened")


def may_be_shown(event: str, at: datetime, cancelled_at: datetime | None, duress_at: datetime | None) -> bool:
    """True when the neighbourhood may read this entry of an incident."""
    if event in POLICE_ONLY:
        return False
    if cancelled_at is not None and at >= cancelled_at:
        return event in STILL_SHOWN
    return duress_at is None or at < duress_at or not event.startswith(_TRACES)
