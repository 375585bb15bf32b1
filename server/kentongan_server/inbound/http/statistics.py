"""Statistics as JSON, as CSV for a spreadsheet, and as compact columns for a page's charts."""

import csv
import io
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse
from pydantic import AfterValidator, BaseModel

from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.statistics import SPREADS, Figures, Period, day_of
from kentongan_server.inbound.http.callers import Caller
from kentongan_server.ports.clock import Clock
from kentongan_server.ports.unit_of_work import Transactions
from kentongan_server.use_cases.governing.measure import Measured, measure


class CsvResponse(PlainTextResponse):
    """An answer that the description calls by its name too."""

    media_type = "text/csv"


router = APIRouter(prefix="/api/v1/statistics", tags=["statistics"])

Region = Annotated[str, Query(max_length=64, description="The region's code; everything below it is counted")]


def _within_living_memory(day: date) -> date:
    if not 2000 <= day.year < 2100:
        raise ValueError("choose a day between 2000 and 2099")
    return day


# The calendar ends somewhere, and a city day has a day before it and one after.
Day = Annotated[date, AfterValidator(_within_living_memory)]
First = Annotated[Day | None, Query(description="First day, as 2026-11-01; the city's days. 30 days ago if left out")]
Last = Annotated[Day | None, Query(description="Last day, included; today if left out")]


class SpreadOut(BaseModel):
    """Seconds; null where there were too few to say."""

    count: int | None
    median_s: float | None
    p90_s: float | None


class FiguresOut(BaseModel):
    """Null: one to four, or nothing to divide by. `deaf_hours` are the hours of RTs without a kentongan online."""

    region: str
    incidents: dict[IncidentClass, int | None]
    drills: int | None
    pranks: int | None
    prank_rate: float | None
    drill_score: float | None
    delivered: float | None
    deaf_hours: float
    took: dict[str, SpreadOut]


class StatisticsOut(BaseModel):
    """A region's figures, and those of the places right below it."""

    region: str
    first: date
    last: date
    classes: list[IncidentClass]
    total: FiguresOut
    below: list[FiguresOut]


class DaysOut(BaseModel):
    """Columns side by side, one value a day: small enough for a page on a slow line."""

    first: date
    incidents: dict[IncidentClass, list[int | None]]
    police_median_s: list[float | None]
    sounding_median_s: list[float | None]


@router.get("")
async def show_statistics(
    request: Request, person: Caller, region: Region, first: First = None, last: Last = None
) -> StatisticsOut:
    """How fast help came, how many hours without a siren, how many pranks: for the region and the places right below it."""
    found = await _measured(request, person, region, first, last)
    return StatisticsOut(
        region=region,
        first=found.period.first,
        last=found.period.last,
        classes=list(found.classes),
        total=_out(region, found.total, found.classes),
        below=[_out(code, each, found.classes) for code, each in found.below.items()],
    )


@router.get("/days")
async def show_days(
    request: Request, person: Caller, region: Region, first: First = None, last: Last = None
) -> DaysOut:
    """The same day by day, as columns for charts."""
    found = await _measured(request, person, region, first, last)
    each = [figures for _, figures in found.days]
    return DaysOut(
        first=found.period.first,
        incidents={one: [day.incidents[one] for day in each] for one in found.classes},
        police_median_s=[day.spreads["police"].median for day in each],
        sounding_median_s=[day.spreads["first_sounding"].median for day in each],
    )


@router.get("/export.csv", response_class=CsvResponse)
async def export_statistics(
    request: Request, person: Caller, region: Region, first: First = None, last: Last = None
) -> CsvResponse:
    """The same as CSV: a row for the region, and one for each place right below it; an empty cell where too few to say."""
    found = await _measured(request, person, region, first, last)
    text = io.StringIO()
    rows = csv.writer(text)
    took = [f"{name}_{part}" for name in SPREADS for part in ("count", "median_s", "p90_s")]
    plain = ["drills", "pranks", "prank_rate", "drill_score", "delivered", "deaf_hours"]
    rows.writerow(["region", "first", "last", *found.classes, *plain, *took])
    for code, each in [(region, found.total), *found.below.items()]:
        spreads = [each.spreads[name] for name in SPREADS]
        rows.writerow(
            [code, found.period.first, found.period.last]
            + [each.incidents[one] for one in found.classes]
            + [getattr(each, name) for name in plain]
            + [value for spread in spreads for value in (spread.count, spread.median, spread.p90)]
        )
    name = f"kentongan-{found.period.first}-{found.period.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return CsvResponse(text.getvalue(), headers=headers)


async def _measured(request: Request, person: Any, region: str, first: date | None, last: date | None) -> Measured:
    transactions: Transactions = request.app.state.transactions
    clock: Clock = request.app.state.clock
    end = last or day_of(clock.now())
    period = Period(first or end - timedelta(days=29), end)
    return await transactions.read(lambda uow: measure(uow, person, region, period))


def _out(region: str, found: Figures, classes: tuple[IncidentClass, ...]) -> FiguresOut:
    return FiguresOut(
        region=region,
        incidents={one: found.incidents[one] for one in classes},
        drills=found.drills,
        pranks=found.pranks,
        prank_rate=found.prank_rate,
        drill_score=found.drill_score,
        delivered=found.delivered,
        deaf_hours=found.deaf_hours,
        took={
            name: SpreadOut(count=spread.count, median_s=spread.median, p90_s=spread.p90)
            for name, spread in found.spreads.items()
        },
    )
