"""Which RTs are neighbours: suggested by distance, decided by people; and which camera is meant."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.server.town import DEAF_RT, RT1, RT2, Town

from kentongan_server.domain.errors import InvalidError, UnknownError
from kentongan_server.domain.place import Region
from kentongan_server.domain.surroundings import (
    Adjacency,
    Basis,
    Camera,
    CameraHealth,
    distance_m,
    nearest_camera,
    representative_camera,
    rings,
    suggest,
)
from kentongan_server.use_cases.governing.adjoin import confirm_adjacency, remove_adjacency, suggest_adjacencies

METRE = 1 / 111_195  # degrees of latitude


def rt(number: int, north_m: float, east_m: float = 0.0) -> Region:
    return Region(f"33.74.01.1001/RW01/RT{number:02d}", f"RT {number}", -7 + north_m * METRE, 110.4 + east_m * METRE)


def edge(a: int, b: int, basis: Basis = Basis.CONFIRMED) -> Adjacency:
    return Adjacency(f"rt{a}", f"rt{b}", 100, basis, "admin")


@pytest.fixture
def row(town: Town) -> Town:
    """RT 1, 2 and 3 in a row, 100 m apart."""
    found = [rt(1, 0), rt(2, 100), rt(3, 200)]
    assert [r.code for r in found] == [RT1, RT2, DEAF_RT]
    town.do(lambda uow: uow.places.put_regions(found))
    return town


def suggested(town: Town, within_m: float = 150, scopes: list[str] | None = None) -> list[tuple[str, str]]:
    return [found.pair for found in town.do(lambda uow: suggest_adjacencies(uow, scopes, within_m))]


def test_distances_are_those_of_the_globe() -> None:
    semarang, jakarta = (-6.99, 110.4225), (-6.1754, 106.8272)
    assert distance_m(*semarang, *jakarta) == pytest.approx(406_800, rel=0.005)
    assert distance_m(*semarang, *semarang) == 0
    assert distance_m(0, 179.9995, 0, -179.9995) == pytest.approx(111.2, rel=0.001)


def test_what_is_near_is_suggested_once(row: Town) -> None:
    assert suggested(row) == [(RT1, RT2), (RT2, DEAF_RT)]
    assert suggested(row) == []
    assert suggested(row, within_m=250) == [(RT1, DEAF_RT)]
    assert row.store.surroundings.edges[RT1, RT2] == Adjacency(RT1, RT2, 100, Basis.SUGGESTED)


def test_a_scope_finds_its_neighbours_beyond_the_edge(row: Town) -> None:
    assert suggested(row, scopes=[RT1]) == [(RT1, RT2)]


def test_what_a_human_decided_stays(row: Town) -> None:
    suggested(row)
    confirmed = row.do(lambda uow: confirm_adjacency(uow, "admin-1", RT2, RT1))
    assert (confirmed.pair, confirmed.basis, confirmed.by) == ((RT1, RT2), Basis.CONFIRMED, "admin-1")
    row.do(lambda uow: remove_adjacency(uow, "admin-1", RT2, DEAF_RT))
    assert suggested(row) == []
    row.wait(60)
    assert row.do(lambda uow: confirm_adjacency(uow, "admin-2", RT1, RT2)) == confirmed
    assert row.do(lambda uow: rings(RT1, uow.surroundings.adjacencies_of, 2)) == {RT1: 0, RT2: 1}
    told = [(e.event, e.region, e.actor) for e in row.store.timeline.entries if e.event.startswith("adjacency")]
    assert ("adjacency_confirmed", RT1, "admin-1") in told
    assert ("adjacency_removed", DEAF_RT, "admin-1") in told


def test_neighbours_may_be_confirmed_that_nobody_suggested(row: Town) -> None:
    assert row.do(lambda uow: confirm_adjacency(uow, "admin-1", RT1, DEAF_RT)).distance_m == 200


@pytest.mark.parametrize(
    ("other", "error"), [(RT1, InvalidError), ("33.74.01", InvalidError), ("33.74.01.1001/RW01/RT77", UnknownError)]
)
def test_only_two_rts_of_today_are_neighbours(row: Town, other: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        row.do(lambda uow: confirm_adjacency(uow, "admin-1", RT1, other))


def test_rings_count_steps_and_stop() -> None:
    edges = [edge(1, 2), edge(2, 3), edge(3, 4), edge(1, 5, Basis.SUGGESTED), edge(1, 6, Basis.REMOVED)]

    def touching(codes: set[str]) -> list[Adjacency]:
        return [found for found in edges if not codes.isdisjoint(found.pair)]

    assert rings("rt1", touching, 0) == {"rt1": 0}
    assert rings("rt1", touching, 2) == {"rt1": 0, "rt2": 1, "rt5": 1, "rt3": 2}
    assert rings("rt1", touching, 9, confirmed_only=True) == {"rt1": 0, "rt2": 1, "rt3": 2, "rt4": 3}


@given(st.lists(st.tuples(st.floats(-900, 900), st.floats(-900, 900)), max_size=30), st.floats(20, 500))
def test_suggestions_are_what_a_look_at_every_pair_finds(points: list[tuple[float, float]], within_m: float) -> None:
    rts = [rt(number + 1, *point) for number, point in enumerate(points)]
    wanted = {
        (a.code, b.code)
        for a in rts
        for b in rts
        if a.code < b.code and distance_m(a.latitude, a.longitude, b.latitude, b.longitude) <= within_m - 1
    }
    found = {e.pair: e.distance_m for e in suggest(rts, within_m, most=30)}
    assert wanted <= found.keys()
    assert all(metres <= within_m for metres in found.values())
    few = suggest(rts, within_m, most=2)
    assert len(few) <= 2 * len(rts)
    assert {e.pair for e in few} <= found.keys()


def camera(name: str, north_m: float = 0, **different: object) -> Camera:
    plain = Camera(name, RT1, name, -7 + north_m * METRE, 110.4)
    return replace(plain, **different)  # type: ignore[arg-type]


def test_the_nearest_camera_is_one_that_may_show_something() -> None:
    here = (-7.0, 110.4)
    broken, near, far = camera("a", 5, health=CameraHealth.BROKEN), camera("b", 20), camera("c", 90)
    assert nearest_camera([far, broken, near], *here) == near
    assert nearest_camera([broken], *here) == broken
    assert nearest_camera([], *here) is None


def test_the_representative_camera_is_the_chosen_one() -> None:
    plain, works = camera("a"), camera("b", health=CameraHealth.WORKING)
    chosen = camera("c", representative=True)
    assert representative_camera([plain, works, chosen]) == chosen
    assert representative_camera([plain, works]) == works
    assert representative_camera([]) is None
