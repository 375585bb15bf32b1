"""Decide on noise when a report was taken, and command every kentongan of the RT in the same transaction."""

from dataclasses import replace

from kentongan_server.domain import codebook
from kentongan_server.domain.alarm import (
    COMMAND_LIFE,
    GATE,
    OWN_RT,
    RONDA_ONLY,
    Action,
    Alarm,
    AlarmCommand,
    makes_noise,
    retry_delay,
)
from kentongan_server.domain.events import AlarmRaised, Noted, ReportTaken
from kentongan_server.domain.incident import Incident, Source
from kentongan_server.domain.lifecycle import (
    ALARM,
    FINAL_COMMAND_STATES,
    UNANSWERED_COMMAND_STATES,
    AlarmState,
    CommandState,
    advance,
)
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.alarming.end_alarm import end, soundings, supersede_unanswered


def on_report(uow: UnitOfWork, event: ReportTaken) -> None:
    """Raise, open or repeat the alarm of the incident that the report speaks of."""
    if not codebook.code_of(event.of.kind).beats or not makes_noise(event.of.incident_class, event.may_gather):
        return
    alarm = None if event.opened else uow.alarms.alarm_of(event.of.id)
    if alarm is None:
        _request(uow, event)
    elif alarm.state is AlarmState.GATED:
        if event.independent or event.report.trusted:
            activate(uow, alarm, event.of)
    elif (event.independent or event.report.source is Source.CALL_POINT) and _has_died_down(uow, alarm):
        _request(uow, event)


def open_due_gates(uow: UnitOfWork) -> int:
    """Sound the alarms whose waiting time is over; how many there were."""
    due = uow.alarms.gates_due(uow.now())
    for alarm in due:
        incident = uow.incidents.incident(alarm.incident)
        if incident is not None:
            activate(uow, alarm, incident)
    return len(due)


def activate(uow: UnitOfWork, alarm: Alarm, incident: Incident) -> None:
    """Command every kentongan of the alarm's RT to sound the incident's beats."""
    alarm = replace(alarm, state=advance(ALARM, alarm.state, "activate"), level=OWN_RT, due_at=None)
    uow.alarms.set_alarm(alarm.id, alarm.state, alarm.level, alarm.due_at)
    nodes = uow.places.nodes_of([alarm.region])
    if not nodes:
        uow.happened(Noted(incident.id, incident.region, what="region_deaf", data={"alarm": alarm.id}))
    command_nodes(uow, alarm, [node.id for node in nodes], Action.SOUND)
    code = codebook.code_of(incident.kind)
    uow.happened(
        AlarmRaised(
            incident.id,
            incident.region,
            alarm=alarm,
            pattern=code.pattern,
            beats=code.beats,
            rounds=code.rounds,
            duration_ms=code.duration_ms,
            colour=code.colour,
            nodes=tuple(node.id for node in nodes),
        )
    )
    if not nodes:
        end(uow, alarm)


def command_nodes(uow: UnitOfWork, alarm: Alarm, nodes: list[str], action: Action) -> None:
    """One new command for each node, its first attempt under way when the transaction closes."""
    now = uow.now()
    counters = uow.places.take_counters(nodes)
    commands = [
        AlarmCommand(
            id=uow.new_id(),
            alarm=alarm.id,
            incident=alarm.incident,
            node=node,
            action=action,
            state=CommandState.QUEUED,
            counter=counters[node],
            attempts=1,
            created_at=now,
            expires_at=now + COMMAND_LIFE,
        )
        for node in nodes
    ]
    uow.alarms.add_commands(commands, now + retry_delay(1))


def _has_died_down(uow: UnitOfWork, alarm: Alarm) -> bool:
    """True when the alarm is over. One whose kentongan are done, but for some that never answered, is ended here: a
    dead kentongan must not keep the living ones from sounding again."""
    if alarm.state is AlarmState.ENDED:
        return True
    commands = soundings(uow, alarm)
    still = [command for command in commands if command.state not in FINAL_COMMAND_STATES]
    has_sounded = any(command.state in (CommandState.COMPLETED, CommandState.SILENCED) for command in commands)
    if not has_sounded or any(command.state not in UNANSWERED_COMMAND_STATES for command in still):
        return False
    supersede_unanswered(uow, alarm.region, still)
    end(uow, alarm)
    return True


def _request(uow: UnitOfWork, event: ReportTaken) -> None:
    incident = event.of
    now = uow.now()
    gated = not event.report.trusted and not event.independent
    alarm = Alarm(
        id=uow.new_id(),
        incident=incident.id,
        region=incident.region,
        state=advance(ALARM, AlarmState.REQUESTED, "gate") if gated else AlarmState.REQUESTED,
        level=RONDA_ONLY if gated else OWN_RT,
        codebook=codebook.VERSION,
        requested_at=now,
        due_at=now + GATE if gated else None,
    )
    uow.alarms.add_alarm(alarm)
    if gated:
        seconds = int(GATE.total_seconds())
        uow.happened(Noted(incident.id, incident.region, what="alarm_gated", data={"seconds": seconds}))
    else:
        activate(uow, alarm, incident)
