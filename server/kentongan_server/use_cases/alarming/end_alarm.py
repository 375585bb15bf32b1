"""When an alarm is over: once no kentongan has anything left to sound, and it will not rise any more."""

from collections.abc import Iterable

from kentongan_server.domain.alarm import Action, Alarm, AlarmCommand
from kentongan_server.domain.events import Noted
from kentongan_server.domain.lifecycle import (
    ALARM,
    COMMAND,
    UNANSWERED_COMMAND_STATES,
    AlarmState,
    advance,
)
from kentongan_server.ports.unit_of_work import UnitOfWork


def end_when_over(uow: UnitOfWork, incident: str) -> None:
    """End the incident's alarm unless one of its kentongan may still sound."""
    alarm = uow.alarms.alarm_of(incident)
    if alarm is None or alarm.state is AlarmState.ENDED:
        return
    if alarm.state is AlarmState.ACTIVE and alarm.due_at is not None:
        return  # quiet for now, and it rises if nobody takes it
    if not uow.alarms.has_open_soundings(alarm.id):  # asked by each of a city's kentongan as it falls silent
        end(uow, alarm)


def end(uow: UnitOfWork, alarm: Alarm) -> None:
    """Nothing more will sound for this alarm."""
    uow.alarms.set_alarm(alarm.id, advance(ALARM, alarm.state, "end"), alarm.level, None)
    uow.happened(Noted(alarm.incident, alarm.region, what="alarm_ended", data={"alarm": alarm.id}))


def supersede_unanswered(uow: UnitOfWork, region: str, commands: Iterable[AlarmCommand]) -> None:
    """Take back what no kentongan has answered, so that one which returns later does not obey it."""
    for command in commands:
        if command.state not in UNANSWERED_COMMAND_STATES:
            continue
        state = advance(COMMAND, command.state, "supersede")
        uow.alarms.set_command(command.id, state, None)
        facts = {"command": command.id, "node": command.node, "state": state}
        uow.happened(Noted(command.incident, region, what="command_state_changed", data=facts))


def soundings(uow: UnitOfWork, alarm: Alarm) -> list[AlarmCommand]:
    """The commands by which this alarm makes noise."""
    commands = uow.alarms.commands_of([alarm.incident])
    return [c for c in commands if c.alarm == alarm.id and c.action is Action.SOUND]
