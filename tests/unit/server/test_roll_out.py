"""How a release spreads: ring by ring, by a named human, and not past the first kentongan that does badly."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.unit.server.town import ADMIN, HEAD, KOTA, RT1, RT2, WULAN, Town

from kentongan_server.domain.errors import ConflictError, InvalidError, RefusedError, UnknownError
from kentongan_server.domain.people import Membership, Person, Role
from kentongan_server.domain.place import NodeRole, Presence, unheard_node
from kentongan_server.domain.release import FEW, PATIENCE, Release, Ring
from kentongan_server.use_cases.supervising.roll_out import halt_release, piece, roll_on, start_release, take_file

TECHNICIAN = Person("tono", "Mas Tono", (Membership(Role.TECHNICIAN, None, True),))
FILES = {"kentongan_node/node.mpy": b"M\x06" * 400, "kentongan_node/pins.mpy": b"pins"}


def manifest(sequence: Any = 7, **changes: Any) -> bytes:
    listed = [[path, len(body), hashlib.sha256(body).hexdigest()] for path, body in FILES.items()]
    said = {"version": f"0.{sequence}", "sequence": sequence, "boards": ["esp32_s3"], "files": listed, **changes}
    return b"ab" * 64 + b" " + json.dumps(said).encode()


def begin(town: Town, sequence: int = 7) -> Release:
    town.do(lambda uow: start_release(uow, TECHNICIAN, manifest(sequence), RT2))
    for path, body in FILES.items():
        release = town.do(lambda uow, path=path, body=body: take_file(uow, TECHNICIAN, sequence, path, body))
    return release


@pytest.fixture
def wide(town: Town) -> Town:
    """A town in which six kentongan are online."""
    for name, region in (("ktg-61", RT1), ("ktg-62", RT1), ("ktg-63", RT2), ("ktg-64", RT2)):
        town.do(lambda uow, name=name, region=region: uow.places.put_node(unheard_node(name, region)))
    for name, node in list(town.store.places.nodes.items()):
        town.store.places.nodes[name] = replace(node, presence=Presence.ONLINE)
    return town


def say(town: Town, name: str, **words: Any) -> None:
    town.store.places.nodes[name] = replace(town.store.places.nodes[name], **words)


def offered(town: Town) -> list[str]:
    return [node for node, _, _ in town.do(roll_on)]


def run_it(town: Town, names: list[str], sequence: int = 7) -> None:
    for name in names:
        say(town, name, release=sequence, offered=sequence, updating="kept")


def ring(town: Town, sequence: int = 7) -> Ring:
    return town.store.releases.kept[sequence].ring


def test_it_goes_to_a_few_then_to_one_rt_then_to_all(wide: Town) -> None:
    assert begin(wide).ring is Ring.FEW
    first = offered(wide)
    assert len(first) == FEW
    assert all(wide.store.places.nodes[name].role is NodeRole.KENTONGAN for name in first)
    say(wide, first[0], offered=7, updating="fetching")
    assert offered(wide) == first[1:]  # the same few, and none that is at it
    run_it(wide, first)
    wide.do(roll_on)
    assert ring(wide) is Ring.RT
    second = [name for name, node in wide.store.places.nodes.items() if node.region == RT2]
    assert set(offered(wide)) == set(second) - set(first)
    run_it(wide, second)
    wide.do(roll_on)
    assert ring(wide) is Ring.ALL
    everyone = [name for name, node in wide.store.places.nodes.items() if node.role is NodeRole.KENTONGAN]
    assert set(offered(wide)) == set(everyone) - set(first) - set(second)
    run_it(wide, everyone)
    wide.do(roll_on)
    assert ring(wide) is Ring.DONE
    say(wide, everyone[0], release=0, offered=0, updating=None)  # a new board on the wall
    assert offered(wide) == [everyone[0]]


@pytest.mark.parametrize("word", ["rolled_back", "refused"])
def test_one_that_does_badly_halts_it_everywhere(wide: Town, word: str) -> None:
    begin(wide)
    first = offered(wide)
    say(wide, first[1], offered=7, updating=word)
    assert offered(wide) == []
    assert ring(wide) is Ring.HALTED
    assert wide.store.releases.kept[7].reason == f"{first[1]} did not keep it."
    assert wide.do(lambda uow: piece(uow, 7, "", 0, 10)) is None
    facts = [entry.facts for entry in wide.store.timeline.entries if entry.event == "release_moved"]
    assert [fact["ring"] for fact in facts] == ["receiving", "few", "halted"]


def test_a_ring_that_says_nothing_for_a_day_halts_it(wide: Town) -> None:
    begin(wide)
    wide.clock.advance(PATIENCE - timedelta(seconds=1))
    assert len(offered(wide)) == FEW
    wide.clock.advance(timedelta(seconds=1))
    assert offered(wide) == []
    assert ring(wide) is Ring.HALTED


def test_one_out_of_service_or_away_is_not_waited_for(wide: Town) -> None:
    begin(wide)
    first = offered(wide)
    say(wide, first[0], presence=Presence.OFFLINE)
    assert first[0] not in offered(wide)


def test_a_human_halts_it_and_a_higher_one_follows(wide: Town) -> None:
    begin(wide)
    with pytest.raises(ConflictError, match="under way"):
        begin(wide, 8)
    wide.do(lambda uow: halt_release(uow, ADMIN, 7, "the lamp is too dim"))
    with pytest.raises(ConflictError, match="can be halted"):
        wide.do(lambda uow: halt_release(uow, ADMIN, 7, "again"))
    with pytest.raises(ConflictError, match="above 7"):
        begin(wide, 7)
    assert begin(wide, 8).ring is Ring.FEW


OF_ONE_RT = Person("rian", "Rian", (Membership(Role.TECHNICIAN, RT2, True),))


@pytest.mark.parametrize("person", [HEAD, WULAN, OF_ONE_RT])
def test_only_a_technician_or_admin_of_the_whole_city_may(wide: Town, person: Person) -> None:
    with pytest.raises(RefusedError):
        wide.do(lambda uow: start_release(uow, person, manifest(), RT2))
    begin(wide)
    with pytest.raises(RefusedError):
        wide.do(lambda uow: halt_release(uow, person, 7, "no"))
    with pytest.raises(RefusedError):
        wide.do(lambda uow: take_file(uow, person, 7, "a", b""))


@pytest.mark.parametrize(
    "bad",
    [b"", b"x" * 400, manifest()[1:], manifest("7"), manifest(0), manifest(files=[]), manifest(files=[["a"]]),
     manifest(files=[["a", -1, "0" * 64]]), manifest(version=""), b"zz" * 64 + manifest()[128:]],
)  # fmt: skip
def test_what_is_no_manifest_is_refused(wide: Town, bad: bytes) -> None:
    with pytest.raises(InvalidError):
        wide.do(lambda uow: start_release(uow, TECHNICIAN, bad, RT2))


def test_wrong_places_and_files_are_refused(wide: Town) -> None:
    with pytest.raises(InvalidError, match="RT of the second ring"):
        wide.do(lambda uow: start_release(uow, TECHNICIAN, manifest(), KOTA))
    wide.do(lambda uow: start_release(uow, TECHNICIAN, manifest(), RT2))
    for path, body in (("other.mpy", b""), ("kentongan_node/pins.mpy", b"other")):
        with pytest.raises(InvalidError):
            wide.do(lambda uow, path=path, body=body: take_file(uow, TECHNICIAN, 7, path, body))
    with pytest.raises(UnknownError):
        wide.do(lambda uow: take_file(uow, TECHNICIAN, 9, "a", b""))
    assert offered(wide) == []
    assert wide.do(lambda uow: piece(uow, 7, "", 0, 10)) is None  # not whole yet


def test_pieces_are_the_bytes_that_lie_there(wide: Town) -> None:
    begin(wide)
    body = FILES["kentongan_node/node.mpy"]
    assert wide.do(lambda uow: piece(uow, 7, "kentongan_node/node.mpy", 512, 512)) == body[512:]
    assert wide.do(lambda uow: piece(uow, 7, "kentongan_node/node.mpy", 800, 512)) == b""
    assert wide.do(lambda uow: piece(uow, 7, "no.mpy", 0, 512)) is None
