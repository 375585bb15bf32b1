"""Places and meanings: who I am, which regions I see and what hangs there."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from kentongan_server.domain.place import NodeRole, Presence
from kentongan_server.domain.region_code import Level
from kentongan_server.inbound.http.callers import Caller
from kentongan_server.inbound.http.paging import After, page
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork

router = APIRouter(prefix="/api/v1", tags=["places"])


class NodeOut(BaseModel):
    """A kentongan as last heard."""

    id: str
    role: NodeRole
    presence: Presence
    siren: str


class RegionOut(BaseModel):
    """An RT. `deaf` when none of its kentongan is online."""

    code: str
    name: str
    latitude: float
    longitude: float
    deaf: bool
    nodes: list[NodeOut]


@router.get("/me")
async def me(person: Caller) -> dict[str, Any]:
    """The caller and their memberships."""
    memberships = [{"role": m.role, "region": m.region, "vouched": m.vouched} for m in person.memberships]
    return {"id": person.id, "name": person.name, "memberships": memberships}


@router.get("/regions")
async def list_regions(
    request: Request,
    response: Response,
    person: Caller,
    after: After = None,
    limit: Annotated[int | None, Query(ge=1, le=5_000, description="How many at most; all without it")] = None,
) -> list[RegionOut]:
    """The RTs of today that the caller may see, with their kentongan; in pages where a `limit` is given."""
    transactions: Transactions = request.app.state.transactions
    scope = person.scope()

    def regions(uow: UnitOfWork) -> list[RegionOut]:
        hanging: dict[str, list[NodeOut]] = {}
        more = None if limit is None else limit + 1
        found = uow.places.regions_within(scope, Level.RT, after=after, limit=more)
        shown = found if limit is None else page(request, response, found, limit, lambda region: region.code)
        is_whole = limit is None and after is None
        nodes = uow.places.nodes_within(scope) if is_whole else uow.places.nodes_of([each.code for each in shown])
        for node in nodes:
            view = NodeOut(id=node.id, role=node.role, presence=node.presence, siren=node.siren)
            hanging.setdefault(node.region, []).append(view)
        return [
            RegionOut(
                code=region.code,
                name=region.name,
                latitude=region.latitude,
                longitude=region.longitude,
                deaf=all(node.presence is not Presence.ONLINE for node in hanging.get(region.code, [])),
                nodes=hanging.get(region.code, []),
            )
            for region in shown
        ]

    return await transactions.read(regions)
