"""The door behind the links in the police's documents, as a browser and as a program come to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.integration.http.test_bad_input import assert_refused
from tests.integration.served import Rt, Served

from kentongan_server.domain.forward import Recipient
from kentongan_server.domain.lifecycle import IncidentStatus
from kentongan_server.domain.surroundings import Camera
from kentongan_server.domain.view_link import View
from kentongan_server.ports.unit_of_work import UnitOfWork

pytestmark = pytest.mark.real

BROWSER = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def incident(served: Served, rt: Rt) -> str:
    return served.post("/api/v1/reports", rt.token("resident"), json=rt.a_report()).json()["incident"]


def link(served: Served, incident: str, camera: str | None = None, seconds: float = 600) -> str:
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    return "/api/v1/views/" + served.app.state.view_links.token(View(incident, Recipient.POLICE, camera, until))


def openings(served: Served, rt: Rt, incident: str) -> list[dict[str, Any]]:
    timeline = served.get(f"/api/v1/incidents/{incident}", rt.token("resident")).json()["timeline"]
    return [entry["data"] for entry in timeline if entry["event"] == "view_opened"]


def stands(served: Served, rt: Rt, address: str | None) -> str:
    name = f"cam-{rt.code.replace('/', '-')}"
    camera = Camera(name, rt.code, "Gapura <b>", -6.98, 110.41, link=address)
    served.run(lambda uow: uow.surroundings.put_cameras([camera]))
    return name


def test_a_browser_is_sent_to_the_camera_without_its_password(served: Served, rt: Rt, incident: str) -> None:
    camera = stands(served, rt, "http://admin:12345@recorder.example/live")
    answer = served.get(link(served, incident, camera), headers=BROWSER)
    assert (answer.status_code, answer.headers["Location"]) == (303, "http://recorder.example/live")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert openings(served, rt, incident) == [
        {"recipient": "police", "view": "camera", "camera": camera, "from": "127.0.0.0/24"}
    ]


def test_a_program_is_told_where_to_look(served: Served, rt: Rt, incident: str) -> None:
    camera = stands(served, rt, "rtsp://admin:12345@recorder.example/1")
    answer = served.get(link(served, incident, camera))
    assert answer.json()["camera"] == {
        "id": camera, "name": "Gapura <b>", "health": "unknown", "address": "rtsp://recorder.example/1",
    }  # fmt: skip
    place = served.get(link(served, incident)).json()
    assert (place["region"], place["camera"], place["latitude"]) == (rt.code, None, -6.98)


@pytest.mark.parametrize("address", ["rtsp://recorder.example/1", None])
def test_what_no_browser_plays_is_a_page_in_words(served: Served, rt: Rt, incident: str, address: str | None) -> None:
    answer = served.get(link(served, incident, stands(served, rt, address)), headers=BROWSER)
    assert answer.status_code == 200
    assert "Gapura &lt;b&gt;" in answer.text
    assert (address or "belum punya alamat") in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("headers", [{}, BROWSER])
def test_an_expired_link_says_so(served: Served, rt: Rt, incident: str, headers: dict[str, str]) -> None:
    answer = served.get(link(served, incident, seconds=-1), headers=headers)
    assert answer.status_code == 410
    assert "This link has expired" in answer.text
    assert ("sudah tidak berlaku" in answer.text) is bool(headers)
    assert openings(served, rt, incident) == []


def test_the_close_revokes_it(served: Served, rt: Rt, incident: str) -> None:
    opens = link(served, incident)
    assert served.get(opens).status_code == 200
    served.post("/api/v1/incidents/" + incident + "/resolve", rt.token("operator"), json={"disposition": "founded"})
    assert served.get(opens).status_code == 200, "ended a moment ago"
    served.run(lambda uow: _close(uow, incident))
    answer = served.get(opens)
    assert answer.status_code == 410
    assert "revoked: the incident is closed" in answer.json()["detail"]


def _close(uow: UnitOfWork, incident: str) -> None:
    found = uow.incidents.incident(incident)
    assert found is not None
    uow.incidents.change(replace(found, status=IncidentStatus.CLOSED))


@pytest.mark.parametrize("token", ["x", "x.y", "é", "%00", "e30.e30", "a" * 600])
def test_what_we_never_signed_is_nothing(served: Served, token: str) -> None:
    answer = served.get(f"/api/v1/views/{token}")
    assert answer.status_code == 404
    assert_refused(answer)


def test_the_same_link_is_not_opened_a_thousand_times_a_minute(served: Served, rt: Rt, incident: str) -> None:
    opens = link(served, incident)
    statuses = [served.get(opens).status_code for _ in range(40)]
    assert statuses[-1] == 429
    assert len(openings(served, rt, incident)) == statuses.count(200) <= 30
    served.app.state.view_pace._left.clear()
