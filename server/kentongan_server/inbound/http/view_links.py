"""The door behind the links in the police's documents: it looks at the link, notes who came, and shows the way. No video passes."""

import time
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from pydantic import BaseModel

from kentongan_server.domain.errors import ExpiredError, UnknownError
from kentongan_server.domain.surroundings import CameraHealth
from kentongan_server.domain.view_link import ViewLinks, network_of
from kentongan_server.inbound.http.pace import Pace
from kentongan_server.inbound.http.problems import answer
from kentongan_server.inbound.web.view_page import refusal_page, view_page
from kentongan_server.ports.unit_of_work import Transactions
from kentongan_server.use_cases.forwarding.open_view import Opened, open_view

router = APIRouter(prefix="/api/v1", tags=["police"])

_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
_STATUS = {ExpiredError: 410, UnknownError: 404}
_IN_A_BROWSER = ("http://", "https://")


class ViewedCameraOut(BaseModel):
    """The camera that the link is for. `address` leads to its recorder, which asks for its own password."""

    id: str
    name: str
    health: CameraHealth
    address: str | None


class ViewOut(BaseModel):
    """Where it happened, or (with a camera) where that camera stands."""

    incident: str
    region: str
    name: str
    latitude: float
    longitude: float
    until: datetime
    camera: ViewedCameraOut | None


@router.get(
    "/views/{token}",
    response_model=ViewOut,
    responses={
        200: {"content": {"text/html": {"schema": {"type": "string"}, "example": "<!doctype html>…"}}},
        303: {"description": "A browser is sent to the camera's own address"},
        410: {"$ref": "#/components/responses/Problem410"},
    },
)
async def open_link(
    token: Annotated[str, Path(min_length=1, max_length=600, description="As it came in a document")], request: Request
) -> Response:
    """Open a link from a document for the police or 112. Each opening is noted with its time and network; what was lives shortly."""
    wants_page = "text/html" in request.headers.get("accept", "")
    client = request.client.host if request.client else ""
    pace: Pace = request.app.state.view_pace
    links: ViewLinks = request.app.state.view_links
    transactions: Transactions = request.app.state.transactions
    pace.take(client, time.monotonic())
    try:
        view = links.read(token)
        if view is None:
            raise UnknownError("There is no such link.")
        opened = await transactions.run(lambda uow: open_view(uow, view, network_of(client)))
    except (ExpiredError, UnknownError) as error:
        status = _STATUS[type(error)]
        refused = HTMLResponse(refusal_page(status, str(error)), status) if wants_page else answer(status, str(error))
        refused.headers.update(_HEADERS)
        return refused
    if wants_page and opened.address is not None and opened.address.startswith(_IN_A_BROWSER):
        return RedirectResponse(opened.address, 303, headers=_HEADERS)
    if wants_page:
        return HTMLResponse(view_page(opened), headers=_HEADERS)
    return JSONResponse(_out(opened).model_dump(mode="json"), headers=_HEADERS)


def _out(opened: Opened) -> ViewOut:
    camera = opened.camera
    return ViewOut(
        incident=opened.incident,
        region=opened.region,
        name=opened.region_name,
        latitude=opened.latitude,
        longitude=opened.longitude,
        until=opened.until,
        camera=None
        if camera is None
        else ViewedCameraOut(id=camera.id, name=camera.name, health=camera.health, address=opened.address),
    )
