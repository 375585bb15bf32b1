"""Believe what a kentongan says of its commands, and end the alarm when the last of them is over."""

from collections.abc import Sequence

from kentongan_server.domain.alarm import Action
from kentongan_server.domain.events import Noted, StageReached
from kentongan_server.domain.lifecycle import FINAL_COMMAND_STATES, CommandState, believe
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.alarming.end_alarm import end_when_over


def record_outcomes(uow: UnitOfWork, node: str, outcomes: Sequence[tuple[str, CommandState]]) -> None:
    """Write every command of `node` that came further; ids of other nodes and old news change nothing."""
    for command_id, outcome in outcomes:
        command = uow.alarms.command(command_id)
        if command is None or command.node != node:
            continue
        state = believe(command.state, outcome)
        if state is command.state:
            continue
        due_at = None if state in FINAL_COMMAND_STATES else command.expires_at
        uow.alarms.set_command(command.id, state, due_at)
        if command.action is Action.SOUND:
            region = _region(uow, command.alarm)
            facts = {"command": command.id, "node": node, "state": state}
            uow.happened(Noted(command.incident, region, node, what="command_state_changed", data=facts))
            if state in (CommandState.SOUNDING, CommandState.COMPLETED):
                _neighbours_hear_it(uow, command.incident, region)
            if state in FINAL_COMMAND_STATES:
                end_when_over(uow, command.incident)


def _neighbours_hear_it(uow: UnitOfWork, incident: str, region: str | None) -> None:
    if not uow.timeline.has(incident, "stage_reached"):
        uow.happened(StageReached(incident, region, stage="neighbours_called"))


def _region(uow: UnitOfWork, alarm_id: str) -> str | None:
    alarm = uow.alarms.alarm(alarm_id)
    return alarm.region if alarm else None
