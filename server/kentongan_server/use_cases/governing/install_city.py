"""Make the city's regions, nodes and people be exactly as described; repeating it changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from kentongan_server.domain.people import Person
from kentongan_server.domain.place import Node, Region
from kentongan_server.ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class City:
    """What is to be installed; a person comes with the SHA-256 (hex) of their access token, or None."""

    regions: Sequence[Region]
    nodes: Sequence[Node]
    people: Sequence[tuple[Person, str | None]]


def install_city(uow: UnitOfWork, city: City) -> None:
    """Keep every region, node and person; what was heard of known nodes stays."""
    for region in city.regions:
        uow.places.put_region(region)
    for node in city.nodes:
        uow.places.put_node(node)
    for person, token_hash in city.people:
        uow.people.put_person(person, token_hash)
