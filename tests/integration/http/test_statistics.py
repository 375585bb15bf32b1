"""Statistics over HTTP: JSON, columns and CSV say the same, and only those who answer for a region get them."""

import csv
import io

import pytest
from tests.integration.served import Rt, Served

pytestmark = pytest.mark.real


def test_the_three_forms_agree(served: Served, rt: Rt) -> None:
    for _ in range(3):
        assert served.post("/api/v1/reports", rt.token("resident"), json=rt.a_report()).status_code == 201
    asked = {"region": rt.code}
    whole = served.get("/api/v1/statistics", rt.token("head"), params=asked).json()
    assert whole["total"]["incidents"]["crime"] is None, "one to four is not said"
    assert whole["total"]["deaf_hours"] > 0
    assert len(served.get("/api/v1/statistics/days", rt.token("head"), params=asked).json()["incidents"]["crime"]) == 30
    answer = served.get("/api/v1/statistics/export.csv", rt.token("head"), params=asked)
    assert answer.headers["content-type"].startswith("text/csv")
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["region"], row["crime"]) == (rt.code, "")
    assert float(row["deaf_hours"]) == pytest.approx(whole["total"]["deaf_hours"], abs=1)
    assert served.get("/api/v1/statistics", rt.token("resident"), params=asked).status_code == 403
    bad = served.get("/api/v1/statistics", rt.token("head"), params={**asked, "first": "2026-02-30"})
    assert bad.status_code == 422
    for day in ("0001-01-01", "9999-12-31"):
        edge = served.get("/api/v1/statistics/export.csv", rt.token("head"), params={**asked, "last": day})
        assert (edge.status_code, "between 2000 and 2099" in edge.text) == (422, True)


def test_a_receipt_comes_once_the_record_is_signed_and_only_to_the_reporter(served: Served, rt: Rt) -> None:
    report = rt.a_report()
    served.post("/api/v1/reports", rt.token("resident"), json=report)
    early = served.get(f"/api/v1/reports/{report['id']}/receipt", rt.token("resident"))
    assert (early.status_code, "Ask again" in early.json()["detail"]) == (409, True)
    assert served.get(f"/api/v1/reports/{report['id']}/receipt", rt.token("head")).status_code == 404
