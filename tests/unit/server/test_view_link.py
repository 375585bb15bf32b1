"""A link opens what it was made for and nothing else: for its recipient, its incident, its time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.police.forwards import a_forward
from tests.unit.server.town import HEAD, RT1, RT2, WULAN, Town

from kentongan_server.domain.errors import ExpiredError, UnknownError
from kentongan_server.domain.forward import Forward, ForwardCamera, Recipient
from kentongan_server.domain.incident import Disposition
from kentongan_server.domain.incident_kind import IncidentKind, Purpose
from kentongan_server.domain.lifecycle import IncidentStatus
from kentongan_server.domain.surroundings import Camera, CameraHealth
from kentongan_server.domain.view_link import (
    OPENS_FOR,
    View,
    ViewLinks,
    has_credentials,
    network_of,
    without_credentials,
)
from kentongan_server.use_cases.forwarding import deliver_forward
from kentongan_server.use_cases.forwarding.open_view import Opened, open_view
from kentongan_server.use_cases.reporting.reclassify import reclassify
from kentongan_server.use_cases.responding.resolve import close_resolved, resolve

LINKS = ViewLinks(b"k" * 32, "https://kentongan.example/")
GATE = Camera("cam-1", RT1, "Gapura", -6.981, 110.41, link="http://recorder.example/1", health=CameraHealth.BLURRED)
POST = Camera("cam-2", RT1, "Pos", -6.985, 110.41, representative=True, health=CameraHealth.WORKING)
OTHER = Camera("cam-9", RT2, "Gang", -6.98, 110.41)


@pytest.fixture
def town() -> Town:
    town = Town()
    town.do(lambda uow: uow.surroundings.put_cameras([GATE, POST, OTHER]))
    return town


def document(town: Town, incident: str) -> Forward:
    """The newest document about it, as it would leave now."""
    item = town.forwards(incident)[-1]
    forward = town.do(lambda uow: deliver_forward.begin_attempt(uow, item))
    assert forward is not None
    return LINKS.added_to(forward)


def token_of(link: str | None) -> str:
    assert link is not None
    return link.rpartition("/")[2]


def opens(town: Town, link: str | None, seen_from: str | None = "10.1.2.0/24") -> Opened:
    view = LINKS.read(token_of(link))
    assert view is not None
    return town.do(lambda uow: open_view(uow, view, seen_from))


# which cameras a document names


def test_a_crime_names_the_nearest_camera_and_the_one_that_stands_for_the_rt(town: Town) -> None:
    forward = document(town, town.press().incident)
    told = [(c.id, c.role, c.health, c.distance_m) for c in forward.cameras]
    assert told == [("cam-1", "nearest", "blurred", 111), ("cam-2", "representative", "working", 556)]


def test_one_camera_that_is_both_is_named_once(town: Town) -> None:
    town.do(
        lambda uow: uow.surroundings.put_cameras(
            [replace(GATE, representative=True), replace(POST, representative=False)]
        )
    )
    (camera,) = document(town, town.press().incident).cameras
    assert (camera.id, camera.role) == ("cam-1", "nearest_representative")


def test_an_rt_without_cameras_has_none_to_name(town: Town) -> None:
    town.store.surroundings.kept_cameras.clear()
    forward = document(town, town.press().incident)
    assert forward.cameras == ()
    assert forward.position_link is not None


def test_112_hears_of_the_cameras_too_and_community_news_of_nothing(town: Town) -> None:
    burning = document(town, town.press(kind=IncidentKind.FIRE).incident)
    assert [camera.id for camera in burning.cameras] == ["cam-1", "cam-2"]
    assert LINKS.read(token_of(burning.position_link)).recipient is Recipient.EMERGENCY  # type: ignore[union-attr]
    assert town.forwards(town.report(HEAD, IncidentKind.COMMUNITY_WORK).incident) == []


def test_a_drill_opens_no_camera(town: Town) -> None:
    forward = document(town, town.press(purpose=Purpose.TEST).incident)
    assert [camera.link for camera in forward.cameras] == [None, None]
    assert (forward.position_link, forward.links_until) == (None, None)


def test_without_a_public_address_there_are_no_links(town: Town) -> None:
    forward = document(town, town.press().incident)
    bare = replace(forward, position_link=None, cameras=tuple(replace(c, link=None) for c in forward.cameras))
    assert ViewLinks(b"k" * 32, None).added_to(bare) == bare


def test_a_repeated_document_is_the_same_and_a_newer_one_has_newer_links(town: Town) -> None:
    incident = town.press("ktg-1").incident
    first = document(town, incident)
    town.wait(60)
    assert document(town, incident) == first
    town.report(WULAN, IncidentKind.PANIC)  # a second voice: an update goes out
    newer = document(town, incident)
    assert newer.links_until == town.clock.now() + OPENS_FOR
    assert newer.position_link != first.position_link


# what a link opens


def test_a_link_leads_to_its_camera_and_each_opening_is_noted(town: Town) -> None:
    incident = town.press().incident
    camera = document(town, incident).cameras[0]
    opened = opens(town, camera.link)
    assert (opened.address, opened.camera) == ("http://recorder.example/1", GATE)
    opens(town, camera.link, None)
    town.wait(60)  # the attempt before is over
    opens(town, document(town, incident).position_link)
    seen = [entry.facts for entry in town.record(incident, "view_opened")]
    assert seen == [
        {"recipient": "police", "view": "camera", "camera": "cam-1", "from": "10.1.2.0/24"},
        {"recipient": "police", "view": "camera", "camera": "cam-1"},
        {"recipient": "police", "view": "position", "from": "10.1.2.0/24"},
    ]


def test_it_expires_with_a_sentence_and_is_not_noted(town: Town) -> None:
    incident = town.press().incident
    link = document(town, incident).cameras[0].link
    town.wait(OPENS_FOR.total_seconds() - 0.001)
    opens(town, link)
    town.wait(0.001)
    with pytest.raises(ExpiredError, match=r"^This link has expired: it opens for two hours\."):
        opens(town, link)
    assert len(town.record(incident, "view_opened")) == 1


@pytest.mark.parametrize("status", IncidentStatus)
def test_it_lives_as_long_as_the_incident(town: Town, status: IncidentStatus) -> None:
    incident = town.press().incident
    link = document(town, incident).cameras[0].link
    town.store.incidents.incidents[incident] = replace(town.incident(incident), status=status)
    if status in (IncidentStatus.CLOSED, IncidentStatus.CANCELLED, IncidentStatus.MERGED):
        with pytest.raises(ExpiredError, match=f"revoked: the incident is {status}"):
            opens(town, link)
    else:
        assert opens(town, link).camera == GATE


def test_the_close_revokes_it_and_so_does_another_class(town: Town) -> None:
    closed, turned = town.press("ktg-1").incident, town.press("ktg-9").incident
    links = [document(town, incident).position_link for incident in (closed, turned)]
    town.do(lambda uow: resolve(uow, closed, WULAN, Disposition.FOUNDED, None))
    opens(town, links[0])
    town.do(
        lambda uow: reclassify(uow, turned, WULAN, IncidentKind.FIRE, report_id="r-other", text=None, understood=True)
    )
    with pytest.raises(ExpiredError, match="revoked"):
        opens(town, links[1])
    town.wait(3601)
    town.do(close_resolved)
    with pytest.raises(ExpiredError, match="revoked: the incident is closed"):
        opens(town, links[0])


def test_under_duress_the_police_may_still_look(town: Town) -> None:
    incident = town.press().incident
    link = document(town, incident).cameras[0].link
    shown = replace(town.incident(incident), cancelled_at=town.clock.now(), duress_at=town.clock.now())
    town.store.incidents.incidents[incident] = shown
    assert opens(town, link).camera == GATE
    (entry,) = town.record(incident, "view_opened")
    assert not entry.is_for_all or entry.cancelled_at is None


def test_it_is_bound_to_its_recipient_and_its_incident(town: Town) -> None:
    incident = town.press().incident
    view = LINKS.read(token_of(document(town, incident).position_link))
    assert view is not None
    for wrong in (
        replace(view, recipient=Recipient.EMERGENCY),
        replace(view, incident="nothing"),
        replace(view, camera="no"),
    ):
        with pytest.raises(UnknownError):
            town.do(lambda uow, wrong=wrong: open_view(uow, wrong, None))
    assert town.record(incident, "view_opened") == []


@given(st.text(max_size=80) | st.binary(max_size=80).map(lambda b: b.hex() + "." + b.hex()))
def test_what_is_not_signed_by_us_opens_nothing(typed: str) -> None:
    assert LINKS.read(typed) is None


@given(st.integers(0, 10_000), st.sampled_from("AbZ09-_.=é"))
def test_one_changed_character_opens_nothing(where: int, character: str) -> None:
    token = LINKS.token(View("01INCIDENT", Recipient.POLICE, "cam-1", datetime(2026, 3, 1, 20, tzinfo=UTC)))
    changed = token[: where % len(token)] + character + token[where % len(token) + 1 :]
    if changed != token:
        assert LINKS.read(changed) is None
    assert ViewLinks(b"another key" * 3, None).read(token) is None


@given(st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0)), st.none() | st.text(max_size=64))
def test_what_is_made_is_read(until: datetime, camera: str | None) -> None:
    view = View("01INCIDENT", Recipient.EMERGENCY, camera, until)
    assert LINKS.read(LINKS.token(view)) == view


@pytest.mark.parametrize(
    ("link", "bare"),
    [
        ("rtsp://admin:12345@recorder.example:554/1", "rtsp://recorder.example:554/1"),
        ("http://admin@cam.example/x?y=a@b", "http://cam.example/x?y=a@b"),
        ("https://cam.example/@home", "https://cam.example/@home"),
    ],
)
def test_a_password_in_an_address_never_leaves(link: str, bare: str) -> None:
    assert without_credentials(link) == bare
    assert has_credentials(link) is (link != bare)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.1.2.3", "10.1.2.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("", None),
        (None, None),
        ("testclient", None),
    ],
)
def test_the_record_keeps_the_network_and_no_device(address: str | None, network: str | None) -> None:
    assert network_of(address) == network


def test_a_forward_without_a_position_has_no_link_to_one() -> None:
    nowhere: dict[str, Any] = {"latitude": float("nan"), "links_until": datetime(2026, 3, 1, tzinfo=UTC)}
    forward = a_forward(cameras=(ForwardCamera("cam-1", "Gapura", "nearest", "working", 5),), **nowhere)
    linked = LINKS.added_to(forward)
    assert linked.position_link is None
    assert linked.cameras[0].link is not None
    assert timedelta(0) < OPENS_FOR <= timedelta(hours=2)
