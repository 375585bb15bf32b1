"""What a household's home automation may read of its RT: documents to publish at home, and where to fetch the states."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from kentongan_server.domain.errors import InvalidError, UnknownError
from kentongan_server.domain.region_code import Level, level_of
from kentongan_server.inbound.http.callers import Caller
from kentongan_server.inbound.http.place_views import RegionPath
from kentongan_server.ports.home_view import HomeView, Shown
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork

router = APIRouter(prefix="/api/v1", tags=["places"])

READER = "home-YOURS"


class DocumentOut(BaseModel):
    """One retained message for the household's own broker."""

    topic: str = Field(examples=["homeassistant/device/kentongan_ktg-12-1001-03-02/config"])
    payload: dict[str, Any] = Field(
        examples=[{"device": {"name": "Pos kamling RT 02"}, "components": {"sounding": {"platform": "binary_sensor"}}}]
    )


class HomeOut(BaseModel):
    """Everything that a household needs to see its RT's kentongan at home. None of it can command one."""

    documents: list[DocumentOut]
    bridge: str = Field(description="For the household's Mosquitto", examples=["connection kentongan\n"])


@router.get("/home-assistant")
async def show_home_assistant(request: Request, person: Caller, region: Annotated[RegionPath, Query()]) -> HomeOut:
    """The RT's kentongan as Home Assistant's MQTT discovery describes them: to be read at home, never commanded."""
    transactions: Transactions = request.app.state.transactions
    view: HomeView = request.app.state.home_view
    if not person.sees(region):
        raise UnknownError("There is no such region, or it is not yours to see.")
    shown = await transactions.read(lambda uow: shown_of(uow, region))
    documents = [DocumentOut(topic=one.topic, payload=one.payload) for one in view.documents(shown)]
    return HomeOut(documents=documents, bridge=view.bridge(shown, READER))


def shown_of(uow: UnitOfWork, region: str) -> list[Shown]:
    """The RT's kentongan, by the names of their sites; KentonganError for what is no RT of today."""
    if level_of(region) is not Level.RT:
        raise InvalidError(f"{region} is no RT; only an RT has kentongan.")
    rt = uow.places.region(region)
    if rt is None or rt.has_ended:
        raise UnknownError(f"There is no RT {region} today.")
    sites = {site.id: site.name for site in uow.surroundings.sites_within([region])}
    return [
        Shown(node.id, f"Kentongan {sites.get(node.site or '', node.id)}", rt.name)
        for node in uow.places.nodes_of([region])
    ]
