"""Cases for the statistics, put together from incidents and their entries in the record."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, literal, select

from kentongan_server.domain.drill import SOUNDED, has_sounded
from kentongan_server.domain.incident import Disposition, Source
from kentongan_server.domain.incident_kind import IncidentClass, Purpose
from kentongan_server.domain.statistics import Case, Heard
from kentongan_server.outbound.database.alarming_tables import drills
from kentongan_server.outbound.database.scopes import lies_in
from kentongan_server.outbound.database.tables import incidents, reports, timeline
from kentongan_server.outbound.database.values import from_ms, from_text, to_ms

_TOLD = (
    "command_state_changed",
    "alarm_raised",
    "acknowledged",
    "police_replied",
    "incident_status_changed",
    "forward_queued",
    "forward_accepted",
    "kentongan_skipped",
)
_SERVICE = {"kentongan_out_of_service": False, "kentongan_back_in_service": True}


class StatisticsRows:
    """The StatisticsBook on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def cases(self, region: str, since: datetime, until: datetime, classes: Collection[IncidentClass]) -> list[Case]:
        within = (
            lies_in(incidents.c.region, [region]),
            incidents.c.opened_at >= to_ms(since),
            incidents.c.opened_at < to_ms(until),
            incidents.c.incident_class.in_(sorted(classes)),
        )
        pressed = (
            select(
                reports.c.incident, func.min(func.coalesce(reports.c.happened_at, reports.c.received_at)).label("at")
            )
            .join(incidents, incidents.c.id == reports.c.incident)
            .where(*within)
            .group_by(reports.c.incident)
            .subquery()
        )
        query = select(incidents, pressed.c.at).outerjoin(pressed, pressed.c.incident == incidents.c.id).where(*within)
        found = {row.id: _case(row) for row in self._connection.execute(query.order_by(incidents.c.opened_at))}
        held = (
            select(reports.c.incident, drills.c.id)
            .join(incidents, incidents.c.id == reports.c.incident)
            .join(drills, reports.c.id.startswith(literal("drill.") + drills.c.id + "."))
            .where(*within, reports.c.source == Source.DRILL)
        )
        for row in self._connection.execute(held):
            found[row.incident] = replace(found[row.incident], drill=row.id)
        entries = (
            select(timeline.c.incident, timeline.c.event, timeline.c.at, timeline.c.facts)
            .join(incidents, incidents.c.id == timeline.c.incident)
            .where(*within, timeline.c.event.in_(_TOLD))
            .order_by(timeline.c.seq)
        )
        for entry in self._connection.execute(entries):
            learn = _LEARN[entry.event]
            found[entry.incident] = learn(found[entry.incident], from_ms(entry.at), from_text(entry.facts))
        return list(found.values())

    def heard(self, region: str, until: datetime) -> list[Heard]:
        query = (
            select(timeline.c.region, timeline.c.at, timeline.c.event, timeline.c.facts)
            .where(
                timeline.c.incident.is_(None),
                timeline.c.event.in_(["presence_changed", *_SERVICE]),
                lies_in(timeline.c.region, [region]),
                timeline.c.at < to_ms(until),
            )
            .order_by(timeline.c.seq)
        )
        found = []
        for row in self._connection.execute(query):
            facts = from_text(row.facts)
            is_online = facts["presence"] == "online" if row.event == "presence_changed" else None
            found.append(Heard(facts["node"], row.region, is_online, from_ms(row.at), _SERVICE.get(row.event)))
        return found


def _case(row: Any) -> Case:
    opened = from_ms(row.opened_at)
    pressed = opened if row.at is None else min(opened, from_ms(row.at))
    return Case(row.id, row.region, IncidentClass(row.incident_class), Purpose(row.purpose), pressed, opened)


def learn_command(case: Case, at: datetime, facts: dict[str, Any]) -> Case:
    """A kentongan said what it does, and in the end what it heard of itself."""
    if facts.get("state") in SOUNDED or "heard" in facts:
        node = frozenset({str(facts.get("node"))})
        is_loud = has_sounded(facts.get("state") in SOUNDED, facts.get("heard"))
        case = replace(case, loud=case.loud | node if is_loud else case.loud - node)
    if facts.get("state") != "sounding":
        return case
    return replace(case, first_sounding_at=case.first_sounding_at or at, last_sounding_at=at, sounded=case.sounded + 1)


def learn_alarm(case: Case, _: datetime, facts: dict[str, Any]) -> Case:
    """So many kentongan were called."""
    return replace(case, kentongan=case.kentongan + len(facts.get("nodes", ())))


def learn_skipped(case: Case, _: datetime, facts: dict[str, Any]) -> Case:
    """One was out of service."""
    return replace(case, skipped=case.skipped | {str(facts.get("node"))})


def learn_acknowledgement(case: Case, at: datetime, facts: dict[str, Any]) -> Case:
    """Somebody took it."""
    if facts.get("by") == "police":
        return replace(case, police_at=case.police_at or at)
    return replace(case, community_at=case.community_at or at)


def learn_reply(case: Case, at: datetime, facts: dict[str, Any]) -> Case:
    """The police answered; what came late says when, and judges nothing any more."""
    return replace(case if facts.get("late") else _judged(case, facts), police_at=case.police_at or at)


def learn_status(case: Case, at: datetime, facts: dict[str, Any]) -> Case:
    """The incident moved on."""
    case = _judged(case, facts)
    return replace(case, arrived_at=at) if facts.get("status") == "on_scene" and not case.arrived_at else case


def learn_queued(case: Case, _: datetime, _facts: dict[str, Any]) -> Case:
    """A document is to be delivered."""
    return replace(case, forwards=case.forwards + 1)


def learn_accepted(case: Case, _: datetime, _facts: dict[str, Any]) -> Case:
    """A document was taken."""
    return replace(case, accepted=case.accepted + 1)


def _judged(case: Case, facts: dict[str, Any]) -> Case:
    if facts.get("disposition") not in tuple(Disposition):
        return case
    return replace(case, disposition=Disposition(facts["disposition"]))


_LEARN: dict[str, Callable[[Case, datetime, dict[str, Any]], Case]] = {
    "command_state_changed": learn_command,
    "alarm_raised": learn_alarm,
    "acknowledged": learn_acknowledgement,
    "police_replied": learn_reply,
    "incident_status_changed": learn_status,
    "forward_queued": learn_queued,
    "forward_accepted": learn_accepted,
    "kentongan_skipped": learn_skipped,
}
