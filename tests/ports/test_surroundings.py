"""What every Surroundings keeps."""

from dataclasses import replace

import pytest
from tests.ports.samples import RT1, RT2, a_region, at

from kentongan_server.domain.surroundings import Adjacency, Basis, Camera, CameraHealth, Site, SiteKind, rings
from kentongan_server.ports.unit_of_work import Transactions

RT3, ELSEWHERE = "33.74.01.1001/RW01/RT03", "33.74.02.1001/RW01/RT01"
POST = Site("pos-1", RT1, SiteKind.GUARD_POST, "Pos kamling RT 01", -6.98, 110.41)
SCHOOL = Site("sd-1", ELSEWHERE, SiteKind.SCHOOL, "SD Negeri 1")
CAMERA = Camera("cam-1", RT1, "Gang 1", -6.98, 110.41)
FAR_CAMERA = Camera("cam-9", ELSEWHERE, "Gapura", -6.9, 110.4, representative=True, link="rtsp://10.0.0.9/1")


@pytest.fixture
async def wide(store: Transactions) -> Transactions:
    """The store with two more RTs."""
    await store.run(lambda uow: uow.places.put_regions([a_region(RT3), a_region(ELSEWHERE)]))
    return store


async def test_adjacencies_are_kept_and_decided(wide: Transactions) -> None:
    near, far = Adjacency(RT1, RT2, 80, Basis.SUGGESTED), Adjacency(RT2, RT3, 120, Basis.SUGGESTED)
    await wide.run(lambda uow: uow.surroundings.put_adjacencies([far, near]))
    assert await wide.read(lambda uow: uow.surroundings.adjacencies_of(None)) == [near, far]
    assert await wide.read(lambda uow: uow.surroundings.adjacencies_of([RT1, ELSEWHERE])) == [near]
    assert await wide.read(lambda uow: uow.surroundings.adjacencies_of([RT2])) == [near, far]
    assert await wide.read(lambda uow: uow.surroundings.adjacencies_of([])) == []
    decided = replace(near, basis=Basis.CONFIRMED, by="admin-1", decided_at=at(5))
    await wide.run(lambda uow: uow.surroundings.put_adjacencies([decided]))
    assert await wide.read(lambda uow: uow.surroundings.adjacencies_of([RT1])) == [decided]
    reached = await wide.read(lambda uow: rings(RT1, uow.surroundings.adjacencies_of, 2))
    assert reached == {RT1: 0, RT2: 1, RT3: 2}


@pytest.mark.parametrize(
    "wrong", [Adjacency(RT2, RT1, 80, Basis.SUGGESTED), Adjacency(RT1, "33.74.99", 80, Basis.SUGGESTED)]
)
async def test_an_adjacency_that_cannot_be_is_not_kept(wide: Transactions, wrong: Adjacency) -> None:
    with pytest.raises(Exception, match=r"."):
        await wide.run(lambda uow: uow.surroundings.put_adjacencies([wrong]))
    assert await wide.read(lambda uow: uow.surroundings.adjacencies_of(None)) == []


async def test_sites_are_kept_and_found_by_scope(wide: Transactions) -> None:
    await wide.run(lambda uow: uow.surroundings.put_sites([SCHOOL, POST]))
    assert await wide.read(lambda uow: uow.surroundings.sites_within(None)) == [POST, SCHOOL]
    assert await wide.read(lambda uow: uow.surroundings.sites_within(["33.74.02"])) == [SCHOOL]
    assert await wide.read(lambda uow: uow.surroundings.sites_within(None, limit=1)) == [POST]
    assert await wide.read(lambda uow: uow.surroundings.sites_within(None, after="pos-1", limit=1)) == [SCHOOL]
    moved = replace(POST, region=RT2, latitude=None, longitude=None)
    await wide.run(lambda uow: uow.surroundings.put_sites([moved]))
    assert await wide.read(lambda uow: uow.surroundings.sites(["pos-1", "nowhere"])) == [moved]
    assert await wide.read(lambda uow: uow.surroundings.sites(None)) == [moved, SCHOOL]


async def test_cameras_are_kept_and_found_by_scope(wide: Transactions) -> None:
    await wide.run(lambda uow: uow.surroundings.put_cameras([FAR_CAMERA, CAMERA]))
    assert await wide.read(lambda uow: uow.surroundings.cameras_within(None)) == [CAMERA, FAR_CAMERA]
    assert await wide.read(lambda uow: uow.surroundings.cameras_within([RT1])) == [CAMERA]
    assert await wide.read(lambda uow: uow.surroundings.cameras_of(RT1)) == [CAMERA]
    assert await wide.read(lambda uow: uow.surroundings.cameras_of(ELSEWHERE)) == [FAR_CAMERA]
    assert await wide.read(lambda uow: uow.surroundings.cameras_of("33.74")) == []
    assert await wide.read(lambda uow: uow.surroundings.cameras_within([])) == []
    assert await wide.read(lambda uow: uow.surroundings.cameras_within(None, after="cam-1", limit=5)) == [FAR_CAMERA]
    looked_at = replace(CAMERA, health=CameraHealth.BLURRED, heard_at=at(1), checked_at=at(2))
    await wide.run(lambda uow: uow.surroundings.put_cameras([looked_at]))
    assert await wide.read(lambda uow: uow.surroundings.cameras(["cam-1"])) == [looked_at]


async def test_nothing_stands_in_a_region_that_is_none(wide: Transactions) -> None:
    site, camera = replace(POST, region="33.74.99"), replace(CAMERA, region="33.74.99")
    for put in (
        lambda uow: uow.surroundings.put_sites([site]),
        lambda uow: uow.surroundings.put_cameras([camera]),
    ):
        with pytest.raises(Exception, match=r"."):
            await wide.run(put)
