"""An operator widens an alarm: the RW, the neighbouring RTs, the kelurahan; more than that takes two people."""

from kentongan_server.domain.errors import IllegalTransitionError, InvalidError, RefusedError
from kentongan_server.domain.lifecycle import AlarmState
from kentongan_server.domain.people import Person, Role
from kentongan_server.domain.spread import KELURAHAN, LEVELS, OWN_RT
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.alarming.spread_alarm import spread


def raise_by_hand(uow: UnitOfWork, incident_id: str, person: Person, level: int) -> int:
    """Bring the incident's alarm to `level`; how many RTs it has woken beyond its own."""
    incident = uow.incident_for(person, incident_id)
    if not person.has(Role.OPERATOR, incident.region):
        raise RefusedError("Only an operator may widen an alarm by hand; call 110 and ask.")
    if not OWN_RT <= level <= KELURAHAN:
        raise InvalidError("An alarm can be raised to level 1, 2, 3 or 4; for more, propose a city alarm.")
    alarm = uow.alarms.alarm_of(incident.id)
    if alarm is None:
        raise IllegalTransitionError("This incident makes no noise; there is no alarm to widen.")
    if alarm.state not in (AlarmState.GATED, AlarmState.ACTIVE):
        raise IllegalTransitionError("This alarm is over or fading; a new report sounds it again.")
    if level <= alarm.level:
        raise IllegalTransitionError(f"This alarm sounds at level {alarm.level} ({LEVELS[alarm.level]}) already.")
    spread(uow, alarm, incident, level, f"by hand of {person.id}")
    return len(uow.alarms.woken_by(alarm.id))
