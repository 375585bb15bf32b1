"""What every ReleaseShelf keeps."""

from dataclasses import replace

from tests.ports.samples import RT1, a_person, at

from kentongan_server.domain.release import Release, Ring
from kentongan_server.ports.unit_of_work import Transactions


def a_release(sequence: int = 7) -> Release:
    return Release(sequence, f"0.{sequence}", RT1, 200, Ring.RECEIVING, at(0), a_person().id, at(0))


async def test_a_release_is_kept_and_moves(store: Transactions) -> None:
    await store.run(lambda uow: uow.releases.put(a_release()))
    await store.run(lambda uow: uow.releases.put(a_release(9)))
    moved = replace(a_release(), ring=Ring.HALTED, ring_at=at(5), reason="ktg-1 did not keep it.")
    await store.run(lambda uow: uow.releases.put(moved))
    assert await store.read(lambda uow: uow.releases.release(7)) == moved
    assert await store.read(lambda uow: uow.releases.release(8)) is None
    assert await store.read(lambda uow: uow.releases.releases()) == [a_release(9), moved]


async def test_files_are_kept_byte_for_byte(store: Transactions) -> None:
    await store.run(lambda uow: uow.releases.put(a_release()))
    body = bytes(range(256)) * 40
    await store.run(lambda uow: uow.releases.put_file(7, "", b"manifest"))
    await store.run(lambda uow: uow.releases.put_file(7, "a/b.mpy", b"torn"))
    await store.run(lambda uow: uow.releases.put_file(7, "a/b.mpy", body))
    assert await store.read(lambda uow: uow.releases.file(7, "a/b.mpy")) == body
    assert await store.read(lambda uow: uow.releases.file(7, "")) == b"manifest"
    assert await store.read(lambda uow: uow.releases.file(7, "c")) is None
    assert await store.read(lambda uow: uow.releases.paths(7)) == {"", "a/b.mpy"}


async def test_what_a_kentongan_says_of_its_program_is_kept(store: Transactions) -> None:
    known = await store.read(lambda uow: uow.places.node("ktg-1"))
    assert known is not None
    assert (known.release, known.offered, known.updating) == (0, 0, None)
    said = replace(known, release=6, offered=7, updating="fetching")
    await store.run(lambda uow: uow.places.heard(said, at(1)))
    assert await store.read(lambda uow: uow.places.node("ktg-1")) == said
