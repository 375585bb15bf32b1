"""From the wire's messages to the core's words."""

from datetime import datetime, timedelta

from kentongan_contract.errors import MessageError
from kentongan_contract.messages import Report, State, belongs_to
from kentongan_server.domain.incident_kind import IncidentKind, Purpose
from kentongan_server.domain.lifecycle import CommandState
from kentongan_server.domain.place import Node, NodeRole, Notice, Presence
from kentongan_server.ports.telemetry import Heartbeat
from kentongan_server.use_cases.reporting.take_report import Said


def said_by(node: str, region: str, report: Report, now: datetime) -> Said:
    """The report as the core takes it; MessageError for a foreign id or an unknown kind.

    The node has no clock: its report carries its age, or None when a reboot lies between.
    """
    if not belongs_to(report, node):
        raise MessageError("the report's id is not the node's")
    try:
        kind = IncidentKind(report.kind)
    except ValueError:
        raise MessageError("no such incident kind") from None
    return Said(
        id=report.id,
        kind=kind,
        purpose=Purpose(report.purpose),
        region=region,
        person=None,
        node=node,
        text=None,
        position=None,
        happened_at=None if report.age_ms is None else now - timedelta(milliseconds=min(report.age_ms, 10**11)),
    )


def node_of(node: str, state: State) -> Node:
    """What the node says of itself."""
    return Node(
        id=node,
        region="",
        role=NodeRole.KENTONGAN,
        presence=Presence(state.presence),
        siren=state.siren,
        boot=state.boot,
        session=state.session,
        seq=state.seq,
        nonce=state.nonce,
        report=state.report,
        stage=state.stage,
        troubles=tuple(state.troubles),
        release=state.release,
        offered=state.offered,
        updating=state.updating,
    )


def notice_of(node: str, report: Report) -> Notice:
    """A notice as the core takes it; MessageError for a foreign id."""
    if not belongs_to(report, node):
        raise MessageError("the report's id is not the node's")
    return Notice(id=report.id, node=node, kind=report.kind, of=report.of)


def outcomes_of(state: State) -> list[tuple[str, CommandState]]:
    """What became of the node's last commands."""
    return [(command, CommandState(outcome)) for command, outcome in state.commands]


def heartbeat_of(node: str, region: str, state: State, now: datetime) -> Heartbeat:
    """The figures in a state."""
    return Heartbeat(
        node=node,
        region=region,
        at=now,
        uptime_ms=state.uptime_ms,
        refused=state.refused,
        rssi_dbm=state.rssi_dbm,
        battery_mv=state.battery_mv,
        mains=state.mains,
    )
