"""Is it alive, is it ready, and what does it count."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from kentongan_server.domain.access import Tries
from kentongan_server.inbound.http.problems import answer
from kentongan_server.inbound.metrics import Metrics
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork

WRITE_PATIENCE_S = 5.0

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(request: Request) -> JSONResponse:
    """Ready when the database can be read and written, the broker is there and every room is at work; else 503 and what is missing."""
    transactions: Transactions = request.app.state.transactions
    missing = []
    try:
        await transactions.read(lambda uow: uow.timeline.last_seq())
    except Exception:  # noqa: BLE001  # whatever it is, we are not ready
        missing.append("the database cannot be read")
    try:
        async with asyncio.timeout(WRITE_PATIENCE_S):
            await transactions.run(_write_a_word)
    except Exception:  # noqa: BLE001  # whatever it is, no report could be stored
        missing.append("the database takes no writes")
    if not request.app.state.is_connected():
        missing.append("the broker is away")
    missing += [f"the room {room} has stopped" for room in request.app.state.stopped()]
    if missing:
        return answer(503, "; ".join(missing) + ".")
    return JSONResponse({"status": "ready"})


def _write_a_word(uow: UnitOfWork) -> None:
    """An empty transaction is no proof: it touches no file, so it goes well on a full disk too."""
    uow.access.put_tries(Tries("readyz", 0, uow.now()))


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(request: Request) -> PlainTextResponse:
    """Counters for Prometheus."""
    found: Metrics = request.app.state.metrics
    found.connected.set(1 if request.app.state.is_connected() else 0)
    return PlainTextResponse(generate_latest(found.registry), media_type=CONTENT_TYPE_LATEST)
