"""A document brings its cameras and links to a real command centre, and they open at the server that made them."""

from urllib.parse import urlsplit

import pytest
from lxml import etree
from tests.integration.police.both_ends import PUBLIC_URL, BothEnds
from tests.integration.police.centre_process import until
from tests.integration.served import Rt

from kentongan_server.domain.surroundings import Camera, CameraHealth

pytestmark = pytest.mark.real

CAP = {"cap": "urn:oasis:names:tc:emergency:cap:1.2"}


def test_a_document_brings_links_that_open_while_the_incident_lives(ends: BothEnds) -> None:
    rt = Rt(ends.served, 9_000)
    gate = Camera(
        "cam-gate", rt.code, "Gapura", -6.981, 110.41, link="http://u:p@recorder.example/1", health=CameraHealth.WORKING
    )
    ends.served.run(lambda uow: uow.surroundings.put_cameras([gate]))
    incident = ends.served.post("/api/v1/reports", rt.token("resident"), json=rt.a_report()).json()["incident"]
    messages = until(lambda: (found := ends.centre.messages(incident)) and len(found) == 2 and found)
    by_format = {message["format"]: message["document"] for message in messages}

    (camera,) = by_format["webhook"]["cameras"]
    assert (camera["role"], camera["health"], camera["distance_m"]) == ("nearest_representative", "working", 111)
    links = [camera["link"], by_format["webhook"]["position_link"]]
    assert all(link.startswith(f"{PUBLIC_URL}/api/v1/views/") for link in links)
    alert = etree.fromstring(by_format["cap"].encode())
    assert sorted(alert.xpath("//cap:resource/cap:uri/text()", namespaces=CAP)) == sorted(links)
    assert "Kamera Gapura: terdekat, mewakili RT, 111 m, berfungsi" in by_format["cap"]
    assert not any("u:p" in str(document) for document in by_format.values()), "no password ever leaves"

    opened = ends.served.get(urlsplit(links[0]).path).json()
    assert opened["camera"]["address"] == "http://recorder.example/1"
    assert ends.served.get(urlsplit(links[1]).path).json()["region"] == rt.code
    timeline = ends.shown(rt, incident)["timeline"]
    assert [e["data"]["view"] for e in timeline if e["event"] == "view_opened"] == ["camera", "position"]
