"""Keep what a node says of itself, in the order in which it said it."""

from dataclasses import replace
from datetime import timedelta

from kentongan_server.domain.events import Noted
from kentongan_server.domain.place import Node, Presence
from kentongan_server.ports.unit_of_work import UnitOfWork

_AT_ONCE = 100


def note_state(uow: UnitOfWork, said: Node) -> Node | None:
    """The node as it was known before, when this is news. An older or repeated word, and an unknown node's, is ignored.

    `said` carries the node's word; region and role in it are ignored, the city's own record stands.
    """
    known = uow.places.node(said.id)
    if known is None:
        return None
    is_will = said.presence is Presence.OFFLINE
    if is_will and (said.boot, said.session) != (known.boot, known.session):
        return None  # the last will of a connection that the node has since replaced
    if not is_will and (said.boot, said.session, said.seq) <= (known.boot, known.session, known.seq):
        return None
    now = uow.now()
    if is_will:
        uow.places.set_presence(said.id, Presence.OFFLINE)
    else:
        uow.places.heard(replace(said, region=known.region, role=known.role), now)
        if (said.boot, said.session) != (known.boot, known.session):
            uow.alarms.make_due(said.id, now)
    if known.presence is not said.presence:
        _note_presence(uow, known, said.presence)
    if not is_will and set(known.troubles) != set(said.troubles):
        came, went = set(said.troubles) - set(known.troubles), set(known.troubles) - set(said.troubles)
        facts = {"node": known.id, "came": sorted(came), "went": sorted(went), "troubles": list(said.troubles)}
        uow.happened(Noted(None, known.region, known.id, what="troubles_changed", data=facts))
    return known


def find_silent_nodes(uow: UnitOfWork, patience: timedelta) -> int:
    """Mark the nodes unheard for `patience` as offline, a few at a time; how many. None are left when it says 0. Wills alone
    are not enough: a broker that dies never sends them."""
    silent = uow.places.silent_since(uow.now() - patience)[:_AT_ONCE]
    for node in silent:
        uow.places.set_presence(node.id, Presence.OFFLINE)
        _note_presence(uow, node, Presence.OFFLINE)
    return len(silent)


def _note_presence(uow: UnitOfWork, node: Node, presence: Presence) -> None:
    facts = {"node": node.id, "presence": presence}
    uow.happened(Noted(None, node.region, node.id, what="presence_changed", data=facts))
