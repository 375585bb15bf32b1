"""Believe what a kentongan says of its commands, and end the alarm when the last of them is over."""

from collections.abc import Sequence
from dataclasses import replace

from kentongan_server.domain.alarm import Action, AlarmCommand, retry_delay
from kentongan_server.domain.events import Noted, StageReached
from kentongan_server.domain.lifecycle import FINAL_COMMAND_STATES, CommandState, believe
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.alarming.end_alarm import end_when_over


def record_outcomes(
    uow: UnitOfWork, node: str, outcomes: Sequence[tuple[str, CommandState]], heard: str | None = None
) -> None:
    """Write every command of `node` that came further; ids of other nodes and old news change nothing.

    `heard` is what it heard of its last sounding, so it belongs to the last command, once that is over: until then the
    verdict may still be the one before."""
    known = uow.alarms.commands([command_id for command_id, _ in outcomes])
    for command_id, outcome in outcomes:
        command = known.get(command_id)
        if command is None or command.node != node:
            continue
        if outcome is CommandState.EXPIRED:  # it came too late, or another overtook it: it is sent afresh, and soon
            uow.alarms.hurry(command.id, uow.now() + retry_delay(1))
        state = believe(command.state, outcome)
        if state is command.state:
            continue
        known[command_id] = command = replace(command, state=state)
        uow.alarms.set_command(command.id, state, None if state in FINAL_COMMAND_STATES else command.expires_at)
        if command.action is Action.SOUND:
            is_heard = state in FINAL_COMMAND_STATES and command_id == outcomes[-1][0]
            _tell(uow, command, heard if is_heard else None)


def _tell(uow: UnitOfWork, command: AlarmCommand, heard: str | None) -> None:
    alarm = uow.alarms.alarm(command.alarm)
    region = alarm.region if alarm else None
    facts = {"command": command.id, "node": command.node, "state": command.state}
    if heard is not None:
        facts["heard"] = heard
    uow.happened(Noted(command.incident, region, command.node, what="command_state_changed", data=facts))
    is_heard = command.state in (CommandState.SOUNDING, CommandState.COMPLETED)
    if is_heard and not uow.timeline.has(command.incident, "stage_reached"):
        uow.happened(StageReached(command.incident, region, stage="neighbours_called"))
    if command.state in FINAL_COMMAND_STATES:
        end_when_over(uow, command.incident)
