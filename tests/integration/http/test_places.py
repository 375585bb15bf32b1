"""Regions, neighbours, sites and cameras over HTTP: each for those whose they are, and changed by those who may."""

from collections.abc import Callable

import httpx
import pytest
from tests.integration.http.test_access import is_problem
from tests.integration.served import Rt, Served

from kentongan_server.domain.place import Region
from kentongan_server.domain.region_code import ancestors, parent_of
from kentongan_server.domain.surroundings import Camera, Site, SiteKind

pytestmark = pytest.mark.real


@pytest.fixture
def here(served: Served, rt: Rt) -> Rt:
    """An RT with its tree above it, a site and a camera."""

    def furnish(uow) -> None:
        uow.places.put_regions([Region(code, code, -6.98, 110.41) for code in ancestors(rt.code)])
        uow.surroundings.put_sites([Site(f"pos-{rt.nodes[0]}", rt.code, SiteKind.GUARD_POST, "Pos", -6.98, 110.41)])
        link = "rtsp://10.0.0.1/1"
        uow.surroundings.put_cameras([Camera(f"cam-{rt.nodes[0]}", rt.code, "Gapura", -6.98, 110.41, link=link)])

    served.run(furnish)
    return rt


def ask(served: Served, rt: Rt, who: str, path: str, **query: object) -> httpx.Response:
    return served.get(f"/api/v1/{path}", rt.token(who), params={k: v for k, v in query.items() if v is not None})


def test_the_tree_is_walked_level_by_level(served: Served, here: Rt) -> None:
    above = list(ancestors(here.code))
    code: str | None = here.code
    while code is not None:
        found = ask(served, here, "admin", f"regions/{code}").json()
        assert [one["code"] for one in found["ancestors"]] == list(ancestors(code))
        if code != here.code:
            assert any(here.code == child["code"] or child["code"] in above for child in found["children"])
        code = parent_of(code)


def test_a_long_list_is_read_page_by_page(served: Served, new_rt: Callable[[], Rt], here: Rt) -> None:
    for _ in range(4):
        new_rt()
    whole = ask(served, here, "admin", "region-tree", limit=5000)
    assert "link" not in whole.headers
    pages, path = [], f"/api/v1/region-tree?limit=3&within={parent_of(here.code)}"
    while path:
        answer = served.get(path, here.token("admin"))
        pages += [region["code"] for region in answer.json()]
        path = answer.links.get("next", {}).get("url", "")
    inside = [region["code"] for region in whole.json() if region["code"].startswith(parent_of(here.code) or "-")]
    assert pages == inside
    assert len(pages) > 3


@pytest.mark.parametrize("what", ["region-tree", "sites", "cameras", "adjacencies", "regions"])
def test_every_list_is_one_s_own_or_the_city_s(served: Served, here: Rt, new_rt: Callable[[], Rt], what: str) -> None:
    there = new_rt()
    served.post("/api/v1/adjacencies", here.token("admin"), json={"a": here.code, "b": there.code})

    def seen(who: str, rt: Rt) -> set[str]:
        found = ask(served, rt, who, what, **({} if what == "regions" else {"limit": 5000})).json()
        return {one.get("region") or one.get("code") or one["a"] for one in found}

    for who in ("resident", "stranger", "head"):
        assert seen(who, here) == {here.code}
        assert here.code not in seen(who, there) or what == "adjacencies"
    for who in ("operator", "admin"):
        assert here.code in seen(who, there)


@pytest.mark.parametrize("path", ["region-tree", "sites", "cameras", "adjacencies"])
def test_what_is_another_s_is_as_if_it_were_not(served: Served, here: Rt, new_rt: Callable[[], Rt], path: str) -> None:
    there = new_rt()
    for within in (there.code, "33.74.99", parent_of(here.code)):
        assert is_problem(ask(served, here, "head", path, within=within), 404)
    assert is_problem(ask(served, here, "head", f"regions/{there.code}"), 404)
    assert is_problem(ask(served, here, "head", "neighbours", region=there.code), 404)
    assert ask(served, here, "head", path, within=here.code).status_code == 200


def test_only_those_who_need_it_see_a_camera_s_link(served: Served, here: Rt) -> None:
    def link(who: str) -> str | None:
        (camera,) = ask(served, here, who, "cameras", within=here.code).json()
        return camera["link"]

    assert {who: link(who) is not None for who in here.people} == {
        "resident": False, "stranger": False, "head": False, "operator": True, "admin": True,
    }  # fmt: skip


def test_neighbours_are_suggested_confirmed_and_removed(served: Served, here: Rt, new_rt: Callable[[], Rt]) -> None:
    there, admin = new_rt(), here.token("admin")
    pair = dict(zip("ab", sorted((here.code, there.code)), strict=True))
    apart = [Region(code, code, -7.1, 110.3 + at) for code, at in ((here.code, 0.0), (there.code, 0.001))]
    served.run(lambda uow: uow.places.put_regions(apart))
    suggested = served.post("/api/v1/adjacencies/suggestions", admin, json={"within": here.code}).json()
    assert pair in [{"a": edge["a"], "b": edge["b"]} for edge in suggested]
    confirmed = served.post("/api/v1/adjacencies", admin, json=pair).json()
    assert (confirmed["basis"], confirmed["by"]) == ("confirmed", here.people["admin"])
    near = ask(served, here, "resident", "neighbours", region=here.code, confirmed_only=True).json()
    assert {"code": there.code, "name": near[0]["name"], "level": "rt", "ring": 1} in near
    removed = served.calls("DELETE", "/api/v1/adjacencies", admin, params=pair).json()
    assert removed["basis"] == "removed"
    assert served.post("/api/v1/adjacencies/suggestions", admin, json={"within": here.code}).json() == []


@pytest.mark.parametrize("who", ["resident", "stranger", "head", "operator"])
def test_only_the_city_s_admin_changes_the_tree(served: Served, here: Rt, new_rt: Callable[[], Rt], who: str) -> None:
    there = new_rt()
    new = {"code": here.code, "name": "RT", "latitude": -6.98, "longitude": 110.41}
    bodies = {
        "adjacencies": {"a": here.code, "b": there.code},
        "adjacencies/suggestions": {},
        "region-splits": {"code": here.code, "parts": [new, {**new, "code": f"{parent_of(here.code)}/RT777"}]},
        "region-merges": {"codes": [here.code, there.code], "into": new},
    }
    for path, body in bodies.items():
        assert is_problem(served.post(f"/api/v1/{path}", here.token(who), json=body), 403)
    for path in ("sites/pos-x", "cameras/cam-x"):
        body = {"region": here.code, "name": "x", "latitude": -6.98, "longitude": 110.41}
        body |= {"kind": "house"} if path.startswith("sites") else {}
        assert is_problem(served.calls("PUT", f"/api/v1/{path}", here.token(who), json=body), 403)


def test_an_rt_splits_and_goes_on(served: Served, here: Rt) -> None:
    above, admin = parent_of(here.code), here.token("admin")
    west, east = f"{above}/RT8{here.code[-2:]}", f"{above}/RT9{here.code[-2:]}"
    parts = [
        {"code": west, "name": "RT barat", "latitude": -6.98, "longitude": 110.409, "households": 30},
        {
            "code": east,
            "name": "RT timur",
            "latitude": -6.98,
            "longitude": 110.411,
            "people": [here.people["resident"]],
        },
    ]
    answer = served.post("/api/v1/region-splits", admin, json={"code": here.code, "parts": parts})
    assert [region["code"] for region in answer.json()] == [west, east]
    old = ask(served, here, "admin", f"regions/{here.code}").json()
    assert [one["code"] for one in old["successors"]] == [west, east]
    assert old["valid_until"] == answer.json()[0]["valid_from"]
    assert is_problem(served.post("/api/v1/region-splits", admin, json={"code": here.code, "parts": parts}), 409)
    # The resident's page has not heard of it, and neither has the server's memory of who they are.
    report = here.a_report()
    taken = served.post("/api/v1/reports", here.token("resident"), json=report)
    assert taken.status_code == 201
    incident = served.get(f"/api/v1/incidents/{taken.json()['incident']}", admin).json()
    assert incident["region"] in (west, east)
    assert served.post("/api/v1/reports", here.token("resident"), json=report).status_code == 200


def test_sites_and_cameras_are_kept_by_those_who_may(served: Served, here: Rt) -> None:
    admin, name = here.token("admin"), f"rumah-{here.nodes[0]}"
    path = f"/api/v1/sites/{name}"
    body = {"region": here.code, "kind": "house", "name": "Rumah Pak RT"}
    assert served.calls("PUT", path, admin, json=body).status_code == 201
    again = served.calls("PUT", path, admin, json={"name": "Rumah Bu RT"})
    assert (again.status_code, again.json()["kind"], again.json()["name"]) == (200, "house", "Rumah Bu RT")
    looked = served.calls("PUT", f"/api/v1/cameras/cam-{here.nodes[0]}", admin, json={"health": "blurred"}).json()
    assert (looked["health"], looked["checked_at"] is not None) == ("blurred", True)
    swapped = {**body, "latitude": 10.0, "longitude": -6.9}
    assert is_problem(served.calls("PUT", path, admin, json=swapped), 422)
    assert is_problem(served.calls("PUT", f"/api/v1/sites/new-{name}", admin, json={"name": "x"}), 422)


def test_a_household_reads_its_rt_in_home_assistant(served: Served, here: Rt, new_rt: Callable[[], Rt]) -> None:
    found = ask(served, here, "resident", "home-assistant", region=here.code).json()
    assert len(found["documents"]) == len(here.nodes)
    assert "command" not in str(found["documents"])
    assert f"topic kentongan/v1/{here.nodes[0]}/up/state in" in found["bridge"]
    assert is_problem(ask(served, new_rt(), "resident", "home-assistant", region=here.code), 404)
