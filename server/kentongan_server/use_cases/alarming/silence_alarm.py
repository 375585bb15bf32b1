"""Stop the noise; the alarm's incident lives on."""

from kentongan_server.domain.alarm import Action
from kentongan_server.domain.errors import RefusedError, UnknownError
from kentongan_server.domain.events import Noted
from kentongan_server.domain.lifecycle import FINAL_COMMAND_STATES
from kentongan_server.domain.people import Person, Role
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.alarming.raise_alarm import command_nodes


def silence_alarm(uow: UnitOfWork, incident_id: str, person: Person) -> int:
    """Tell every kentongan that still sounds for this incident to stop; how many. RT head or operator only."""
    incident = uow.incidents.incident(incident_id)
    alarm = uow.alarms.alarm_of(incident_id)
    if incident is None or not person.sees(incident.region):
        raise UnknownError("There is no such incident.")
    if not (person.has(Role.RT_HEAD, incident.region) or person.has(Role.OPERATOR, incident.region)):
        raise RefusedError("Only the RT head or an operator may silence an alarm.")
    if alarm is None:
        return 0
    noisy = [
        command.node
        for command in uow.alarms.commands_of([incident_id])
        if command.action is Action.SOUND and command.state not in FINAL_COMMAND_STATES
    ]
    command_nodes(uow, alarm, noisy, Action.SILENCE)
    uow.happened(Noted(incident.id, incident.region, person.id, what="alarm_silenced", data={"nodes": noisy}))
    return len(noisy)
