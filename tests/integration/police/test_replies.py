"""The operator's words on their way back to the server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.police.centre_process import RunningCentre, running_centre, until
from tests.integration.police.sending import Keys, fresh, post_forward
from tests.integration.police.server_end import ServerEnd
from tests.unit.police.forwards import SECRET

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def server() -> Iterator[ServerEnd]:
    with ServerEnd([SECRET]) as end:
        yield end


@pytest.fixture(scope="module")
def answering(tmp_path_factory: pytest.TempPathFactory, keys: Keys, server: ServerEnd) -> Iterator[RunningCentre]:
    """A centre that can reach the server."""
    folder = tmp_path_factory.mktemp("answering")
    with running_centre(folder, secret=SECRET.decode(), certificate=keys.certificate, server_url=server.url) as running:
        yield running


def a_case(centre: RunningCentre) -> str:
    forward = fresh()
    assert post_forward(centre, forward).status_code == 200
    return forward.incident


def test_everything_the_operator_says_reaches_the_server_signed_and_in_order(
    answering: RunningCentre, server: ServerEnd
) -> None:
    incident = a_case(answering)
    for action in ("acknowledge", "dispatch", "on_scene"):
        assert answering.say(incident, action).status_code == 200
    assert answering.say(incident, "resolve", disposition="founded").json()["status"] == "resolved"

    heard = until(lambda: (all_ := [said for said in server.taken if said["incident"] == incident])[3:] and all_)

    assert [said["reply"] for said in heard] == ["acknowledged", "dispatched", "on_scene", "resolved"]
    assert {said["operator"] for said in heard} == {"Aiptu Rini"}
    assert [said.get("disposition") for said in heard] == [None, None, None, "founded"]
    assert len({said["delivery"] for said in heard}) == 4
    until(lambda: all(reply["sent"] for reply in answering.get(f"/api/cases/{incident}")["replies"]))


def test_saying_it_again_changes_nothing(answering: RunningCentre, server: ServerEnd) -> None:
    incident = a_case(answering)

    said = [answering.say(incident, "acknowledge") for _ in range(3)]

    assert [answer.status_code for answer in said] == [200, 200, 200]
    until(lambda: answering.get(f"/api/cases/{incident}")["replies"][0]["sent"])
    assert len([one for one in server.taken if one["incident"] == incident]) == 1


@pytest.mark.parametrize(
    ("before", "action", "word", "status"),
    [
        ([], "dispatch", {}, 409),
        ([], "resolve", {"disposition": "founded"}, 409),
        (["acknowledge", "dispatch"], "acknowledge", {}, 409),
        (["acknowledge"], "resolve", {}, 422),
        (["acknowledge"], "resolve", {"disposition": "whatever"}, 422),
        ([], "acknowledge", {"disposition": "founded"}, 422),
        ([], "acknowledge", {"operator": ""}, 422),
        ([], "acknowledge", {"operator": "   "}, 422),
        ([], "acknowledge", {"operator": "a\x00b"}, 422),
        ([], "acknowledge", {"operator": "x" * 81}, 422),
        ([], "acknowledge", {"else": "x"}, 422),
        ([], "explode", {}, 404),
    ],
)
def test_what_does_not_fit_changes_nothing(
    answering: RunningCentre, before: list[str], action: str, word: dict[str, str], status: int
) -> None:
    incident = a_case(answering)
    for step in before:
        answering.say(incident, step)
    was = answering.get(f"/api/cases/{incident}")["status"]

    answer = answering.say(incident, action, **word)

    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answering.get(f"/api/cases/{incident}")["status"] == was


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"operator":"\\ud800"}', b"NaN", b""])
def test_a_malformed_word_is_refused_with_a_sentence(answering: RunningCentre, body: bytes) -> None:
    incident = a_case(answering)

    answer = answering.post(
        f"/api/cases/{incident}/acknowledge", content=body, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 422
    assert answer.json()["detail"].endswith(".")
    assert answering.get(f"/api/cases/{incident}")["status"] == "new"


def test_there_is_nothing_to_say_about_a_case_that_is_not_there(answering: RunningCentre) -> None:
    assert answering.say("i-nowhere", "acknowledge").status_code == 404


def test_a_form_of_another_page_cannot_speak_for_the_operator(answering: RunningCentre) -> None:
    incident = a_case(answering)

    answer = answering.post(
        f"/api/cases/{incident}/acknowledge", content=b'{"operator":"x"}', headers={"Content-Type": "text/plain"}
    )

    assert answer.status_code == 422
    assert answering.get(f"/api/cases/{incident}")["status"] == "new"


def test_a_word_waits_for_the_server_and_overtakes_no_other(answering: RunningCentre, server: ServerEnd) -> None:
    incident = a_case(answering)
    server.status = 503
    answering.say(incident, "acknowledge")
    answering.say(incident, "dispatch")
    waiting = until(lambda: (reply := answering.get(f"/api/cases/{incident}")["replies"])[0]["error"] and reply)
    assert "503" in waiting[0]["error"]
    assert waiting[1]["attempts"] == 0

    server.status = 204
    until(lambda: all(reply["sent"] for reply in answering.get(f"/api/cases/{incident}")["replies"]))

    assert [one["reply"] for one in server.taken if one["incident"] == incident] == ["acknowledged", "dispatched"]
    tried = {one["delivery"] for one in server.attempts if one and one["incident"] == incident}
    assert len(tried) == 2


def test_a_word_and_its_case_outlive_a_kill(tmp_path: Path, keys: Keys) -> None:
    with ServerEnd([SECRET]) as gone:
        nobody_there = gone.url
    forward = fresh()
    with running_centre(
        tmp_path, secret=SECRET.decode(), certificate=keys.certificate, server_url=nobody_there
    ) as centre:
        assert post_forward(centre, forward).status_code == 200
        assert centre.say(forward.incident, "acknowledge").status_code == 200
        centre.kill()

    with (
        ServerEnd([SECRET]) as server,
        running_centre(tmp_path, secret=SECRET.decode(), certificate=keys.certificate, server_url=server.url) as centre,
    ):
        heard = until(lambda: server.taken)
        assert centre.get(f"/api/cases/{forward.incident}")["status"] == "acknowledged"
        assert post_forward(centre, forward).status_code == 200
        assert len(centre.messages(forward.incident)) == 1

    assert [(one["incident"], one["reply"]) for one in heard] == [(forward.incident, "acknowledged")]


def test_a_secret_can_be_changed_while_documents_travel(tmp_path: Path, keys: Keys) -> None:
    with running_centre(
        tmp_path,
        secret="the secret of tomorrow",
        certificate=keys.certificate,
        more={"KENTONGAN_CENTRE_WEBHOOK_SECRET_PREVIOUS": SECRET.decode()},
    ) as centre:
        assert post_forward(centre, fresh(), secret=SECRET).status_code == 200
        assert post_forward(centre, fresh(), secret=b"the secret of tomorrow").status_code == 200
        assert post_forward(centre, fresh(), secret=b"the secret of nobody").status_code == 401
