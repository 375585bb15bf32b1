"""What lies beside an RT and stands in it: adjacencies, sites and cameras."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from kentongan_server.domain.people import Person, Role
from kentongan_server.domain.region_code import Level
from kentongan_server.domain.surroundings import Basis, rings
from kentongan_server.inbound.http.callers import Caller
from kentongan_server.inbound.http.imports import CityAdmin
from kentongan_server.inbound.http.paging import After, Limit, page
from kentongan_server.inbound.http.place_views import (
    AdjacencyIn,
    AdjacencyOut,
    CameraIn,
    CameraOut,
    NeighbourOut,
    RegionPath,
    SiteIn,
    SiteOut,
    SuggestIn,
    ThingId,
    adjacency_out,
    brief,
    camera_out,
    site_out,
)
from kentongan_server.inbound.http.region_tree import Within, narrowed
from kentongan_server.inbound.http.strict_json import StrictRoute
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork
from kentongan_server.use_cases.governing.adjoin import confirm_adjacency, remove_adjacency, suggest_adjacencies
from kentongan_server.use_cases.governing.put_place import put_camera, put_site

router = APIRouter(prefix="/api/v1", tags=["places"], route_class=StrictRoute)

FURTHEST_RING = 5
_SEE_LINKS = (Role.OPERATOR, Role.CITY_ADMIN, Role.TECHNICIAN)
_NEW = {201: {"description": "It is new"}}


@router.get("/adjacencies")
async def list_adjacencies(
    request: Request,
    response: Response,
    person: Caller,
    within: Within = None,
    basis: Annotated[Basis | None, Query(description="Only those established so; left out: all but removed")] = None,
    after: After = None,
    limit: Limit = 500,
) -> list[AdjacencyOut]:
    """Which RTs are neighbours, of those that the caller may see; an `after` is the two codes with a space between."""
    scope = narrowed(person, within)

    def found(uow: UnitOfWork) -> list[AdjacencyOut]:
        codes = None if scope is None else [rt.code for rt in uow.places.regions_within(scope, Level.RT)]
        edges = [
            edge
            for edge in uow.surroundings.adjacencies_of(codes)
            if (edge.basis is basis if basis else edge.basis is not Basis.REMOVED)
            and (after is None or " ".join(edge.pair) > after)
        ]
        return [adjacency_out(edge) for edge in edges[: limit + 1]]

    transactions: Transactions = request.app.state.transactions
    return page(request, response, await transactions.read(found), limit, lambda edge: f"{edge.a} {edge.b}")


@router.post("/adjacencies/suggestions")
async def suggest_neighbours(body: SuggestIn, request: Request, person: CityAdmin) -> list[AdjacencyOut]:
    """Suggest neighbours by distance; the new suggestions. What a human confirmed or removed stays as it is."""
    transactions: Transactions = request.app.state.transactions
    scope = narrowed(person, body.within)
    found = await transactions.run(lambda uow: suggest_adjacencies(uow, scope, body.within_m))
    return [adjacency_out(edge) for edge in found]


@router.post("/adjacencies")
async def confirm_neighbours(body: AdjacencyIn, request: Request, person: CityAdmin) -> AdjacencyOut:
    """Confirm that two RTs are neighbours, suggested before or not."""
    transactions: Transactions = request.app.state.transactions
    return adjacency_out(await transactions.run(lambda uow: confirm_adjacency(uow, person.id, body.a, body.b)))


@router.delete("/adjacencies")
async def remove_neighbours(
    request: Request, person: CityAdmin, a: Annotated[RegionPath, Query()], b: Annotated[RegionPath, Query()]
) -> AdjacencyOut:
    """Say that two RTs are no neighbours; they are not suggested again."""
    transactions: Transactions = request.app.state.transactions
    return adjacency_out(await transactions.run(lambda uow: remove_adjacency(uow, person.id, a, b)))


@router.get("/neighbours")
async def list_neighbours(
    request: Request,
    person: Caller,
    region: Annotated[RegionPath, Query()],
    furthest: Annotated[int, Query(ge=1, le=FURTHEST_RING, description="How many steps away")] = 1,
    confirmed_only: Annotated[bool, Query(description="Leave out what is only suggested")] = False,
) -> list[NeighbourOut]:
    """The RTs around an RT, by ring: those that an alarm of it can reach."""
    narrowed(person, region)

    def found(uow: UnitOfWork) -> list[NeighbourOut]:
        reached = rings(region, uow.surroundings.adjacencies_of, furthest, confirmed_only)
        near = [rt for rt in uow.places.regions(reached.keys() - {region}) if not rt.has_ended]
        near.sort(key=lambda rt: (reached[rt.code], rt.code))
        return [NeighbourOut(**brief(rt).model_dump(), ring=reached[rt.code]) for rt in near]

    transactions: Transactions = request.app.state.transactions
    return await transactions.read(found)


@router.get("/sites")
async def list_sites(
    request: Request,
    response: Response,
    person: Caller,
    within: Within = None,
    after: After = None,
    limit: Limit = 500,
) -> list[SiteOut]:
    """The places where kentongan hang, of the regions that the caller may see, by id."""
    scope = narrowed(person, within)

    def found(uow: UnitOfWork) -> list[SiteOut]:
        sites = uow.surroundings.sites_within(scope, after, limit + 1)
        hanging = _hanging(uow, {site.region for site in sites})
        return [site_out(site, hanging.get(site.id, [])) for site in sites]

    transactions: Transactions = request.app.state.transactions
    return page(request, response, await transactions.read(found), limit, lambda site: site.id)


@router.put("/sites/{site_id}", responses={201: {"model": SiteOut, **_NEW[201]}})
async def keep_site(site_id: ThingId, body: SiteIn, request: Request, response: Response, person: Caller) -> SiteOut:
    """Describe a site, new or known. For the city's admin and the technicians of its region."""
    values = {"id": site_id, **_said(body.model_dump(exclude_unset=True))}

    def kept(uow: UnitOfWork) -> tuple[bool, SiteOut]:
        new = put_site(uow, person, values)
        (site,) = uow.surroundings.sites([site_id])
        return new, site_out(site, _hanging(uow, {site.region}).get(site_id, []))

    transactions: Transactions = request.app.state.transactions
    new, out = await transactions.run(kept)
    response.status_code = 201 if new else 200
    return out


@router.get("/cameras")
async def list_cameras(
    request: Request,
    response: Response,
    person: Caller,
    within: Within = None,
    after: After = None,
    limit: Limit = 500,
) -> list[CameraOut]:
    """The cameras of the regions that the caller may see, by id."""
    scope = narrowed(person, within)
    transactions: Transactions = request.app.state.transactions
    found = await transactions.read(lambda uow: uow.surroundings.cameras_within(scope, after, limit + 1))
    cameras = page(request, response, found, limit, lambda camera: camera.id)
    return [camera_out(camera, with_link=_may_follow(person, camera.region)) for camera in cameras]


@router.put("/cameras/{camera_id}", responses={201: {"model": CameraOut, **_NEW[201]}})
async def keep_camera(
    camera_id: ThingId, body: CameraIn, request: Request, response: Response, person: Caller
) -> CameraOut:
    """Describe a camera, new or known, or say what a look at it found. For the city's admin and its technicians."""
    values = {"id": camera_id, **_said(body.model_dump(exclude_unset=True))}

    def kept(uow: UnitOfWork) -> tuple[bool, CameraOut]:
        new = put_camera(uow, person, values)
        (camera,) = uow.surroundings.cameras([camera_id])
        return new, camera_out(camera, with_link=_may_follow(person, camera.region))

    transactions: Transactions = request.app.state.transactions
    new, out = await transactions.run(kept)
    response.status_code = 201 if new else 200
    return out


def _said(values: dict[str, Any]) -> dict[str, Any]:
    """What null says is the same as not saying it: an import cannot take back either."""
    return {name: value for name, value in values.items() if value is not None}


def _hanging(uow: UnitOfWork, regions: set[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in uow.places.nodes_of(regions):
        if node.site is not None:
            found.setdefault(node.site, []).append(node.id)
    return found


def _may_follow(person: Person, region: str) -> bool:
    return any(person.has(role, region) for role in _SEE_LINKS)
