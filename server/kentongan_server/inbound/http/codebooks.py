"""Codebooks: open to everybody, since everybody hears them; every version for ever, and the next one by who may choose."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kentongan_server.domain.codebook import Codebook, Rhythm, assert_playable
from kentongan_server.domain.errors import UnknownError
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind
from kentongan_server.inbound.http.callers import Caller
from kentongan_server.inbound.http.strict_json import StrictRoute
from kentongan_server.inbound.http.views import RegionCode
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork
from kentongan_server.use_cases.alarming.adopt_codebook import adopt_codebook, forget_own, rewritten

router = APIRouter(prefix="/api/v1", tags=["codebook"], route_class=StrictRoute)


class RhythmIn(BaseModel):
    """Stroke and pause in turn, in milliseconds; one run through them is a round."""

    model_config = ConfigDict(extra="forbid")
    pattern: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    beats: Annotated[list[Annotated[int, Field(ge=0, le=60_000)]], Field(max_length=64)]
    rounds: int = Field(ge=0, le=10_000)
    duration_ms: int = Field(ge=0, le=60_000)
    colour: Annotated[str, StringConstraints(max_length=16)]

    def rhythm(self) -> Rhythm:
        """The same in the core's words."""
        return Rhythm(self.pattern, tuple(self.beats), self.rounds, self.duration_ms, self.colour)


class CodebookIn(BaseModel):
    """What changes; kinds that are not named keep their sound. Without a region it is the city's."""

    model_config = ConfigDict(extra="forbid")
    region: RegionCode | None = None
    kinds: dict[IncidentKind, RhythmIn] = Field(default_factory=dict)
    all_clear: RhythmIn | None = None


class RhythmOut(BaseModel):
    """What is played and shown."""

    pattern: str
    beats: list[int]
    rounds: int
    duration_ms: int
    colour: str


class CodeOut(RhythmOut):
    """How one kind sounds, shows and reads."""

    kind: IncidentKind
    incident_class: IncidentClass = Field(serialization_alias="class")
    id: str
    en: str


class CodebookOut(BaseModel):
    """One version."""

    version: str
    region: str | None
    adopted_at: datetime | None
    kinds: list[CodeOut]
    all_clear: RhythmOut


@router.get("/codebook")
async def show_codebook(request: Request, region: Annotated[str | None, Query(max_length=64)] = None) -> CodebookOut:
    """The codebook that sounds in a region, or the city's."""
    transactions: Transactions = request.app.state.transactions
    return _out(await transactions.read(lambda uow: uow.codebooks.current(region or "")))


@router.get("/codebooks")
async def list_codebooks(
    request: Request, region: Annotated[str | None, Query(max_length=64)] = None
) -> list[CodebookOut]:
    """Every version of the city's codebook, or of a region's own, newest first."""
    transactions: Transactions = request.app.state.transactions
    return [_out(book) for book in await transactions.read(lambda uow: uow.codebooks.versions(region))]


@router.get("/codebooks/{version}")
async def show_version(version: str, request: Request) -> CodebookOut:
    """One version, however old."""
    transactions: Transactions = request.app.state.transactions
    book = await transactions.read(lambda uow: uow.codebooks.version(version))
    if book is None:
        raise UnknownError("There is no such codebook; ask GET /api/v1/codebooks for the versions.")
    return _out(book)


@router.post("/codebooks/preview")
async def preview_codebook(body: CodebookIn, request: Request, person: Caller) -> CodebookOut:
    """How a changed codebook would sound; nothing is kept. 422 says which bound it breaks."""
    transactions: Transactions = request.app.state.transactions
    if body.region is not None and not person.sees(body.region):
        raise UnknownError("There is no such region, or it is not yours to see.")
    base = await transactions.read(lambda uow: uow.codebooks.current(body.region or ""))
    book = rewritten(base, *_changes(body), version="preview", region=body.region)
    assert_playable(book)
    return _out(book)


@router.post(
    "/codebooks", status_code=201, responses={200: {"model": CodebookOut, "description": "It sounds so already"}}
)
async def adopt_new_codebook(body: CodebookIn, request: Request, response: Response, person: Caller) -> CodebookOut:
    """Adopt the next version: the city's as its admin, an RT's own as its head."""
    transactions: Transactions = request.app.state.transactions

    def job(uow: UnitOfWork) -> Codebook:
        before = uow.codebooks.current(body.region or "")
        book = adopt_codebook(uow, person, body.region, *_changes(body))
        if book.version == before.version:
            response.status_code = 200
        return book

    return _out(await transactions.run(job))


@router.delete("/codebooks")
async def give_up_own(request: Request, person: Caller, region: Annotated[str, Query(max_length=64)]) -> CodebookOut:
    """The RT goes back to the city's codebook; its own versions stay readable."""
    transactions: Transactions = request.app.state.transactions
    return _out(await transactions.run(lambda uow: forget_own(uow, person, region)))


def _changes(body: CodebookIn) -> tuple[dict[IncidentKind, Rhythm], Rhythm | None]:
    changed = {kind: rhythm.rhythm() for kind, rhythm in body.kinds.items()}
    return changed, body.all_clear.rhythm() if body.all_clear else None


def _out(book: Codebook) -> CodebookOut:
    kinds = [
        CodeOut(
            **_said(code), kind=code.kind, incident_class=code.kind.incident_class, id=code.indonesian, en=code.english
        )
        for code in book.codes.values()
    ]
    return CodebookOut(
        version=book.version,
        region=book.region,
        adopted_at=book.adopted_at,
        kinds=kinds,
        all_clear=RhythmOut(**_said(book.all_clear)),
    )


def _said(rhythm: Rhythm) -> dict[str, Any]:
    return {
        "pattern": rhythm.pattern,
        "beats": list(rhythm.beats),
        "rounds": rhythm.rounds,
        "duration_ms": rhythm.duration_ms,
        "colour": rhythm.colour,
    }
