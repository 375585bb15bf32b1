"""What one person is told over one channel, and how that went.

A crime or an emergency is told at once, whatever the hour; community news waits for the person's morning. One answer
never silences the others: each person is told until they themselves have answered.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from kentongan_server.domain.incident_kind import IncidentClass, Purpose
from kentongan_server.domain.lifecycle import NotificationState


class NotifyChannel(StrEnum):
    """The ways to a person. All but the page itself are run by strangers: no name and no place travels on them."""

    WEB_PUSH = "web_push"
    TELEGRAM = "telegram"
    SMS = "sms"
    EMAIL = "email"
    WEBHOOK = "webhook"


class Wave(StrEnum):
    """Who is told when: tonight's ronda first, then the RT; once more those of the ronda who did not answer.

    `confirm` carries the code that proves a destination is its owner's, `trial` shows its owner that it works, `security`
    says that something about their account wants to be read.
    """

    RONDA = "ronda"
    RESIDENTS = "residents"
    AGAIN = "again"
    CONFIRM = "confirm"
    TRIAL = "trial"
    SECURITY = "security"

    @property
    def is_own(self) -> bool:
        """True for what is about the person's own channel or account: it is of no incident and always said."""
        return self in (Wave.CONFIRM, Wave.TRIAL, Wave.SECURITY)


class Urgency(IntEnum):
    """What a channel sends first when several wait; the first word of an alarm jumps the queue and no limit holds it."""

    FIRST = 0
    CODE = 1
    AGAIN = 2
    NEWS = 3


@dataclass(frozen=True, slots=True)
class Destination:
    """Where one person is reached over one channel. `address` is what the channel needs, as text.

    `hears` are the classes this person wants there, `after_s` how many seconds later than the others: a dearer channel
    need not speak when its owner has answered by then. An unconfirmed destination hears nothing but its code.
    """

    id: str
    person: str
    channel: NotifyChannel
    address: str
    hears: frozenset[IncidentClass] = frozenset(IncidentClass)
    after_s: int = 0
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Notification:
    """One word to one destination. `person` keeps its meaning when the destination is gone."""

    id: str
    incident: str | None
    person: str
    destination: str
    channel: NotifyChannel
    wave: Wave
    urgency: Urgency
    state: NotificationState
    attempts: int
    error: str | None
    queued_at: datetime
    due_at: datetime | None
    changed_at: datetime


def own_word(id: str, to: Destination, wave: Wave, at: datetime) -> Notification:
    """A word about the person's own channel or account, of no incident and due at once."""
    return Notification(
        id=id,
        incident=None,
        person=to.person,
        destination=to.id,
        channel=to.channel,
        wave=wave,
        urgency=Urgency.CODE,
        state=NotificationState.PENDING,
        attempts=0,
        error=None,
        queued_at=at,
        due_at=at,
        changed_at=at,
    )


@dataclass(frozen=True, slots=True)
class Message:
    """What a channel may know of it: enough to open the page at the right place, no name, no address, nobody's words."""

    notification: str
    incident: str | None
    incident_class: IncidentClass | None
    purpose: Purpose
    wave: Wave
    language: str
    code: str | None = None

    @property
    def is_urgent(self) -> bool:
        """True for what should wake somebody."""
        return self.purpose is Purpose.ACTUAL and self.incident_class in (IncidentClass.CRIME, IncidentClass.EMERGENCY)
