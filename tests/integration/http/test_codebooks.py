"""Codebooks over HTTP: each operation with each status, and that what sounded stays readable."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.integration.http.cases import Case, Request, Scene, assert_answered, assert_complete
from tests.integration.served import Rt, Served

pytestmark = pytest.mark.real
RHYTHM = {"pattern": "5-4", "beats": [90, 160] * 4 + [90, 900], "rounds": 10, "duration_ms": 30_000, "colour": "red"}
THERE_IS_NONE = "There is no such region, or it is not yours to see"


def changing(
    path: str = "codebooks", region: Any = "own", kinds: Any = None, **rhythm: Any
) -> Callable[[Scene], Request]:
    """The theft's rhythm changed, in the RT's own codebook."""

    def ask(scene: Scene) -> Request:
        changed = {"theft": {**RHYTHM, **rhythm}} if kinds is None else kinds
        where = {} if region is None else {"region": scene.rt.code if region == "own" else region}
        return "POST", f"/api/v1/{path}", {"json": {**where, "kinds": changed}}

    return ask


def given_up(region: str | None = None) -> Callable[[Scene], Request]:
    return lambda scene: ("DELETE", "/api/v1/codebooks", {"params": {"region": region or scene.rt.code}})


def read(path: str, **params: str) -> Callable[[Scene], Request]:
    return lambda _scene: ("GET", f"/api/v1/{path}", {"params": params})


CASES = [
    Case("show_codebook", None, read("codebook"), 200, again=200),
    Case("show_codebook", None, read("codebook", region="x" * 65), 422, "query.region"),
    Case("list_codebooks", None, read("codebooks"), 200, again=200),
    Case("list_codebooks", None, read("codebooks", region="x" * 65), 422, "query.region"),
    Case("show_version", None, read("codebooks/semarang-1"), 200, gives={"version": "semarang-1"}, again=200),
    Case("show_version", None, read("codebooks/semarang-0"), 404, "ask GET /api/v1/codebooks for the versions"),
    Case("preview_codebook", None, changing("codebooks/preview"), 401),
    Case("preview_codebook", "resident", changing("codebooks/preview"), 200, gives={"version": "preview"}, again=200),
    Case("preview_codebook", "far head", changing("codebooks/preview"), 404, THERE_IS_NONE),
    Case("preview_codebook", "head", changing("codebooks/preview", rounds=0), 422, "theft: rounds are 1 to 10000"),
    Case("adopt_new_codebook", None, changing(), 401),
    Case("adopt_new_codebook", "head", changing(), 201, again=200),
    Case("adopt_new_codebook", "head", changing(kinds={}), 201, again=200, but="as the city's is now"),
    Case("adopt_new_codebook", "admin", changing(region=None, kinds={}), 200, gives={"region": None}, but="the city's"),
    Case("adopt_new_codebook", "resident", changing(), 403, "Only the RT head or the city's admin"),
    Case("adopt_new_codebook", "head", changing(region=None), 403, "an RT head may choose the RT's own", but="city's"),
    Case("adopt_new_codebook", "far head", changing(), 404, THERE_IS_NONE),
    Case("adopt_new_codebook", "head", changing(colour="pink"), 422, "its colour is one of red, amber"),
    Case("adopt_new_codebook", "head", changing(beats=[90]), 422, "stroke and pause in turn", but="half a beat"),
    Case("adopt_new_codebook", "head", changing(beats=[90, 1400]), 422, "nobody could tell them apart", but="a lie"),
    Case("adopt_new_codebook", "head", changing(kinds={"noise": RHYTHM}), 422, "correct: kinds", but="a kind of none"),
    Case("adopt_new_codebook", "admin", changing(region="33.74"), 422, "name an RT", but="a kota"),
    Case("give_up_own", None, given_up(), 401),
    Case("give_up_own", "head", given_up(), 200, gives={"version": "semarang-1"}, again=200),
    Case("give_up_own", "resident", given_up(), 403, "ask one of them"),
    Case("give_up_own", "far head", given_up(), 404, THERE_IS_NONE),
    Case("give_up_own", "admin", given_up("33.74"), 422, "name an RT"),
]
CANNOT = {
    ("preview_codebook", 403): "whoever sees the region may try how it would sound",
    ("preview_codebook", 409): "a preview contradicts nothing",
    ("adopt_new_codebook", 409): "what is adopted follows on what is in force",
}


def test_every_operation_has_a_case_for_every_status(served: Served) -> None:
    assert_complete(served, "codebook", CASES, CANNOT)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_answer(served: Served, new_rt: Callable[[], Rt], case: Case) -> None:
    assert_answered(Scene(served, new_rt), case)


def test_what_an_rt_gave_up_stays_readable(served: Served, rt: Rt) -> None:
    own = served.post(
        "/api/v1/codebooks", rt.token("head"), json={"region": rt.code, "kinds": {"theft": RHYTHM}}
    ).json()
    assert served.get("/api/v1/codebook", params={"region": rt.code}).json()["version"] == own["version"]
    served.calls("DELETE", "/api/v1/codebooks", rt.token("head"), params={"region": rt.code})
    assert served.get("/api/v1/codebook", params={"region": rt.code}).json()["version"] == "semarang-1"
    assert served.get(f"/api/v1/codebooks/{own['version']}").json() == own
