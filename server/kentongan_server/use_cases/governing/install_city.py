"""Make the city's regions, nodes and people be exactly as described; repeating it changes nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from kentongan_server.domain.errors import ConflictError, UnknownError
from kentongan_server.domain.people import Person
from kentongan_server.domain.place import Node, Region
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.governing.move_nodes import put_nodes


@dataclass(frozen=True, slots=True)
class City:
    """What is to be installed; a person comes with the SHA-256 (hex) of their access token, or None."""

    regions: Sequence[Region]
    nodes: Sequence[Node]
    people: Sequence[tuple[Person, str | None]]


def install_city(uow: UnitOfWork, city: City) -> None:
    """Keep every region, node and person; what was heard of known nodes stays, and what the file cannot say of a region.

    UnknownError for somebody or something in a region that is none, ConflictError for an access token with two owners.
    """
    there = {region.code: region for region in uow.places.regions(None)}
    for region in city.regions:
        before = there.get(region.code, region)
        there[region.code] = replace(before, name=region.name, latitude=region.latitude, longitude=region.longitude)
    uow.places.put_regions([there[region.code] for region in city.regions])
    known = there.keys()
    hanging = {node.id: node for node in uow.places.nodes_named(None)}
    placed = []
    for node in city.nodes:
        _assert_known(known, node.region, f"The node {node.id}")
        before_node = hanging.get(node.id)
        stays = before_node is not None and before_node.region == node.region
        placed.append((before_node, replace(node, site=before_node.site) if before_node and stays else node))
    put_nodes(uow, placed)
    tokens = [token_hash for _, token_hash in city.people if token_hash is not None]
    if len(tokens) != len(set(tokens)):
        raise ConflictError("Two people have the same access token; give each one of their own.")
    named = {person.id for person, _ in city.people}
    for person, token_hash in city.people:
        for membership in person.memberships:
            _assert_known(known, membership.region, f"The person {person.id}")
        if token_hash is not None:
            _take_over(uow, token_hash, person, named)
        uow.people.put_person(person, token_hash)


def _assert_known(known: Collection[str], region: str | None, who: str) -> None:
    if region is not None and region not in known:
        raise UnknownError(f"{who} belongs to {region}, which is no region of the city.")


def _take_over(uow: UnitOfWork, token_hash: str, person: Person, named: set[str]) -> None:
    """A token may change hands within one city; one who is not named here keeps theirs."""
    holder = uow.people.bearer(token_hash, uow.now())
    if holder is None or holder.id == person.id:
        return
    if holder.id not in named:
        raise ConflictError(f"The access token of {person.id} is {holder.id}'s already; make a new one.")
    uow.people.forget_token(token_hash)
