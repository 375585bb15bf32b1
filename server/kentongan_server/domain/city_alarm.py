"""An alarm for a whole kecamatan or the whole city takes two people.

One proposes it and sees how many kentongan would sound; another confirms by typing that number; for ten seconds either,
or anyone who may propose, can still stop it. A proposal that nobody confirms within ten minutes is over.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kentongan_server.domain.incident_kind import IncidentKind, Purpose
from kentongan_server.domain.lifecycle import CityAlarmState

ABORT_WINDOW = timedelta(seconds=10)
PROPOSAL_LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class CityAlarm:
    """`due_at` is when it sounds once it is confirmed, and when it expires while it is only proposed."""

    id: str
    region: str
    kind: IncidentKind
    purpose: Purpose
    text: str | None
    state: CityAlarmState
    kentongan: int
    proposed_by: str
    proposed_at: datetime
    due_at: datetime | None
    confirmed_by: str | None = None
    aborted_by: str | None = None
