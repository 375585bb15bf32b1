"""How the server is, what it counts, and what it says of its own interface."""

import re
from pathlib import Path

import pytest
from tests.integration.served import Rt, Served

from kentongan_broker import Enrolment, start

pytestmark = pytest.mark.real


def test_alive_and_ready(served: Served) -> None:
    assert served.get("/healthz").json() == {"status": "ok"}
    assert served.get("/readyz").json() == {"status": "ready"}


def test_reports_are_counted(served: Served, rt: Rt) -> None:
    counted = {"source": "app", "class": "crime"}
    before = served.metric("kentongan_reports_total", **counted)
    body = rt.a_report()
    for _ in range(2):
        served.post("/api/v1/reports", rt.token("resident"), json=body)
    assert served.metric("kentongan_reports_total", **counted) == before + 1
    assert served.metric("kentongan_broker_connected") == 1


def test_the_metrics_are_prometheus_own_format(served: Served) -> None:
    answer = served.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    line = re.compile(r"(# (HELP|TYPE) .+|[a-z_:]+(\{[^}]*\})? [0-9eE.+-]+|)")
    assert [text for text in answer.text.splitlines() if not line.fullmatch(text)] == []


def test_no_metric_names_a_person_or_a_place(served: Served, rt: Rt) -> None:
    served.post("/api/v1/reports", rt.token("resident"), json=rt.a_report(text="Motor dibawa lari"))
    text = served.get("/metrics").text
    for secret in (rt.code, rt.people["resident"], rt.token("resident"), rt.nodes[0], "Motor"):
        assert secret not in text


def test_the_openapi_document_describes_every_way_in(served: Served) -> None:
    found = served.get("/openapi.json").json()
    assert found["openapi"].startswith("3.1")
    assert set(found["paths"]) >= {
        "/api/v1/me",
        "/api/v1/regions",
        "/api/v1/codebook",
        "/api/v1/reports",
        "/api/v1/incidents",
        "/api/v1/incidents/{incident_id}",
        "/api/v1/incidents/{incident_id}/acknowledge",
        "/api/v1/incidents/{incident_id}/silence",
        "/api/v1/events",
        "/api/v1/police/replies",
        "/healthz",
        "/readyz",
        "/metrics",
    }
    operations = [operation for path in found["paths"].values() for operation in path.values()]
    assert all(operation["summary"] and operation["responses"] for operation in operations)
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    schemas = found["components"]["schemas"]
    references = set(re.findall(r'"#/components/schemas/([^"]+)"', served.get("/openapi.json").text))
    assert references <= set(schemas), "every reference leads somewhere"
    report = schemas["ReportIn"]
    assert set(report["required"]) == {"id", "kind", "region"}
    assert report["additionalProperties"] is False


def test_what_the_document_asks_for_is_what_the_server_takes(served: Served, rt: Rt) -> None:
    """The example of the document itself, sent as it stands but for the region."""
    schema = served.get("/openapi.json").json()["components"]["schemas"]["ReportIn"]
    example = {name: field["examples"][0] for name, field in schema["properties"].items() if "examples" in field}
    body = {**example, "kind": "theft", "region": rt.code}
    assert served.post("/api/v1/reports", rt.token("resident"), json=body).status_code in (200, 201)


def test_a_room_that_has_stopped_is_told(mosquitto_path: Path, tmp_path: Path) -> None:
    """A server whose relay is dead takes reports and sounds nothing: it must not be called ready."""
    folders = [tmp_path / name for name in ("broker", "server")]
    folders[1].mkdir()
    with start(folders[0], Enrolment({}), kind="mosquitto") as broker, Served(folders[1], broker) as running:
        running.stop_room("Relay")
        running.until(lambda: running.get("/readyz").status_code == 503, "it says so")
        assert running.get("/readyz").json()["detail"] == "the room Relay has stopped."
        assert running.get("/healthz").status_code == 200
