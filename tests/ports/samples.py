"""One plain thing of each sort, with whatever a test wants to be different."""

from datetime import datetime, timedelta
from typing import Any

from tests.fakes.clock import START

from kentongan_server.domain.alarm import Action, Alarm, AlarmCommand
from kentongan_server.domain.incident import Incident, Report, Source
from kentongan_server.domain.incident_kind import IncidentKind, Purpose
from kentongan_server.domain.lifecycle import AlarmState, CommandState, IncidentStatus
from kentongan_server.domain.people import Membership, Person, Role
from kentongan_server.domain.place import Node, NodeRole, Presence, Region
from kentongan_server.ports.outbox import Channel, ItemState, OutboxItem

RT1, RT2 = "33.74.01.1001/RW01/RT01", "33.74.01.1001/RW01/RT02"
NONCE = "0123456789abcdef"


def at(seconds: float) -> datetime:
    """So many seconds after the test's beginning."""
    return START + timedelta(seconds=seconds)


def a_region(code: str = RT1, **different: Any) -> Region:
    return Region(**{"code": code, "name": f"RT {code[-2:]}", "latitude": -6.98, "longitude": 110.41, **different})


def a_node(name: str = "ktg-1", **different: Any) -> Node:
    plain: dict[str, Any] = {
        "region": RT1,
        "role": NodeRole.KENTONGAN,
        "presence": Presence.UNKNOWN,
        "siren": "silent",
        "boot": -1,
        "session": -1,
        "seq": -1,
        "nonce": None,
        "report": None,
        "stage": None,
    }
    return Node(id=name, **{**plain, **different})


def a_person(name: str = "resident-1", *memberships: Membership) -> Person:
    return Person(name, f"Bu {name}", memberships or (Membership(Role.RESIDENT, RT1, True),))


def an_incident(name: str = "incident-1", **different: Any) -> Incident:
    kind = different.get("kind", IncidentKind.PANIC)
    plain: dict[str, Any] = {
        "kind": kind,
        "incident_class": kind.incident_class,
        "purpose": Purpose.ACTUAL,
        "region": RT1,
        "status": IncidentStatus.REPORTED,
        "opened_at": at(0),
        "text": None,
    }
    return Incident(id=name, **{**plain, **different})


def a_report(name: str = "report-1", **different: Any) -> Report:
    plain: dict[str, Any] = {
        "kind": IncidentKind.PANIC,
        "purpose": Purpose.ACTUAL,
        "region": RT1,
        "source": Source.CALL_POINT,
        "reporter": None,
        "node": "ktg-1",
        "trusted": True,
        "text": None,
        "position": None,
        "happened_at": at(-2),
        "received_at": at(0),
        "incident": "incident-1",
    }
    return Report(id=name, **{**plain, **different})


def an_alarm(name: str = "alarm-1", **different: Any) -> Alarm:
    plain: dict[str, Any] = {
        "incident": "incident-1",
        "region": RT1,
        "state": AlarmState.ACTIVE,
        "level": 1,
        "codebook": "semarang-1",
        "requested_at": at(0),
        "due_at": None,
    }
    return Alarm(id=name, **{**plain, **different})


def a_command(name: str = "command-1", **different: Any) -> AlarmCommand:
    plain: dict[str, Any] = {
        "alarm": "alarm-1",
        "incident": "incident-1",
        "node": "ktg-1",
        "action": Action.SOUND,
        "state": CommandState.QUEUED,
        "counter": 1,
        "attempts": 1,
        "created_at": at(0),
        "expires_at": at(300),
    }
    return AlarmCommand(id=name, **{**plain, **different})


def an_item(name: str = "item-1", **different: Any) -> OutboxItem:
    plain: dict[str, Any] = {
        "channel": Channel.POLICE_WEBHOOK,
        "incident": "incident-1",
        "incident_class": IncidentKind.PANIC.incident_class,
        "subject": "incident-1",
        "body": {"event": "incident.reported", "recipient": "police", "trust": "trusted"},
        "state": ItemState.PENDING,
        "attempts": 0,
        "queued_at": at(0),
        "due_at": at(0),
    }
    return OutboxItem(id=name, **{**plain, **different})
