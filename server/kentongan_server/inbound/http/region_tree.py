"""The city's tree: regions of every level, and how an RT is split or merged."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from kentongan_server.domain.errors import UnknownError
from kentongan_server.domain.people import Person
from kentongan_server.domain.region_code import Level, ancestors, parent_of
from kentongan_server.inbound.http.callers import Caller
from kentongan_server.inbound.http.imports import CityAdmin
from kentongan_server.inbound.http.paging import After, Limit, page
from kentongan_server.inbound.http.place_views import (
    LocatedOut,
    MergeIn,
    PlaceDetailOut,
    PlaceOut,
    RegionPath,
    SplitIn,
    brief,
    place_fields,
    place_out,
)
from kentongan_server.inbound.http.strict_json import StrictRoute
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork
from kentongan_server.use_cases.governing.change_regions import Part, merge_regions, split_region
from kentongan_server.use_cases.governing.locate import locate

router = APIRouter(prefix="/api/v1", tags=["places"], route_class=StrictRoute)

Within = Annotated[RegionPath | None, Query(description="Only this region and what lies in it")]


def narrowed(person: Person, within: str | None) -> frozenset[str] | None:
    """The part of what the person sees that lies within a region; UnknownError when that is nothing of theirs."""
    if within is None:
        return person.scope()
    if not person.sees(within):
        raise UnknownError("There is no such region, or it is not yours to see.")
    return frozenset({within})


@router.get("/region-tree")
async def list_region_tree(
    request: Request,
    response: Response,
    person: Caller,
    within: Within = None,
    level: Annotated[Level | None, Query(description="Only regions of this level")] = None,
    ended: Annotated[bool, Query(description="Also those that were split or merged away")] = False,
    after: After = None,
    limit: Limit = 500,
) -> list[PlaceOut]:
    """The regions that the caller may see, of every level, by code."""
    scope = narrowed(person, within)
    transactions: Transactions = request.app.state.transactions
    found = await transactions.read(
        lambda uow: uow.places.regions_within(scope, level, ended=ended, after=after, limit=limit + 1)
    )
    return [place_out(region) for region in page(request, response, found, limit, lambda region: region.code)]


@router.get("/region-at")
async def find_region(
    request: Request,
    _: Caller,
    latitude: Annotated[float, Query(ge=-90, le=90)],
    longitude: Annotated[float, Query(ge=-180, le=180)],
) -> LocatedOut:
    """In which RT a position lies, for whoever is away from home. A guess is to be confirmed by the person who asks."""
    transactions: Transactions = request.app.state.transactions
    found = await transactions.read(lambda uow: locate(uow, latitude, longitude))
    return LocatedOut(**brief(found.region).model_dump(), drawn=found.drawn, distance_m=found.metres)


@router.get("/regions/{code:path}")
async def show_region(code: RegionPath, request: Request, person: Caller) -> PlaceDetailOut:
    """One region, with those above and directly below it, and those that took its place when it has ended."""
    narrowed(person, code)
    transactions: Transactions = request.app.state.transactions
    return await transactions.read(lambda uow: _detail(uow, code))


@router.post("/region-splits")
async def split_rt(body: SplitIn, request: Request, person: CityAdmin) -> list[PlaceOut]:
    """Let an RT become several, today. What hangs, stands and belongs there goes along; no device is flashed anew.

    Who and what no part names goes where it lies: sites and cameras to the nearest part, kentongan with their site, people
    to the part that keeps the code, or to the first.
    """
    parts = [
        Part(
            part.region(),
            people=frozenset(part.people),
            nodes=frozenset(part.nodes),
            sites=frozenset(part.sites),
            cameras=frozenset(part.cameras),
        )
        for part in body.parts
    ]
    transactions: Transactions = request.app.state.transactions
    found = await transactions.run(lambda uow: split_region(uow, person.id, body.code, parts))
    return [place_out(region) for region in found]


@router.post("/region-merges")
async def merge_rts(body: MergeIn, request: Request, person: CityAdmin) -> PlaceOut:
    """Let several RTs become one, today, or give one RT another code. Everything there goes along."""
    transactions: Transactions = request.app.state.transactions
    into = body.into.region()
    return place_out(await transactions.run(lambda uow: merge_regions(uow, person.id, body.codes, into)))


def _detail(uow: UnitOfWork, code: str) -> PlaceDetailOut:
    region = uow.places.region(code)
    if region is None:
        raise UnknownError("There is no such region, or it is not yours to see.")
    below = list(Level)[list(Level).index(region.level) + 1 :][:1]
    children = [
        child for level in below for child in uow.places.regions_within([code], level) if parent_of(child.code) == code
    ]
    successors = uow.places.regions(uow.places.successors(code))
    return PlaceDetailOut(
        **place_fields(region),
        ancestors=[brief(above) for above in uow.places.regions(ancestors(code))],
        children=[brief(child) for child in children],
        successors=[brief(successor) for successor in successors],
    )
