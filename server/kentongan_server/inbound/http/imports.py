"""Files that describe the city, taken by its admin over HTTP: the same as `./kentongan server import`."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from kentongan_server.domain.people import Person
from kentongan_server.inbound.http.callers import Caller
from kentongan_server.inbound.http.problems import Problem, answer
from kentongan_server.inbound.imports.raw import ImportFileError
from kentongan_server.inbound.imports.rows import columns_of, read_rows
from kentongan_server.inbound.imports.run import Report, take_file
from kentongan_server.ports.unit_of_work import Transactions
from kentongan_server.use_cases.governing.import_rows import Verdict, What

LONGEST_FILE = 16 * 1024 * 1024
MOST_OUTCOMES = 5_000
CSV, GEOJSON = "text/csv", ("application/geo+json", "application/json")

router = APIRouter(prefix="/api/v1", tags=["places"])


def city_admin(person: Caller) -> Person:
    """A caller who governs the city; Problem 403 for others."""
    if not person.governs_city:
        raise Problem(403, "Only the city's admin may change places.")
    return person


CityAdmin = Annotated[Person, Depends(city_admin)]


class OutcomeOut(BaseModel):
    """What became of one row, counted as the file counts: lines of CSV, features of GeoJSON."""

    row: int
    key: str
    verdict: Verdict
    detail: str | None = Field(description="Why the row was refused, and what to do")


class ImportReportOut(BaseModel):
    """What became of the file, or would have. Rows that change nothing are only counted."""

    what: What
    kept: bool = Field(description="Whether what was not refused is in the database now")
    created: int
    changed: int
    unchanged: int
    refused: int
    ignored_columns: list[str] = Field(description="Columns of the file that are not ours")
    outcomes: list[OutcomeOut] = Field(description=f"Refused rows first, at most {MOST_OUTCOMES:,}")
    left_off: int = Field(description="How many outcomes are not listed")


_EXAMPLES = {
    What.REGIONS: "code,name,latitude,longitude\n33.74.12,Gunungpati,-7.065,110.375\n",
    What.ADJACENCY: "a,b,basis\n33.74.12.1001/RW01/RT01,33.74.12.1001/RW01/RT02,confirmed\n",
    What.SITES: "id,region,kind,name\npos-1,33.74.12.1001/RW01/RT01,guard_post,Pos kamling\n",
    What.KENTONGAN: "id,region,site\nktg-1,33.74.12.1001/RW01/RT01,pos-1\n",
    What.CAMERAS: "id,region,name,latitude,longitude\ncam-1,33.74.12.1001/RW01/RT01,Gapura,-7.06,110.38\n",
}
_COLUMNS = " ".join(f"{what}: {', '.join(columns_of(what))}." for what in What)
_BODY = {
    "required": True,
    "description": f"The first line of a CSV, or a feature's properties, name these columns. {_COLUMNS}",
    "content": {
        CSV: {
            "schema": {"type": "string"},
            "examples": {what: {"value": example} for what, example in _EXAMPLES.items()},
        },
        GEOJSON[0]: {
            "schema": {"type": "object"},
            "example": {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "properties": {"code": "33.74.12", "name": "Gunungpati"},
                        "geometry": {"type": "Point", "coordinates": [110.375, -7.065]},
                    }
                ],
            },
        },
    },
}


@router.post("/imports/{what}", response_model=ImportReportOut, openapi_extra={"requestBody": _BODY})
async def import_file(
    what: What,
    request: Request,
    person: CityAdmin,
    dry_run: Annotated[bool, Query(description="Say what would be, and keep nothing")] = False,
    all_or_nothing: Annotated[bool, Query(description="Keep nothing if a row is refused")] = False,
) -> JSONResponse:
    """Take regions, adjacencies, sites, kentongan or cameras from CSV or GeoJSON; repeating it changes nothing.

    Good rows are kept in transactions of 500, refused ones are listed with what to do. With `all_or_nothing` a refused
    row answers 422 and nothing is kept.
    """
    data = await _file(request)
    try:
        rows, ignored = await asyncio.to_thread(read_rows, what, data)
    except ImportFileError as error:
        raise Problem(422, str(error)) from error
    transactions: Transactions = request.app.state.transactions
    report = await take_file(
        transactions, what, rows, ignored, person.id, dry_run=dry_run, all_or_nothing=all_or_nothing
    )
    out = _out(report).model_dump(mode="json")
    refused = report.count(Verdict.REFUSED)
    if all_or_nothing and not dry_run and refused:
        return answer(422, f"{refused} rows were refused, so nothing was kept; correct them and send all again.", **out)
    return JSONResponse(out)


async def _file(request: Request) -> bytes:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in (CSV, *GEOJSON):
        raise Problem(415, "Send the file as text/csv or as application/geo+json.")
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > LONGEST_FILE:
            raise Problem(413, "The file is longer than 16 MiB; send it in parts.")
    return bytes(data)


def _out(report: Report) -> ImportReportOut:
    telling = [outcome for outcome in report.outcomes if outcome.verdict is not Verdict.UNCHANGED]
    telling.sort(key=lambda outcome: outcome.verdict is not Verdict.REFUSED)
    return ImportReportOut(
        what=report.what,
        kept=report.kept,
        created=report.count(Verdict.CREATED),
        changed=report.count(Verdict.CHANGED),
        unchanged=report.count(Verdict.UNCHANGED),
        refused=report.count(Verdict.REFUSED),
        ignored_columns=report.ignored_columns[:50],
        outcomes=[
            OutcomeOut(row=o.row, key=o.key, verdict=o.verdict, detail=o.detail) for o in telling[:MOST_OUTCOMES]
        ],
        left_off=max(0, len(telling) - MOST_OUTCOMES),
    )
