"""The tree of the city, read from codes alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan_server.domain.errors import InvalidError
from kentongan_server.domain.region_code import Level, ancestors, is_code, is_within, level_of, parent_of

KOTA, KECAMATAN, KELURAHAN = "33.74", "33.74.12", "33.74.12.1001"
RW, RT = f"{KELURAHAN}/RW03", f"{KELURAHAN}/RW03/RT02"
LINE = (KOTA, KECAMATAN, KELURAHAN, RW, RT)


def numbers(letters: str) -> st.SearchStrategy[str]:
    return st.integers(1, 999).map(lambda number: f"/{letters}{number:02d}")


@st.composite
def codes(draw: st.DrawFn) -> str:
    """A code of any level, from a city small enough for relatives to meet."""
    parts = [
        st.sampled_from(["33.74", "33.75"]),
        st.sampled_from([".01", ".12"]),
        st.sampled_from([".1001", ".1010"]),
        st.one_of(st.sampled_from(["/RW01", "/RW10", "/RW100"]), numbers("RW")),
        st.one_of(st.sampled_from(["/RT01", "/RT10", "/RT100"]), numbers("RT")),
    ]
    return "".join(draw(part) for part in parts[: draw(st.integers(1, 5))])


@pytest.mark.parametrize(("code", "level"), list(zip(LINE, Level, strict=True)))
def test_the_shape_says_the_level(code: str, level: Level) -> None:
    assert level_of(code) is level


def test_each_level_hangs_below_the_one_before() -> None:
    assert [parent_of(code) for code in LINE] == [None, *LINE[:-1]]
    assert ancestors(RT) == LINE[:-1]
    assert ancestors(KOTA) == ()


@pytest.mark.parametrize(
    "text",
    [
        "", "33", "33.7", "3374", "33.74.", "33.74.1", "33.74.12.", "33.74.12.101", "33.74.12.10010", "33.74/RW01",
        "33.74.12.1001/RW3", "33.74.12.1001/RW003", "33.74.12.1001/RW00", "33.74.12.1001/rw03", "33.74.12.1001/RT02",
        "33.74.12.1001/RW03/RT2", "33.74.12.1001/RW03/RT1000", "33.74.12.1001/RW03/RT02/", " 33.74", "33.74\n",
        "33.74.12.1001/RW03/RT02/KTG1", "٣٣.٧٤", "nowhere",
    ],
)  # fmt: skip
def test_another_spelling_is_no_code_and_the_sentence_shows_the_right_ones(text: str) -> None:
    assert not is_code(text)
    for ask in (level_of, parent_of, ancestors):
        with pytest.raises(InvalidError, match=r"is no region's code; write it like .*33\.74\.12\.1001/RW03/RT02\.$"):
            ask(text)


def test_a_long_text_is_not_repeated_whole() -> None:
    with pytest.raises(InvalidError) as refused:
        level_of("x" * 10_000)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize(
    ("code", "region"),
    [
        ("33.74.12.1001/RW03/RT021", "33.74.12.1001/RW03/RT02"),
        ("33.74.12.1001/RW031", "33.74.12.1001/RW03"),
        ("33.74.12.10011", "33.74.12.1001"),
        ("33.741", "33.74"),
        ("33.74", "33.74.12"),
        ("33.74", ""),
    ],
)
def test_a_prefix_alone_is_not_within(code: str, region: str) -> None:
    assert not is_within(code, region)


@given(codes())
def test_a_code_lies_within_itself_and_all_that_is_above(code: str) -> None:
    assert is_within(code, code)
    assert all(is_within(code, above) and not is_within(above, code) for above in ancestors(code))
    assert [level_of(above) for above in (*ancestors(code), code)] == list(Level)[: len(ancestors(code)) + 1]


@given(codes(), codes())
def test_within_means_the_same_as_being_an_ancestor(code: str, region: str) -> None:
    assert is_within(code, region) == (code == region or region in ancestors(code))


@given(codes(), codes(), codes())
def test_within_is_handed_down(a: str, b: str, c: str) -> None:
    if is_within(a, b) and is_within(b, c):
        assert is_within(a, c)
    if is_within(a, b) and is_within(a, c):
        assert is_within(b, c) or is_within(c, b), "the tree has no two ways up"


@given(st.text(max_size=40))
def test_no_text_breaks_it(text: str) -> None:
    if is_code(text):
        assert level_of(text) in Level
    assert is_within(text, text)
