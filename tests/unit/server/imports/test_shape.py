"""One point for an area: always inside it."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kentongan_server.domain.outline import is_inside
from kentongan_server.inbound.imports.shape import representative_point

SQUARE = [(110.0, -7.0), (110.2, -7.0), (110.2, -6.8), (110.0, -6.8), (110.0, -7.0)]
HOLE = [(110.05, -6.95), (110.15, -6.95), (110.15, -6.85), (110.05, -6.85), (110.05, -6.95)]
CRESCENT = [(0, 0), (10, 0), (10, 10), (0, 10), (0, 9), (9, 9), (9, 1), (0, 1)]


def test_a_square_s_is_its_middle() -> None:
    assert representative_point([[SQUARE]]) == pytest.approx((110.1, -6.9))


@pytest.mark.parametrize("polygon", [[SQUARE, HOLE], [CRESCENT], [CRESCENT[::-1]]])
def test_where_the_middle_is_a_hole_another_point_is_found(polygon: list[list[tuple[float, float]]]) -> None:
    assert is_inside(representative_point([polygon]), polygon)


def test_of_several_islands_the_largest_counts() -> None:
    islet = [(100.0, 0.0), (100.01, 0.0), (100.0, 0.01)]
    assert representative_point([[islet], [SQUARE]]) == pytest.approx((110.1, -6.9))


@pytest.mark.parametrize("ring", [[(1, 1), (1, 1), (1, 1)], [(0, 0), (1, 1), (2, 2)], [(0, 0), (1, 0), (0, 0)]])
def test_what_has_no_area_is_refused(ring: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match="no area"):
        representative_point([[ring]])


@given(
    st.lists(st.floats(0.05, 1), min_size=3, max_size=40),
    st.floats(-180, 180),
    st.floats(-80, 80),
    st.floats(0.001, 2),
)
def test_a_star_s_point_lies_inside_it(spokes: list[float], x: float, y: float, size: float) -> None:
    turn = 2 * math.pi / len(spokes)
    star = [
        (x + size * away * math.cos(number * turn), y + size * away * math.sin(number * turn))
        for number, away in enumerate(spokes)
    ]
    try:
        found = representative_point([[star]])
    except ValueError:  # as thin as a hair
        assume(False)
        raise
    assert is_inside(found, [star])
