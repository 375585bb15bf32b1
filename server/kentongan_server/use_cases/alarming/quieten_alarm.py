"""Stop the noise: silence it while the incident lives on, say that all is well, or take back what was cancelled.

What sounds is told to stop, what has not answered yet must not begin, and a gate that waits stays shut. A second,
independent reporter still sounds the kentongan anew after a silence.

A city is told in portions, each a transaction of its own: whoever asks goes on after the kentongan that `following` names until
that is None, and has an answer only then. How far it has been told is kept with each portion, so when they are killed in the
middle of it the next server, or the other one, goes on by itself. Asked once more, it tells everybody once more.
"""

from dataclasses import replace
from typing import NamedTuple

from kentongan_server.domain.alarm import TELLING_PATIENCE, Action, Alarm, Telling
from kentongan_server.domain.errors import IllegalTransitionError, RefusedError
from kentongan_server.domain.events import IncidentCancelled, IncidentReclassified, Noted
from kentongan_server.domain.lifecycle import FINAL_COMMAND_STATES, AlarmState
from kentongan_server.domain.people import Person, Role
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.alarming.ease_alarm import ease
from kentongan_server.use_cases.alarming.end_alarm import end, end_when_over, supersede_unanswered
from kentongan_server.use_cases.alarming.spread_alarm import command_nodes

PORTION = 300  # kentongan in one transaction


class Told(NamedTuple):
    """How many kentongan were told, and after which one to go on (None: that was all)."""

    kentongan: int
    following: str | None


def silence_alarm(uow: UnitOfWork, incident_id: str, person: Person, after: str = "") -> Told:
    """Tell every kentongan that sounds, or may begin to, to stop. RT head or operator only."""
    alarm = _alarm_of(uow, incident_id, person, "silence")
    return Told(0, None) if alarm is None else _quieten(uow, alarm, person.id, Action.SILENCE, "alarm_silenced", after)


def sound_all_clear(uow: UnitOfWork, incident_id: str, person: Person, after: str = "") -> Told:
    """Tell every kentongan that sounded for the incident that all is well. RT head or operator only."""
    alarm = _alarm_of(uow, incident_id, person, "give the all clear for")
    return (
        Told(0, None)
        if alarm is None
        else _quieten(uow, alarm, person.id, Action.ALL_CLEAR, "all_clear_sounded", after)
    )


def tell_on(uow: UnitOfWork) -> int:
    """One portion more of whatever was begun and then left alone for a while; how many have further ones."""
    more = 0
    for telling in uow.alarms.tellings(uow.now() - TELLING_PATIENCE):
        alarm = uow.alarms.alarm(telling.alarm)
        if alarm is not None:
            told = _portion(uow, alarm, None, telling.action, "", telling.after)
            if told.following is not None:
                uow.alarms.put_telling(replace(telling, after=told.following))  # still left alone
                more += 1
    return more


def refute_alarm(uow: UnitOfWork, incident_id: str, person: Person) -> None:
    """The ronda, the RT head or an operator has looked: the gate stays shut. The incident lives, the police have it."""
    incident = uow.incident_for(person, incident_id)
    if not any(person.has(role, incident.region) for role in (Role.RONDA, Role.RT_HEAD, Role.OPERATOR)):
        raise RefusedError("Only the ronda, the RT head or an operator may refute an alarm; ask one of them.")
    alarm = uow.alarms.alarm_of(incident_id)
    if alarm is None or alarm.state is not AlarmState.GATED:
        entries = uow.timeline.of_incident(incident_id)
        if any(entry.event == "alarm_refuted" and entry.actor == person.id for entry in entries):
            return
        raise IllegalTransitionError("This alarm waits for nobody any more; silence it if it should stop.")
    uow.happened(Noted(incident.id, incident.region, person.id, what="alarm_refuted", data={"alarm": alarm.id}))
    end(uow, alarm)


def on_taken_back(uow: UnitOfWork, event: IncidentCancelled | IncidentReclassified) -> None:
    """What was cancelled, or leaves its class, makes no more noise."""
    if isinstance(event, IncidentReclassified) and event.successor is None:
        return
    alarm = uow.alarms.alarm_of(event.of.id)
    if alarm is None or alarm.state is AlarmState.ENDED:
        return
    told = Told(0, "")
    while told.following is not None:
        told = _quieten(uow, alarm, event.actor, Action.SILENCE, "alarm_silenced", told.following)


def _alarm_of(uow: UnitOfWork, incident_id: str, person: Person, what: str) -> Alarm | None:
    incident = uow.incident_for(person, incident_id)
    if not (person.has(Role.RT_HEAD, incident.region) or person.has(Role.OPERATOR, incident.region)):
        raise RefusedError(f"Only the RT head or an operator may {what} an alarm; ask one of them.")
    return uow.alarms.alarm_of(incident_id)


def _quieten(uow: UnitOfWork, alarm: Alarm, actor: str | None, action: Action, what: str, after: str) -> Told:
    """The first portion, or the next one if nobody else has gone on from there."""
    if after:
        known = uow.alarms.telling(alarm.id, action)
        if known is None or known.after != after:
            return Told(0, None if known is None else known.after)
    return _portion(uow, alarm, actor, action, what, after)


def _portion(uow: UnitOfWork, alarm: Alarm, actor: str | None, action: Action, what: str, after: str) -> Told:
    commands = uow.alarms.soundings_after(alarm.id, after, PORTION)
    noisy = [command for command in commands if command.state not in FINAL_COMMAND_STATES]
    told = commands if action is Action.ALL_CLEAR else noisy
    nodes = list({command.node: command.codebook for command in told}.items())
    following = commands[-1].node if len({command.node for command in commands}) == PORTION else None
    command_nodes(uow, alarm, nodes, action)
    if following is None:
        uow.alarms.drop_telling(alarm.id, action)
    else:
        uow.alarms.put_telling(Telling(alarm.id, action, following, uow.now()))
    if not after:
        # A whole city's names would only bloat the record; its commands are kept one by one.
        data = (
            {"nodes": [node for node, _ in nodes]}
            if following is None
            else {"kentongan": uow.alarms.heard_by(alarm.id)}
        )
        uow.happened(Noted(alarm.incident, alarm.region, actor, what=what, data=data))
    supersede_unanswered(uow, alarm.region, noisy)
    if not after and alarm.state is AlarmState.GATED:
        end(uow, alarm)
    elif not after and alarm.state is AlarmState.ACTIVE:
        ease(uow, replace(alarm, due_at=None))  # what is left of a city is not called any more
    else:
        end_when_over(uow, alarm.incident)
    return Told(len(nodes), following)
