"""The law of states: tables, and nothing happens that is not in them.

An event that has no cell raises and changes nothing. The diagrams in docs/lifecycle.md are printed from these tables.
Acknowledgements, the alarm and the forward are facts of their own and never squeezed into the incident's status.
"""

from enum import StrEnum
from typing import TypeVar

from kentongan_server.domain.errors import IllegalTransitionError


class IncidentStatus(StrEnum):
    """How far the event in the world has come."""

    REPORTED = "reported"
    ACKNOWLEDGED = "acknowledged"
    DISPATCHED = "dispatched"
    ON_SCENE = "on_scene"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MERGED = "merged"


class AlarmState(StrEnum):
    """The decision to make noise: asked for, held back a moment, on, fading, over."""

    REQUESTED = "requested"
    GATED = "gated"
    ACTIVE = "active"
    EASING = "easing"
    ENDED = "ended"


class CommandState(StrEnum):
    """One instruction to one kentongan; `sent` means that the broker took it, nothing more."""

    QUEUED = "queued"
    SENT = "sent"
    DEVICE_ACKED = "device_acked"
    SOUNDING = "sounding"
    SILENCED = "silenced"
    COMPLETED = "completed"
    EXPIRED = "expired"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    SUPERSEDED = "superseded"


class NotificationState(StrEnum):
    """One word to one person over one channel; `sent` means that the channel took it, `delivered` that it arrived."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    NOT_NEEDED = "not_needed"


class CityAlarmState(StrEnum):
    """A city-wide alarm takes two people and a last moment in which either may still stop it."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    SOUNDED = "sounded"
    ABORTED = "aborted"
    EXPIRED = "expired"


class DrillState(StrEnum):
    """A rehearsal: planned, sounding and being answered, scored."""

    SCHEDULED = "scheduled"
    RUNNING = "running"
    SCORED = "scored"
    CALLED_OFF = "called_off"


State = TypeVar("State", IncidentStatus, AlarmState, CommandState, CityAlarmState, DrillState, NotificationState)
Table = dict[State, dict[str, State]]

_I = IncidentStatus
INCIDENT: Table[IncidentStatus] = {
    _I.REPORTED: {
        "acknowledge": _I.ACKNOWLEDGED,
        "dispatch": _I.DISPATCHED,
        "arrive": _I.ON_SCENE,
        "resolve": _I.RESOLVED,
        "cancel": _I.CANCELLED,
        "merge": _I.MERGED,
    },
    _I.ACKNOWLEDGED: {
        "dispatch": _I.DISPATCHED,
        "arrive": _I.ON_SCENE,
        "resolve": _I.RESOLVED,
        "cancel": _I.CANCELLED,
        "merge": _I.MERGED,
    },
    _I.DISPATCHED: {"arrive": _I.ON_SCENE, "resolve": _I.RESOLVED, "cancel": _I.CANCELLED, "merge": _I.MERGED},
    _I.ON_SCENE: {"resolve": _I.RESOLVED, "merge": _I.MERGED},
    _I.RESOLVED: {"close": _I.CLOSED, "reopen": _I.REPORTED},
    _I.CLOSED: {"reopen": _I.REPORTED},
    _I.CANCELLED: {"reopen": _I.REPORTED},
    _I.MERGED: {"unmerge": _I.REPORTED},
}

_A = AlarmState
ALARM: Table[AlarmState] = {
    _A.REQUESTED: {"gate": _A.GATED, "activate": _A.ACTIVE, "end": _A.ENDED},
    _A.GATED: {"activate": _A.ACTIVE, "end": _A.ENDED},
    _A.ACTIVE: {"ease": _A.EASING, "end": _A.ENDED},
    _A.EASING: {"resume": _A.ACTIVE, "end": _A.ENDED},
    _A.ENDED: {},
}

_C = CommandState
COMMAND: Table[CommandState] = {
    _C.QUEUED: {
        "publish": _C.SENT,
        "expire": _C.EXPIRED,
        "supersede": _C.SUPERSEDED,
    },
    _C.SENT: {
        "device_ack": _C.DEVICE_ACKED,
        "time_out": _C.TIMED_OUT,
        "fail": _C.FAILED,
        "expire": _C.EXPIRED,
        "supersede": _C.SUPERSEDED,
    },
    _C.TIMED_OUT: {"requeue": _C.QUEUED, "expire": _C.EXPIRED, "supersede": _C.SUPERSEDED},
    _C.DEVICE_ACKED: {
        "sound": _C.SOUNDING,
        "complete": _C.COMPLETED,
        "fail": _C.FAILED,
        "expire": _C.EXPIRED,
        "supersede": _C.SUPERSEDED,
    },
    _C.SOUNDING: {
        "silence": _C.SILENCED,
        "complete": _C.COMPLETED,
        "fail": _C.FAILED,
        "supersede": _C.SUPERSEDED,
    },
    _C.SILENCED: {},
    _C.COMPLETED: {},
    _C.EXPIRED: {},
    _C.FAILED: {},
    _C.SUPERSEDED: {},
}

_K = CityAlarmState
CITY_ALARM: Table[CityAlarmState] = {
    _K.PROPOSED: {"confirm": _K.CONFIRMED, "abort": _K.ABORTED, "expire": _K.EXPIRED},
    _K.CONFIRMED: {"sound": _K.SOUNDED, "abort": _K.ABORTED},
    _K.SOUNDED: {},
    _K.ABORTED: {},
    _K.EXPIRED: {},
}

_D = DrillState
DRILL: Table[DrillState] = {
    _D.SCHEDULED: {"start": _D.RUNNING, "call_off": _D.CALLED_OFF},
    _D.RUNNING: {"score": _D.SCORED},
    _D.SCORED: {},
    _D.CALLED_OFF: {},
}

_N = NotificationState
NOTIFICATION: Table[NotificationState] = {
    _N.PENDING: {"begin": _N.SENDING, "deliver": _N.DELIVERED, "fail": _N.FAILED, "spare": _N.NOT_NEEDED},
    _N.SENDING: {
        "begin": _N.SENDING,
        "send": _N.SENT,
        "retry": _N.PENDING,
        "deliver": _N.DELIVERED,
        "fail": _N.FAILED,
        "spare": _N.NOT_NEEDED,
    },
    _N.SENT: {"deliver": _N.DELIVERED},
    _N.DELIVERED: {},
    _N.FAILED: {"deliver": _N.DELIVERED},
    _N.NOT_NEEDED: {"deliver": _N.DELIVERED},
}

FINAL_COMMAND_STATES = frozenset(state for state, events in COMMAND.items() if not events)
UNANSWERED_COMMAND_STATES = frozenset({_C.QUEUED, _C.SENT, _C.TIMED_OUT})
OPEN_INCIDENT_STATES = frozenset({_I.REPORTED, _I.ACKNOWLEDGED, _I.DISPATCHED, _I.ON_SCENE})

# What a kentongan's word implies: it may say `completed` when the messages in between were lost. `expired` is no end: it refused
# one attempt as too late or overtaken, and obeys the next. Else whoever replays an old attempt could silence an alarm.
_IMPLIED_BY_OUTCOME = {
    _C.DEVICE_ACKED: ("publish", "device_ack"),
    _C.SOUNDING: ("publish", "device_ack", "sound"),
    _C.COMPLETED: ("publish", "device_ack", "sound", "complete"),
    _C.SILENCED: ("publish", "device_ack", "sound", "silence"),
    _C.FAILED: ("publish", "fail"),
}


def advance(table: Table[State], state: State, event: str) -> State:
    """The state after `event`; IllegalTransitionError when the table has no such cell."""
    following = table[state].get(event)
    if following is None:
        raise IllegalTransitionError(f"{event} is not possible while {state}")
    return following


def believe(state: CommandState, outcome: CommandState) -> CommandState:
    """The command's state after its kentongan said `outcome`; unchanged when that is old news."""
    implied = _IMPLIED_BY_OUTCOME.get(outcome, ())
    if implied and state is CommandState.TIMED_OUT:
        state = advance(COMMAND, state, "requeue")
    for event in implied:
        state = COMMAND[state].get(event, state)
    return state
