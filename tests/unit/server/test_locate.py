"""In which RT a position lies: by what was drawn, else by a guess that says it is one."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.server.town import RT1, RT2, Town

from kentongan_server.domain.errors import UnknownError
from kentongan_server.domain.outline import Outline
from kentongan_server.domain.place import Region
from kentongan_server.inbound.imports.rows import read_rows
from kentongan_server.use_cases.governing.change_regions import Part, merge_regions, split_region
from kentongan_server.use_cases.governing.import_rows import What, in_order, take_rows
from kentongan_server.use_cases.governing.locate import locate

RW = RT1.rpartition("/")[0]
WEST, EAST = (110.409, -6.981, 110.410, -6.979), (110.410, -6.981, 110.411, -6.979)


def square(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def drawn(*shapes: tuple[str, list[Any]]) -> bytes:
    """A GeoJSON file of RTs and their rings."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": f"RT {code[-2:]}"},
            "geometry": {"type": "Polygon", "coordinates": rings},
        }
        for code, rings in shapes
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


FILE = drawn((RT1, [square(*WEST)]), (RT2, [square(*EAST)]))


@pytest.fixture
def town() -> Town:
    town = Town(wide=True)
    imports(town, FILE)
    return town


def imports(town: Town, data: bytes) -> list[str]:
    rows, _ = read_rows(What.REGIONS, data)
    ordered = in_order(What.REGIONS, rows)
    return [outcome.verdict for outcome in town.do(lambda uow: take_rows(uow, What.REGIONS, ordered, None))]


def found(town: Town, latitude: float, longitude: float) -> tuple[str, bool]:
    located = town.do(lambda uow: locate(uow, latitude, longitude))
    return located.region.code, located.drawn


def test_a_position_lies_in_the_rt_that_was_drawn_around_it(town: Town) -> None:
    assert found(town, -6.980, 110.4099) == (RT1, True)
    assert found(town, -6.980, 110.4101) == (RT2, True)


def test_an_rt_that_was_drawn_elsewhere_is_no_guess_but_the_nearest_point_is(town: Town) -> None:
    code, by_drawing = found(town, -6.9825, 110.41)
    assert code not in (RT1, RT2)
    assert not by_drawing


def test_far_from_everything_there_is_none(town: Town) -> None:
    with pytest.raises(UnknownError, match="choose one from the list"):
        found(town, -7.2, 110.0)


def test_the_same_file_again_changes_nothing_and_another_drawing_does(town: Town) -> None:
    assert imports(town, FILE) == ["unchanged", "unchanged"]
    assert imports(town, drawn((RT1, [square(110.408, -6.981, 110.410, -6.979)]))) == ["changed"]
    assert found(town, -6.980, 110.4085) == (RT1, True)


def test_a_row_without_a_drawing_leaves_the_known_one(town: Town) -> None:
    imports(town, f"code,households\n{RT1},60\n".encode())
    assert found(town, -6.980, 110.4099) == (RT1, True)


def test_two_drawings_of_one_rt_in_a_file_contradict_each_other(town: Town) -> None:
    other = square(110.4085, -6.981, 110.4105, -6.979)
    assert imports(town, drawn((RT1, [square(*WEST)]), (RT1, [other]))) == ["unchanged", "refused"]


def test_a_hole_is_outside(town: Town) -> None:
    hole = square(110.4094, -6.9804, 110.4096, -6.9796)
    imports(town, drawn((RT1, [square(*WEST), hole])))
    assert found(town, -6.980, 110.4092) == (RT1, True)
    assert found(town, -6.980, 110.4095) != (RT1, True)


def test_too_many_corners_are_refused_with_a_sentence() -> None:
    ring = [[110.4 + n / 1e6, -6.98 + (n % 2) / 1e4] for n in range(5_001)]
    (row,), _ = read_rows(What.REGIONS, drawn((RT1, [ring])))
    assert row.fault == "The polygon has more than 5,000 corners; simplify it."


def test_a_split_and_a_merge_forget_the_drawing(town: Town) -> None:
    new = f"{RW}/RT11"
    parts = [Part(Region(RT1, "a", -6.98, 110.4095)), Part(Region(new, "b", -6.98, 110.4096))]
    town.wait(timedelta(days=1).total_seconds())
    town.do(lambda uow: split_region(uow, "admin", RT1, parts))
    assert found(town, -6.980, 110.4099) != (RT1, True)
    town.do(lambda uow: merge_regions(uow, "admin", [RT2], Region(f"{RW}/RT12", "c", -6.98, 110.4105)))
    assert town.store.places.drawn == {}


@given(st.floats(110.409, 110.411, exclude_min=True, exclude_max=True), st.floats(-6.981, -6.979, exclude_max=True))
def test_neighbours_that_share_a_line_never_both_hold_a_position(longitude: float, latitude: float) -> None:
    both = [Outline(name, ((tuple((x, y) for x, y in square(*box)),),)) for name, box in (("w", WEST), ("e", EAST))]
    assert sum(outline.holds(latitude, longitude) for outline in both) == 1
