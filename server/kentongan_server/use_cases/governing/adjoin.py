"""Which RTs are neighbours: distance suggests, a named human confirms or takes away, and keeps the last word."""

from collections.abc import Collection
from dataclasses import replace

from kentongan_server.domain.errors import InvalidError, UnknownError
from kentongan_server.domain.events import Noted
from kentongan_server.domain.place import Region
from kentongan_server.domain.region_code import Level, level_of
from kentongan_server.domain.surroundings import SUGGESTED_WITHIN_M, Adjacency, Basis, between, suggest
from kentongan_server.ports.unit_of_work import UnitOfWork


def suggest_adjacencies(
    uow: UnitOfWork, scopes: Collection[str] | None, within_m: float = SUGGESTED_WITHIN_M
) -> list[Adjacency]:
    """Suggest the neighbours of the RTs in these scopes, or (None) in the city; the new suggestions alone.

    Neighbours beyond the scope's edge are found too, and what a human decided stays.
    """
    wanted = {rt.code for rt in uow.places.regions_within(scopes, Level.RT)}
    rts = uow.places.regions_within(None, Level.RT)
    known = {edge.pair for edge in uow.surroundings.adjacencies_of(None)}
    found = [edge for edge in suggest(rts, within_m) if edge.pair not in known and not wanted.isdisjoint(edge.pair)]
    uow.surroundings.put_adjacencies(found)
    return found


def confirm_adjacency(uow: UnitOfWork, by: str, one: str, other: str) -> Adjacency:
    """The two RTs are neighbours, suggested before or not; confirming again keeps who was first."""
    edge = _edge(uow, one, other)
    if edge.basis is Basis.CONFIRMED:
        return edge
    return _decide(uow, by, edge, Basis.CONFIRMED)


def remove_adjacency(uow: UnitOfWork, by: str, one: str, other: str) -> Adjacency:
    """The two RTs are no neighbours, and are not suggested again."""
    edge = _edge(uow, one, other)
    if edge.basis is Basis.REMOVED:
        return edge
    return _decide(uow, by, edge, Basis.REMOVED)


def _decide(uow: UnitOfWork, by: str, edge: Adjacency, basis: Basis) -> Adjacency:
    decided = replace(edge, basis=basis, by=by, decided_at=uow.now())
    uow.surroundings.put_adjacencies([decided])
    facts = {"a": edge.a, "b": edge.b, "distance_m": edge.distance_m}
    for region in edge.pair:
        uow.happened(Noted(region=region, actor=by, what=f"adjacency_{basis}", data=facts))
    return decided


def _edge(uow: UnitOfWork, one: str, other: str) -> Adjacency:
    if one == other:
        raise InvalidError("An RT is not its own neighbour; name two.")
    first, second = _rt(uow, one), _rt(uow, other)
    drawn = between(first, second, Basis.SUGGESTED)
    return next((edge for edge in uow.surroundings.adjacencies_of([one]) if edge.pair == drawn.pair), drawn)


def _rt(uow: UnitOfWork, code: str) -> Region:
    if level_of(code) is not Level.RT:
        raise InvalidError(f"{code} is no RT; only RTs are neighbours of each other.")
    region = uow.places.region(code)
    if region is None or region.has_ended:
        raise UnknownError(f"There is no RT {code} today.")
    return region
