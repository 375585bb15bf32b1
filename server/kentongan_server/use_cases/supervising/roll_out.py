"""A release of the firmware: taken in whole, offered ring by ring, halted by a named human or by a kentongan that does badly."""

import hashlib
import json
from typing import Any

from kentongan_server.domain.errors import ConflictError, InvalidError, RefusedError, UnknownError
from kentongan_server.domain.events import Noted
from kentongan_server.domain.people import Person, Role
from kentongan_server.domain.region_code import Level, level_of
from kentongan_server.domain.release import GIVEN, OPEN, Release, Ring
from kentongan_server.ports.unit_of_work import UnitOfWork

LONGEST_MANIFEST = 16_384
LARGEST_FILE = 1 << 16
MOST_OFFERS = 50  # in one round: ten thousand kentongan that fetch at once would hold up an alarm
_SIGNATURE = 128


def start_release(uow: UnitOfWork, person: Person, manifest: bytes, region: str) -> Release:
    """Take a manifest in; its files follow one by one, and with the last of them the first ring begins."""
    assert_may_release(person)
    said = _read(manifest)
    if uow.places.region(region) is None or level_of(region) is not Level.RT:
        raise InvalidError("Name the RT of the second ring by its code, as 33.74.12.1001/RW03/RT02.")
    known = uow.releases.releases()
    if any(release.ring in OPEN for release in known):
        raise ConflictError("A release is under way; halt it or wait until it is done.")
    if known and said["sequence"] <= known[0].sequence:
        raise ConflictError(
            f"The sequence must be above {known[0].sequence}: no kentongan goes back to an older program."
        )
    now = uow.now()
    release = Release(
        said["sequence"], said["version"], region, len(manifest), Ring.RECEIVING, now, person.id, now
    )  # fmt: skip
    uow.releases.put(release)
    uow.releases.put_file(release.sequence, "", manifest)
    _note(uow, release, person.id)
    return release


def take_file(uow: UnitOfWork, person: Person, sequence: int, path: str, body: bytes) -> Release:
    """Keep one file if it is byte for byte what the manifest lists."""
    assert_may_release(person)
    release = _release(uow, sequence)
    if release.ring is not Ring.RECEIVING:
        raise ConflictError(f"Release {sequence} has all its files.")
    listed = {name: digest for name, _, digest in _read(uow.releases.file(sequence, "") or b"")["files"]}
    if path not in listed:
        raise InvalidError("The manifest lists no such file; take the path as it stands there.")
    if hashlib.sha256(body).hexdigest() != listed[path]:
        raise InvalidError(f"{path} is not the file that the manifest lists; send the one of this very release.")
    uow.releases.put_file(sequence, path, body)
    if uow.releases.paths(sequence) >= listed.keys():
        release = release.moved(Ring.FEW, uow.now())
        uow.releases.put(release)
        _note(uow, release, person.id)
    return release


def halt_release(uow: UnitOfWork, person: Person, sequence: int, reason: str) -> Release:
    """Offer it to nobody any more."""
    assert_may_release(person)
    release = _release(uow, sequence).halted(uow.now(), reason)
    uow.releases.put(release)
    _note(uow, release, person.id)
    return release


def roll_on(uow: UnitOfWork) -> list[tuple[str, int, int]]:
    """Judge the newest release by what its nodes say; whom to offer it now: (node, sequence, size of the manifest)."""
    newest = next(iter(uow.releases.releases()), None)
    if newest is None or newest.ring not in GIVEN:
        return []
    nodes = uow.places.nodes_of(None)
    judged = newest.judged(nodes, uow.now())
    if judged is not newest:
        uow.releases.put(judged)
        _note(uow, judged, None)
    return [(node.id, judged.sequence, judged.size) for node in judged.wants(nodes)[:MOST_OFFERS]]


def piece(uow: UnitOfWork, sequence: int, path: str, offset: int, size: int) -> bytes | None:
    """Bytes of a release that is being given out; None for any other."""
    release = uow.releases.release(sequence)
    body = uow.releases.file(sequence, path) if release is not None and release.ring in GIVEN else None
    return None if body is None else body[offset : offset + size]


def _release(uow: UnitOfWork, sequence: int) -> Release:
    release = uow.releases.release(sequence)
    if release is None:
        raise UnknownError("There is no such release; ask GET /api/v1/releases for those there are.")
    return release


def assert_may_release(person: Person) -> None:
    """RefusedError for all but those who look after every kentongan of a city: what begins in one RT ends in all."""
    if not any(
        held.role in (Role.TECHNICIAN, Role.CITY_ADMIN) and (held.region is None or level_of(held.region) is Level.KOTA)
        for held in person.memberships
    ):
        raise RefusedError("Releases are for a technician or an admin of the whole city; ask one of them.")


def _note(uow: UnitOfWork, release: Release, by: str | None) -> None:
    facts = {"sequence": release.sequence, "version": release.version, "ring": release.ring, "reason": release.reason}
    uow.happened(Noted(None, release.region, by, what="release_moved", data=facts))


def _read(manifest: bytes) -> dict[str, Any]:
    """What it lists. The signature is checked by each kentongan, whose key this server does not hold."""
    try:
        if len(manifest) > LONGEST_MANIFEST or manifest[_SIGNATURE : _SIGNATURE + 1] != b" ":
            raise ValueError
        bytes.fromhex(manifest[:_SIGNATURE].decode())
        said: dict[str, Any] = json.loads(manifest[_SIGNATURE + 1 :])
        files = said["files"]
        good = type(said["sequence"]) is int and 0 < said["sequence"] < 2**53 and type(said["version"]) is str
        good = good and 0 < len(said["version"]) <= 32 and bool(files) and all(_is_listed(*file) for file in files)
        if not good:
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise InvalidError(
            "That is no signed manifest; take the file `manifest` that `firmware release` wrote, as it is."
        ) from None
    return said


def _is_listed(path: object, size: object, digest: object) -> bool:
    return (
        type(path) is str and 0 < len(path) <= 64 and type(size) is int and 0 <= size <= LARGEST_FILE
        and type(digest) is str and len(digest) == 64
    )  # fmt: skip
