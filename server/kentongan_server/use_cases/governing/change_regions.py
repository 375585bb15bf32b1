"""Split an RT, or merge some: the old codes end, their successors take over all that hangs, stands and belongs there.

The region is the server's data alone, so no node is flashed anew. History stays under the code it happened under. While
an alarm of the RT is not over, nothing is changed: a siren must be silenced where it was sounded.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations

from kentongan_server.domain.errors import ConflictError, InvalidError, UnknownError
from kentongan_server.domain.events import Noted
from kentongan_server.domain.lifecycle import AlarmState
from kentongan_server.domain.place import Region
from kentongan_server.domain.region_code import Level, level_of, parent_of
from kentongan_server.domain.surroundings import Adjacency, Basis, between, distance_m
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.governing.move_nodes import put_nodes

CITY_TIME = timedelta(hours=7)
RECENT = 500


@dataclass(frozen=True, slots=True)
class Part:
    """One of the RTs that an RT becomes, and who and what goes there by name."""

    region: Region
    people: frozenset[str] = frozenset()
    nodes: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    cameras: frozenset[str] = frozenset()


def split_region(uow: UnitOfWork, by: str, code: str, parts: Sequence[Part]) -> list[Region]:
    """Let the parts take the place of the RT; one of them may keep its code.

    What is not named goes where it lies: sites and cameras to the nearest part, a node with its site. Nodes without a
    place and people go to the part that keeps the code, or to the first.
    """
    old = _valid_rt(uow, code)
    if len(parts) < 2:
        raise InvalidError("A split needs two parts or more; to give the RT another code, merge it into the new one.")
    today = _today(uow)
    regions = [_new_rt(uow, part.region, today, keeps=[old]) for part in parts]
    _assert_different(regions)
    _assert_quiet(uow, [old])
    uow.places.drop_outlines([code])  # whatever keeps the code is another shape now
    heirs = _end_and_follow(uow, [old], regions, today)
    _hand_over(uow, old, [replace(part, region=region) for part, region in zip(parts, regions, strict=True)])
    _redraw_edges(uow, by, [old], heirs, keep_decisions=False)
    uow.happened(Noted(region=code, actor=by, what="region_split", data={"into": [region.code for region in regions]}))
    return regions


def merge_regions(uow: UnitOfWork, by: str, codes: Collection[str], into: Region) -> Region:
    """Let one RT take the place of these; it may keep the code of one of them, or one alone get another code."""
    old = [_valid_rt(uow, code) for code in sorted(set(codes))]
    if not old:
        raise InvalidError("Name the RTs that are merged.")
    today = _today(uow)
    region = _new_rt(uow, into, today, keeps=old)
    if [region.code] == [one.code for one in old]:
        raise InvalidError(f"{region.code} alone cannot be merged into itself.")
    _assert_quiet(uow, old)
    uow.places.drop_outlines([one.code for one in old])
    heirs = _end_and_follow(uow, old, [region], today)
    for one in old:
        _hand_over(uow, one, [Part(region)])
    _redraw_edges(uow, by, old, heirs, keep_decisions=True)
    for one in old:
        uow.happened(Noted(region=one.code, actor=by, what="region_merged", data={"into": region.code}))
    return region


def _today(uow: UnitOfWork) -> date:
    return (uow.now() + CITY_TIME).date()


def _valid_rt(uow: UnitOfWork, code: str) -> Region:
    if level_of(code) is not Level.RT:
        raise InvalidError(f"{code} is no RT; only RTs are split and merged.")
    region = uow.places.region(code)
    if region is None:
        raise UnknownError(f"There is no RT {code}; import it first.")
    if region.has_ended:
        raise ConflictError(f"The RT {code} ended on {region.valid_until}; name one of its successors.")
    return region


def _new_rt(uow: UnitOfWork, region: Region, today: date, keeps: Sequence[Region]) -> Region:
    if region.level is not Level.RT:
        raise InvalidError(f"{region.code} is no RT's code; an RT becomes RTs.")
    for old in keeps:
        if old.code == region.code:
            return replace(region, valid_from=old.valid_from, valid_until=None)
        if parent_of(parent_of(region.code) or "") != parent_of(parent_of(old.code) or ""):
            raise InvalidError(f"{region.code} lies in another kelurahan than {old.code}.")
    above = parent_of(region.code) or ""
    if uow.places.region(parent_of(keeps[0].code) or "") is not None and uow.places.region(above) is None:
        raise UnknownError(f"There is no RW {above}; import it first.")
    if uow.places.region(region.code) is not None:
        raise ConflictError(f"The code {region.code} is, or was, another RT's; take one that was never used.")
    return replace(region, valid_from=today, valid_until=None)


def _assert_different(regions: Sequence[Region]) -> None:
    codes = [region.code for region in regions]
    if len(codes) != len(set(codes)):
        raise InvalidError("Two parts have the same code; give each one of its own.")


def _assert_quiet(uow: UnitOfWork, regions: Sequence[Region]) -> None:
    recent = uow.incidents.newest([region.code for region in regions], RECENT)
    alarms = uow.alarms.alarms_of([incident.id for incident in recent])
    if any(alarm.state is not AlarmState.ENDED for alarm in alarms.values()):
        raise ConflictError("An alarm is not over here; silence it, or wait for its end, and try again.")


def _end_and_follow(uow: UnitOfWork, old: Sequence[Region], new: Sequence[Region], today: date) -> list[Region]:
    """Write the ends, the beginnings and who follows whom."""
    uow.places.put_regions(new)
    staying = {region.code for region in new}
    for one in old:
        if one.code not in staying:
            uow.places.put_region(replace(one, valid_until=today))
        uow.places.put_successors(one.code, staying - {one.code})
    return list(new)


def _hand_over(uow: UnitOfWork, old: Region, parts: Sequence[Part]) -> None:
    """Everything of the old region finds its part; the first one is for what says nothing of where it belongs."""
    parts = sorted(parts, key=lambda part: part.region.code != old.code)
    places = {}
    sites = uow.surroundings.sites_within([old.code])
    for site in sites:
        places[site.id] = _part_of(site.id, [part.sites for part in parts], parts, site.latitude, site.longitude)
    uow.surroundings.put_sites([replace(site, region=places[site.id]) for site in sites])
    cameras = uow.surroundings.cameras_within([old.code])
    uow.surroundings.put_cameras(
        [
            replace(
                camera,
                region=_part_of(camera.id, [part.cameras for part in parts], parts, camera.latitude, camera.longitude),
            )
            for camera in cameras
        ]
    )
    named = [part.nodes for part in parts]
    moved = []
    for node in uow.places.nodes_of([old.code]):
        region = _named(node.id, named, parts) or places.get(node.site or "") or parts[0].region.code
        moved.append((node, replace(node, region=region)))
    put_nodes(uow, moved)
    _hand_over_papers(uow, old.code, parts[0].region.code)
    for part in parts[1:]:
        uow.people.move_members(old.code, part.region.code, part.people)
    if parts[0].region.code != old.code:
        uow.people.move_members(old.code, parts[0].region.code, None)


def _hand_over_papers(uow: UnitOfWork, old: str, to: str) -> None:
    """Rotas, drills to come, invitations on a wall and those who wait for an answer go on under the code that stays."""
    if old == to:
        return
    for rota in uow.roster.rotas_of(old):
        uow.roster.put_rota(replace(rota, region=to))
    for schedule in uow.plans.schedules([old]):
        uow.plans.put_schedule(replace(schedule, region=to))
    for invitation in uow.admissions.invitations_of(old):
        uow.admissions.put_invitation(replace(invitation, region=to))
    for admission in uow.admissions.pending(old):
        uow.admissions.put_admission(replace(admission, region=to))


def _part_of(
    name: str, named: Sequence[frozenset[str]], parts: Sequence[Part], latitude: float | None, longitude: float | None
) -> str:
    found = _named(name, named, parts)
    if found is not None:
        return found
    if latitude is None or longitude is None:
        return parts[0].region.code
    regions = [part.region for part in parts]
    return min(regions, key=lambda region: distance_m(latitude, longitude, region.latitude, region.longitude)).code


def _named(name: str, named: Sequence[frozenset[str]], parts: Sequence[Part]) -> str | None:
    return next((part.region.code for names, part in zip(named, parts, strict=True) if name in names), None)


def _redraw_edges(
    uow: UnitOfWork, by: str, old: Sequence[Region], new: Sequence[Region], *, keep_decisions: bool
) -> None:
    """The neighbours of the old are suggested as the new ones'; a merge keeps what a human confirmed, a split cannot.

    An RT that ended is nobody's neighbour.
    """
    codes = {region.code for region in old}
    ended = codes - {region.code for region in new}
    drawn: dict[tuple[str, str], Adjacency] = {}
    for edge in uow.surroundings.adjacencies_of(codes):
        if not ended.isdisjoint(edge.pair):
            drawn[edge.pair] = replace(edge, basis=Basis.REMOVED, by=by, decided_at=uow.now())
        neighbour = uow.places.region(next((code for code in edge.pair if code not in codes), ""))
        if edge.basis is Basis.REMOVED or neighbour is None:
            continue
        for region in new:
            heir = between(region, neighbour, Basis.SUGGESTED)
            if keep_decisions and edge.basis is Basis.CONFIRMED:
                heir = replace(heir, basis=edge.basis, by=edge.by, decided_at=edge.decided_at)
            if heir.basis is Basis.CONFIRMED or heir.pair not in drawn:
                drawn[heir.pair] = heir
    for one, other in combinations(new, 2):
        edge = between(one, other, Basis.SUGGESTED)
        drawn[edge.pair] = edge
    uow.surroundings.put_adjacencies(list(drawn.values()))
