"""Sound the RTs that a level reaches, each for a reason that is kept; by which rule an alarm rises, and to whom it would.

An RT in mourning is passed over by community sounds, a kentongan out of service by all; both are noted. A kentongan that
still has an unfinished command of this alarm gets no second one. A city is called in portions, each a transaction of its own:
the alarm is due again until the last, so a restart goes on where it stopped, and one RT's press never waits for a city.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from kentongan_server.domain.alarm import COMMAND_LIFE, Action, Alarm, AlarmCommand, first_delay
from kentongan_server.domain.events import AlarmRaised, Noted
from kentongan_server.domain.incident import Incident
from kentongan_server.domain.incident_kind import IncidentClass, Purpose
from kentongan_server.domain.lifecycle import ALARM, FINAL_COMMAND_STATES, AlarmState, CommandState, advance
from kentongan_server.domain.region_code import Level, ancestors, is_code, parent_of
from kentongan_server.domain.spread import (
    CITY,
    KELURAHAN,
    OWN_RT,
    RING,
    SHIPPED,
    Period,
    Rule,
    Woken,
    period_at,
    reach,
)
from kentongan_server.domain.surroundings import Basis
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.alarming.end_alarm import end_when_over, soundings

IN_THE_CITY = "two people chose the whole region"
PORTION = 250  # RTs of a city in one transaction


def rule_for(uow: UnitOfWork, region: str, incident_class: IncidentClass, period: Period) -> Rule:
    """The nearest rule: the region's own, that of one above it, or what we ship."""
    regions = (*ancestors(region), region) if is_code(region) else (region,)
    return uow.spreading.rule(regions, incident_class, period) or SHIPPED[incident_class, period]


def rts_reached(uow: UnitOfWork, home: str, level: int) -> list[Woken]:
    """Every RT that an alarm of `home` sounds in at `level`, nearest first."""
    if level == CITY:
        scope = [home] if is_code(home) else []
        return [Woken(rt.code, CITY, IN_THE_CITY) for rt in uow.places.regions_within(scope, Level.RT)]
    if level <= OWN_RT or not is_code(home):
        return reach(home, min(level, OWN_RT), (), {})
    rw = parent_of(home)
    around = parent_of(rw) if rw and level >= KELURAHAN else rw
    nearby = [rt.code for rt in uow.places.regions_within([around], Level.RT)] if around else []
    neighbours = {}
    if level >= RING:
        for edge in uow.surroundings.adjacencies_of([home]):
            if edge.basis is not Basis.REMOVED:
                neighbours[edge.other(home)] = f"beside {home}, {edge.distance_m} m, {edge.basis}"
    valid = {rt.code for rt in uow.places.regions(list(neighbours)) if not rt.has_ended} if neighbours else set()
    return reach(home, level, nearby, {code: how for code, how in neighbours.items() if code in valid})


def spread(
    uow: UnitOfWork,
    alarm: Alarm,
    incident: Incident,
    level: int,
    why: str,
    *,
    report: str | None = None,
    new: bool = False,
) -> None:
    """Bring the alarm to `level` and sound every kentongan of it that is quiet; a `new` one has commanded none yet.

    `report` is the call point's that asks for it now. What rises by itself names none, and so is always heard. A new alarm
    of a city begins with its first portion.
    """
    now = uow.now()
    if alarm.state is not AlarmState.ACTIVE:
        alarm = replace(alarm, state=advance(ALARM, alarm.state, "activate"))
    alarm = replace(alarm, level=max(level, alarm.level))
    alarm = replace(alarm, due_at=_next_rise(uow, alarm, incident, now, new=new))
    if not new and alarm.level >= KELURAHAN:
        for action in (Action.SILENCE, Action.ALL_CLEAR):
            uow.alarms.drop_telling(alarm.id, action)  # what sounds anew must not be quietened by what came before
    if new and alarm.level >= CITY:
        alarm, reached = _next_portion(uow, alarm, None)
    else:
        reached = rts_reached(uow, alarm.region, alarm.level)
    uow.alarms.set_alarm(alarm.id, alarm.state, alarm.level, alarm.due_at)
    if incident.incident_class is IncidentClass.COMMUNITY:
        reached = _without_shelved(uow, alarm, incident, reached)
    codebooks = _codebooks(uow, alarm, reached)
    further = _further(uow, alarm, reached)
    uow.alarms.wake(alarm, codebooks, further, now)
    sounding = _command(uow, alarm, incident, [each.region for each in reached], codebooks, report, new=new)
    code = (uow.codebooks.version(alarm.codebook) or uow.codebooks.current(alarm.region)).code_of(incident.kind)
    if alarm.level < CITY:
        for each in further:
            told = {"alarm": alarm.id, "level": each.level, "reason": each.reason, "kind": incident.kind}
            uow.happened(Noted(incident.id, each.region, what="rt_woken", data=told))
    uow.happened(
        AlarmRaised(
            incident.id,
            incident.region,
            alarm=alarm,
            why=why,
            pattern=code.pattern,
            beats=code.beats,
            rounds=code.rounds,
            duration_ms=code.duration_ms,
            colour=code.colour,
            nodes=tuple(sounding),
            regions=tuple(each.region for each in reached),
        )
    )
    if new and alarm.level >= CITY and alarm.due_at is None:
        _note_all_called(uow, alarm)
    if not sounding:
        end_when_over(uow, incident.id)


def call_cities(uow: UnitOfWork) -> int:
    """Sound the next portion of every city whose alarm has begun; how many have more to call."""
    more = 0
    for due in uow.alarms.due(uow.now()):
        incident = uow.incidents.incident(due.incident) if due.level >= CITY else None
        if incident is None:
            continue
        alarm, reached = _next_portion(uow, due, uow.alarms.last_woken_by(due.id))
        uow.alarms.set_alarm(alarm.id, alarm.state, alarm.level, alarm.due_at)
        if incident.incident_class is IncidentClass.COMMUNITY:
            reached = _without_shelved(uow, alarm, incident, reached)
        codebooks = _codebooks(uow, alarm, reached)
        uow.alarms.wake(alarm, codebooks, reached, uow.now())
        _command(uow, alarm, incident, [each.region for each in reached], codebooks, None, new=True)
        if alarm.due_at is None:
            _note_all_called(uow, alarm)
            end_when_over(uow, incident.id)
        more += alarm.due_at is not None
    return more


def _note_all_called(uow: UnitOfWork, alarm: Alarm) -> None:
    """`alarm_raised` of a city counts its first portion: this closes it with all."""
    told = {"alarm": alarm.id, "kentongan": uow.alarms.heard_by(alarm.id), "rts": len(uow.alarms.woken_by(alarm.id))}
    uow.happened(Noted(alarm.incident, alarm.region, what="city_called", data=told))


def _next_portion(uow: UnitOfWork, alarm: Alarm, after: str | None) -> tuple[Alarm, list[Woken]]:
    """The next RTs of a city, by code; the alarm is due at once while there may be more."""
    scope = [alarm.region] if is_code(alarm.region) else []
    rts = uow.places.regions_within(scope, Level.RT, after=after, limit=PORTION)
    more = uow.now() if len(rts) == PORTION else None
    return replace(alarm, due_at=more), [Woken(rt.code, CITY, IN_THE_CITY) for rt in rts]


def command_nodes(
    uow: UnitOfWork,
    alarm: Alarm,
    nodes: Sequence[tuple[str, str | None]],
    action: Action,
    report: str | None = None,
) -> None:
    """One new command for each (node, codebook), its first attempt under way when the transaction closes."""
    now = uow.now()
    counters = uow.places.take_counters([node for node, _ in nodes])
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
            codebook=codebook,
            report=report,
        )
        for node, codebook in nodes
    ]
    uow.alarms.add_commands(commands, now + first_delay(len(commands), alarm.level))


def _next_rise(uow: UnitOfWork, alarm: Alarm, incident: Incident, now: datetime, *, new: bool) -> datetime | None:
    """When the alarm rises by itself; never once somebody took the incident, and never in a drill or a test."""
    if alarm.level >= CITY or incident.purpose is not Purpose.ACTUAL:
        return None
    rule = rule_for(uow, alarm.region, incident.incident_class, period_at(alarm.requested_at))
    following = rule.next_rise(alarm.level)
    if following is None or (not new and uow.answers.somebody_comes(incident.id)):
        return None
    return max(alarm.requested_at + following[1], now)


def _further(uow: UnitOfWork, alarm: Alarm, reached: Sequence[Woken]) -> list[Woken]:
    """Those beyond the own RT that this alarm has not woken yet."""
    if alarm.level <= OWN_RT:
        return []
    known = {alarm.region, *uow.alarms.woken_by(alarm.id)}
    return [each for each in reached if each.region not in known]


def _codebooks(uow: UnitOfWork, alarm: Alarm, reached: Sequence[Woken]) -> dict[str, str]:
    """By which version each RT sounds: its own, but all alike where the whole city sounds."""
    if alarm.level >= CITY:
        return dict.fromkeys((each.region for each in reached), alarm.codebook)
    return {
        each.region: alarm.codebook if each.region == alarm.region else uow.codebooks.current(each.region).version
        for each in reached
    }


def _without_shelved(uow: UnitOfWork, alarm: Alarm, incident: Incident, reached: list[Woken]) -> list[Woken]:
    shelved = uow.spreading.shelved([each.region for each in reached], uow.now())
    for region, (until, reason) in shelved.items():
        told = {"alarm": alarm.id, "until": until.isoformat(), "reason": reason}
        uow.happened(Noted(incident.id, region, what="rt_shelved", data=told))
    return [each for each in reached if each.region not in shelved]


def _command(
    uow: UnitOfWork,
    alarm: Alarm,
    incident: Incident,
    regions: list[str],
    codebooks: dict[str, str],
    report: str | None,
    *,
    new: bool,
) -> list[str]:
    """Command what serves and has nothing left to do for this alarm; who that is."""
    whole = alarm.level >= CITY and not new
    nodes = uow.places.nodes_within([alarm.region]) if whole else uow.places.stationed_in(regions)
    serving: dict[str, list[str]] = {}
    for node in nodes:
        if node.out_of_service is None:
            serving.setdefault(node.region, []).append(node.id)
        else:
            told = {"alarm": alarm.id, "node": node.id, "reason": node.out_of_service}
            uow.happened(Noted(incident.id, node.region, what="kentongan_skipped", data=told))
    for region in regions:
        if region not in serving:
            uow.happened(Noted(incident.id, region, what="region_deaf", data={"alarm": alarm.id}))
    earlier = [] if new else soundings(uow, alarm)
    busy = {command.node for command in earlier if command.state not in FINAL_COMMAND_STATES}
    chosen = [(node, codebooks[region]) for region in regions for node in serving.get(region, ()) if node not in busy]
    command_nodes(uow, alarm, chosen, Action.SOUND, report)
    return [node for node, _ in chosen]
