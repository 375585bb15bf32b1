"""Reports come in here."""

import time
from typing import Any

from fastapi import APIRouter, Request, Response

from kentongan_server.domain.incident import Position
from kentongan_server.domain.incident_kind import Purpose
from kentongan_server.inbound.http.callers import Caller
from kentongan_server.inbound.http.strict_json import StrictRoute
from kentongan_server.inbound.http.views import ReportIn, ReportOut
from kentongan_server.inbound.metrics import Metrics
from kentongan_server.ports.unit_of_work import Transactions
from kentongan_server.use_cases.governing.verify_record import receipt_of
from kentongan_server.use_cases.reporting.take_report import Said, take_report

router = APIRouter(prefix="/api/v1", tags=["reporting"], route_class=StrictRoute)


@router.post("/reports", status_code=201, responses={200: {"model": ReportOut, "description": "Known already"}})
async def post_report(body: ReportIn, request: Request, response: Response, person: Caller) -> ReportOut:
    """Report something. 201 means that it is stored for good; the same id again is answered alike, with 200."""
    begun = time.perf_counter()
    transactions: Transactions = request.app.state.transactions
    metrics: Metrics = request.app.state.metrics
    position = body.position
    said = Said(
        id=body.id,
        kind=body.kind,
        purpose=Purpose.ACTUAL,
        region=body.region,
        person=person,
        node=None,
        text=body.text or None,
        position=Position(position.latitude, position.longitude) if position else None,
        happened_at=None,
    )
    taken = await transactions.run(lambda uow: take_report(uow, said))
    if taken.repeated:
        response.status_code = 200
    else:
        metrics.reports.labels("app", body.kind.incident_class).inc()
        metrics.ingest_seconds.observe(time.perf_counter() - begun)
    return ReportOut(id=taken.report, incident=taken.incident)


@router.get("/reports/{report_id}/receipt")
async def show_receipt(report_id: str, request: Request, person: Caller) -> dict[str, Any]:
    """Proof for the reporter that the report is in the record: check it with `server audit verify-receipt`."""
    transactions: Transactions = request.app.state.transactions
    return await transactions.read(lambda uow: receipt_of(uow, report_id, person))
