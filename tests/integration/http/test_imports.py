"""Files that describe the city, over HTTP: for the city's admin alone, and a report whatever is in them."""

import httpx
import pytest
from tests.integration.http.test_access import is_problem
from tests.integration.served import Rt, Served

pytestmark = pytest.mark.real

TREE = "code,name,latitude,longitude\n33.74,Kota Semarang,-6.99,110.4225\n33.74.03,Semarang Timur,-6.973,110.437\n"


def imports(
    served: Served, rt: Rt, what: str, data: bytes | str, who: str = "admin", kind: str = "text/csv", **query: str
) -> httpx.Response:
    path = f"/api/v1/imports/{what}"
    return served.post(path, rt.token(who), content=data, headers={"Content-Type": kind}, params=query)


def test_a_dry_run_and_then_the_thing_itself(served: Served, rt: Rt) -> None:
    text = f"{TREE}33.74.03.1001,Karangturi,110.43,-6.98\n"
    would_be = imports(served, rt, "regions", text, dry_run="true").json()
    assert would_be["kept"] is False
    assert served.read(lambda uow: uow.places.region("33.74.03")) is None
    report = imports(served, rt, "regions", text).json()
    assert {**report, "kept": False} == would_be
    assert report["created"] >= 1, "the kota may be there from another test"
    assert (report["refused"], report["left_off"]) == (1, 0)
    assert report["outcomes"][0] == {
        "row": 4,
        "key": "33.74.03.1001",
        "verdict": "refused",
        "detail": "Latitude and longitude are swapped: latitude 110.43 is off the map.",
    }
    again = imports(served, rt, "regions", text).json()
    assert (again["created"], again["unchanged"], again["refused"]) == (0, 2, 1)


def test_all_or_nothing_answers_with_a_problem(served: Served, rt: Rt) -> None:
    text = f"id,region,kind,name\npos-{rt.code[-2:]},{rt.code},guard_post,Pos\n,,,x\n"
    answer = imports(served, rt, "sites", text, all_or_nothing="true")
    assert is_problem(answer, 422)
    assert answer.json()["refused"] == 1
    assert answer.json()["outcomes"][0]["row"] == 3
    assert served.read(lambda uow: uow.surroundings.sites_within([rt.code])) == []


def test_geojson_is_taken_too(served: Served, rt: Rt) -> None:
    feature = {
        "type": "Feature",
        "properties": {"id": f"cam-{rt.nodes[0]}", "region": rt.code, "name": "Gapura"},
        "geometry": {"type": "Point", "coordinates": [110.41, -6.98]},
    }
    path = "/api/v1/imports/cameras"
    answer = served.post(path, rt.token("admin"), json={"type": "FeatureCollection", "features": [feature]})
    assert answer.json()["created"] == 1
    (camera,) = served.read(lambda uow: uow.surroundings.cameras_within([rt.code]))
    assert (camera.latitude, camera.longitude) == (-6.98, 110.41)


@pytest.mark.parametrize("who", ["resident", "stranger", "head", "operator"])
def test_only_the_city_s_admin_imports(served: Served, rt: Rt, who: str) -> None:
    assert is_problem(imports(served, rt, "regions", TREE, who=who), 403)


@pytest.mark.parametrize(
    ("what", "data", "kind", "status"),
    [
        ("nothing", TREE, "text/csv", 422),
        ("regions", "", "text/csv", 422),
        ("regions", "name\nx\n", "text/csv", 422),
        ("regions", b"\xff\xfe\x00", "text/csv", 422),
        ("regions", "{", "application/geo+json", 422),
        ("regions", TREE, "text/plain", 415),
        ("regions", TREE, "", 415),
        ("regions", b"x" * (16 * 1024 * 1024 + 1), "text/csv", 413),
    ],
)
def test_what_is_no_such_file(served: Served, rt: Rt, what: str, data: bytes | str, kind: str, status: int) -> None:
    assert is_problem(imports(served, rt, what, data, kind=kind), status)


def test_thousands_of_rows_are_taken_and_reports_after_them(served: Served, rt: Rt) -> None:
    lines = "".join(f"site-{rt.nodes[0]}-{number},{rt.code},house,No. {number}\n" for number in range(3_000))
    report = imports(served, rt, "sites", f"id,region,kind,name\n{lines}").json()
    assert report["created"] == 3_000
    assert len(report["outcomes"]) == 3_000
    assert served.post("/api/v1/reports", rt.token("resident"), json=rt.a_report()).status_code == 201
