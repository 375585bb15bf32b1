"""Releases of the firmware: started and halted by a technician or the city's admin, file by file, ring by ring."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from kentongan_server.domain.errors import InvalidError
from kentongan_server.domain.release import Release, Ring
from kentongan_server.inbound.http.callers import Caller
from kentongan_server.inbound.http.strict_json import StrictRoute
from kentongan_server.inbound.http.views import RegionCode
from kentongan_server.ports.unit_of_work import Transactions
from kentongan_server.use_cases.supervising.roll_out import assert_may_release, halt_release, start_release, take_file

Sequence = Annotated[int, Path(ge=1, le=2**53 - 1, description="The release's number in its manifest")]

router = APIRouter(prefix="/api/v1", tags=["releases"], route_class=StrictRoute)


class ReleaseIn(BaseModel):
    """The manifest as `firmware release` wrote and signed it, and the RT of the second ring."""

    model_config = ConfigDict(extra="forbid")
    manifest: Annotated[
        str,
        Field(
            min_length=130,
            max_length=16_384,
            examples=["0" * 128 + ' {"sequence": 7, "version": "0.2.0", "boards": [], "files": []}'],
        ),
    ]
    region: RegionCode


class FileIn(BaseModel):
    """One file of it, in hexadecimal digits."""

    model_config = ConfigDict(extra="forbid")
    path: Annotated[str, Field(min_length=1, max_length=64, examples=["kentongan_node/node.mpy"])]
    hex: Annotated[str, Field(max_length=60_000, pattern=r"^([0-9a-f]{2})*$", examples=["4d06"])]


class HaltIn(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")
    reason: Annotated[str, Field(min_length=1, max_length=200)]


class ReleaseOut(BaseModel):
    """How far it has come."""

    sequence: int
    version: str
    region: str
    ring: Ring
    ring_at: datetime
    started_by: str
    started_at: datetime
    reason: str | None


@router.get("/releases")
async def list_releases(request: Request, person: Caller) -> list[ReleaseOut]:
    """Every release, newest first."""
    assert_may_release(person)
    transactions: Transactions = request.app.state.transactions
    return [_out(release) for release in await transactions.read(lambda uow: uow.releases.releases())]


@router.post("/releases", status_code=201)
async def start_new_release(body: ReleaseIn, request: Request, person: Caller) -> ReleaseOut:
    """Take a signed manifest in; its files follow, and the last one begins the first ring."""
    try:
        manifest = body.manifest.encode("ascii")
    except UnicodeEncodeError:
        raise InvalidError("A manifest is ASCII; take the file `manifest` as it is.") from None
    transactions: Transactions = request.app.state.transactions
    return _out(await transactions.run(lambda uow: start_release(uow, person, manifest, body.region)))


@router.post("/releases/{sequence}/files")
async def take_release_file(sequence: Sequence, body: FileIn, request: Request, person: Caller) -> ReleaseOut:
    """One file, checked against the manifest; the same one again changes nothing."""
    data = bytes.fromhex(body.hex)
    transactions: Transactions = request.app.state.transactions
    return _out(await transactions.run(lambda uow: take_file(uow, person, sequence, body.path, data)))


@router.post("/releases/{sequence}/halt")
async def halt_one_release(sequence: Sequence, body: HaltIn, request: Request, person: Caller) -> ReleaseOut:
    """Offer it to no kentongan any more; who runs it goes on running it."""
    transactions: Transactions = request.app.state.transactions
    return _out(await transactions.run(lambda uow: halt_release(uow, person, sequence, body.reason)))


def _out(release: Release) -> ReleaseOut:
    return ReleaseOut(
        sequence=release.sequence,
        version=release.version,
        region=release.region,
        ring=release.ring,
        ring_at=release.ring_at,
        started_by=release.started_by,
        started_at=release.started_at,
        reason=release.reason,
    )
