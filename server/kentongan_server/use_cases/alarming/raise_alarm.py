"""Decide on noise when a report was taken: at once, after a gate, once more, or further out.

What waits for time to pass waits in the database, as the alarm's `due_at`: a restart forgets nothing, and what has
fired is written in the same transaction, so it fires once.
"""

from kentongan_server.domain.alarm import GATE, Alarm, makes_noise
from kentongan_server.domain.events import AlarmGated, ReportTaken
from kentongan_server.domain.incident import Incident, Source
from kentongan_server.domain.incident_kind import Purpose
from kentongan_server.domain.lifecycle import (
    ALARM,
    FINAL_COMMAND_STATES,
    UNANSWERED_COMMAND_STATES,
    AlarmState,
    CommandState,
    advance,
)
from kentongan_server.domain.spread import CITY, OWN_RT, RONDA_ONLY, period_at
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.alarming.ease_alarm import ease
from kentongan_server.use_cases.alarming.end_alarm import end, soundings, supersede_unanswered
from kentongan_server.use_cases.alarming.spread_alarm import rule_for, spread

_AT_ONCE = 4  # alarms in one transaction, each of which may wake a kelurahan: a press waits for no more
OPENED, AGAIN, WITNESS, UNANSWERED = "reported", "reported again", "a second reporter", "nobody took it in time"


def on_report(uow: UnitOfWork, event: ReportTaken) -> None:
    """Raise, open, repeat or widen the alarm of the incident that the report speaks of."""
    if not makes_noise(event.of.incident_class, event.may_gather):
        return
    alarm = None if event.opened else uow.alarms.alarm_of(event.of.id)
    if alarm is None:
        _request(uow, event)
    elif alarm.state is AlarmState.GATED:
        if event.independent or event.report.trusted:
            spread(uow, alarm, event.of, OWN_RT, WITNESS, report=_pressed(event))
    elif alarm.state is AlarmState.ACTIVE and event.independent and event.of.purpose is Purpose.ACTUAL:
        _widen(uow, alarm, event)
    elif (event.independent or event.report.source is Source.CALL_POINT) and _has_died_down(uow, alarm):
        if alarm.state is AlarmState.ACTIVE:
            spread(uow, alarm, event.of, alarm.level, AGAIN, report=_pressed(event))
        else:
            _request(uow, event)


def alarms_due(uow: UnitOfWork) -> int:
    """Sound the alarms whose gate opens, widen those that nobody took, a few at a time; how many there were. None are left
    when it says 0."""
    due = [
        alarm for alarm in uow.alarms.due(uow.now()) if alarm.level < CITY
    ]  # a city's portions are called by themselves
    decided = 0
    for alarm in due[:_AT_ONCE]:
        incident = uow.incidents.incident(alarm.incident)
        if incident is None:
            continue
        decided += 1
        if alarm.state is AlarmState.GATED:
            spread(uow, alarm, incident, OWN_RT, OPENED)
        else:
            rise_unanswered(uow, alarm, incident)
    return decided


def rise_unanswered(uow: UnitOfWork, alarm: Alarm, incident: Incident) -> None:
    """One level further, unless somebody took the incident meanwhile or the rule goes no further."""
    rule = rule_for(uow, alarm.region, incident.incident_class, period_at(alarm.requested_at))
    following = rule.next_rise(alarm.level)
    if following is None or uow.answers.somebody_comes(incident.id):
        ease(uow, alarm)
    else:
        spread(uow, alarm, incident, following[0], UNANSWERED)


def _pressed(event: ReportTaken) -> str | None:
    """The call point's report, by the name under which neighbours have heard of it without us."""
    return event.report.id if event.report.source is Source.CALL_POINT else None


def _widen(uow: UnitOfWork, alarm: Alarm, event: ReportTaken) -> None:
    """A second, independent voice: one level further, as far as the rule lets a witness go; at least heard again."""
    incident = event.of
    rule = rule_for(uow, alarm.region, incident.incident_class, period_at(alarm.requested_at))
    if alarm.level < rule.witness_to:
        spread(uow, alarm, incident, alarm.level + 1, WITNESS, report=_pressed(event))
    elif _has_died_down(uow, alarm):
        spread(uow, alarm, incident, alarm.level, AGAIN, report=_pressed(event))


def _has_died_down(uow: UnitOfWork, alarm: Alarm) -> bool:
    """True when it has sounded and no kentongan sounds any more. Those that never answered do not keep the living ones
    from sounding again; of an alarm that is on its way out they are taken back, so that it can end."""
    if alarm.state is AlarmState.ENDED:
        return True
    commands = soundings(uow, alarm)
    still = [command for command in commands if command.state not in FINAL_COMMAND_STATES]
    has_sounded = any(command.state in (CommandState.COMPLETED, CommandState.SILENCED) for command in commands)
    if not has_sounded or any(command.state not in UNANSWERED_COMMAND_STATES for command in still):
        return False
    if alarm.state is AlarmState.EASING:
        supersede_unanswered(uow, alarm.region, still)
        end(uow, alarm)
    return True


def _request(uow: UnitOfWork, event: ReportTaken) -> None:
    incident = event.of
    book = uow.codebooks.current(incident.region)
    if not book.code_of(incident.kind).beats:
        return
    now = uow.now()
    gated = not event.report.trusted and not event.independent
    alarm = Alarm(
        id=uow.new_id(),
        incident=incident.id,
        region=incident.region,
        state=advance(ALARM, AlarmState.REQUESTED, "gate") if gated else AlarmState.REQUESTED,
        level=RONDA_ONLY if gated else OWN_RT,
        codebook=book.version,
        requested_at=now,
        due_at=now + GATE if gated else None,
    )
    uow.alarms.add_alarm(alarm)
    if gated:
        seconds = int(GATE.total_seconds())
        uow.happened(AlarmGated(incident.id, incident.region, alarm=alarm, of=incident, seconds=seconds))
    else:
        level = CITY if event.report.source is Source.CITY else OWN_RT
        spread(uow, alarm, incident, level, OPENED, report=_pressed(event), new=True)
