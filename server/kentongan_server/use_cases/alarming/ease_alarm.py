"""Let an alarm fade: once a named human took the incident it spreads no further; what sounds plays to its end."""

from kentongan_server.domain.alarm import Alarm
from kentongan_server.domain.events import (
    IncidentAcknowledged,
    IncidentMerged,
    IncidentMoved,
    StageReached,
)
from kentongan_server.domain.lifecycle import ALARM, AlarmState, advance
from kentongan_server.domain.spread import CITY
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.alarming.end_alarm import end_when_over

_TAKEN = ("police_saw", "on_the_way", "resolved")


def on_answer(uow: UnitOfWork, event: IncidentAcknowledged | IncidentMoved | IncidentMerged | StageReached) -> None:
    """Somebody took it, went there, or knows better: the alarm fades. A gate stays a gate, for trust only delays."""
    if event.incident is None or (isinstance(event, StageReached) and event.stage not in _TAKEN):
        return
    alarm = uow.alarms.alarm_of(event.incident)
    if alarm is not None:
        ease(uow, alarm)
    if isinstance(event, IncidentMerged) and uow.answers.somebody_comes(event.into.id):
        other = uow.alarms.alarm_of(event.into.id)
        if other is not None:
            ease(uow, other)  # who comes to the one comes to the other


def ease(uow: UnitOfWork, alarm: Alarm) -> None:
    """The alarm spreads no further; it ends as soon as nothing sounds. A city that is being called is called to its end."""
    if alarm.state is not AlarmState.ACTIVE or (alarm.level >= CITY and alarm.due_at is not None):
        return
    uow.alarms.set_alarm(alarm.id, advance(ALARM, alarm.state, "ease"), alarm.level, None)
    end_when_over(uow, alarm.incident)
