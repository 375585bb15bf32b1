"""Stop the noise; the alarm's incident lives on.

What sounds is told to stop, what has not answered yet must not begin, and a gate that waits stays shut. A second,
independent reporter still sounds the kentongan anew.
"""

from kentongan_server.domain.alarm import Action
from kentongan_server.domain.errors import RefusedError, UnknownError
from kentongan_server.domain.events import Noted
from kentongan_server.domain.lifecycle import FINAL_COMMAND_STATES, AlarmState
from kentongan_server.domain.people import Person, Role
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.alarming.end_alarm import end, end_when_over, soundings, supersede_unanswered
from kentongan_server.use_cases.alarming.raise_alarm import command_nodes


def silence_alarm(uow: UnitOfWork, incident_id: str, person: Person) -> int:
    """Tell every kentongan that sounds, or may begin to, to stop; how many. RT head or operator only."""
    incident = uow.incidents.incident(incident_id)
    alarm = uow.alarms.alarm_of(incident_id)
    if incident is None or not person.sees(incident.region, incident.incident_class):
        raise UnknownError("There is no such incident.")
    if not (person.has(Role.RT_HEAD, incident.region) or person.has(Role.OPERATOR, incident.region)):
        raise RefusedError("Only the RT head or an operator may silence an alarm.")
    if alarm is None:
        return 0
    noisy = [command for command in soundings(uow, alarm) if command.state not in FINAL_COMMAND_STATES]
    nodes = [command.node for command in noisy]
    command_nodes(uow, alarm, nodes, Action.SILENCE)
    uow.happened(Noted(incident.id, incident.region, person.id, what="alarm_silenced", data={"nodes": nodes}))
    supersede_unanswered(uow, alarm.region, noisy)
    if alarm.state is AlarmState.GATED:
        end(uow, alarm)
    else:
        end_when_over(uow, incident.id)
    return len(nodes)
