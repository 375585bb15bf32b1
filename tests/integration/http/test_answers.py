"""What people do about an incident, over HTTP: each operation with each status it can earn, and what a repeat does."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.integration.http.cases import Case, Request, Scene, assert_answered, assert_complete
from tests.integration.http.device import Device
from tests.integration.served import Rt, Served
from ulid import ULID

pytestmark = pytest.mark.real
PIN, DURESS_PIN = "418203", "902817"
Before = tuple[tuple[str, str, dict[str, Any] | None], ...]

DISPATCH: Before = (("head", "dispatch", {"unit": "ronda"}),)
ARRIVE: Before = (("head", "arrive", None),)
RESOLVE: Before = (("head", "resolve", {"disposition": "founded"}),)
NOTHING, GHOST = "nothing", "There is no such incident"
ROBBERY = {"kind": "robbery", "understood": True}


def on(
    verb: str,
    body: dict[str, Any] | None = None,
    before: Before = (),
    *,
    kind: str = "theft",
    by: str = "head",
) -> Callable[[Scene], Request]:
    """A request about an incident of this kind, after what came `before`; NOTHING is one that never was."""

    def ask(scene: Scene) -> Request:
        incident = NOTHING if kind == NOTHING else scene.reports(kind, by)
        for who, earlier, said in before:
            done = scene.served.post(
                f"/api/v1/incidents/{incident}/{earlier}", scene.rt.token(who), **({"json": said} if said else {})
            )
            assert done.status_code == 200, done.text
        return "POST", f"/api/v1/incidents/{incident}/{verb}", {"json": body} if body is not None else {}

    return ask


def taking_back(before: Before = (), *, kind: str = "theft") -> Callable[[Scene], Request]:
    """A "coming" taken back, after what came `before`."""
    return lambda scene: ("DELETE", on("acknowledge", None, before, kind=kind)(scene)[1], {})


def merging(merged_before: bool = False, other: str = "theft", verb: str = "merge") -> Callable[[Scene], Request]:
    """Two incidents side by side. The same event makes one incident, so the other lies in another RT, and an operator asks."""

    def ask(scene: Scene) -> Request:
        incident = scene.reports("theft")
        into = incident if other == "itself" else scene.reports(other, rt=scene.far)
        body = {"json": {"into": into}}
        if merged_before:
            path = f"/api/v1/incidents/{incident}/merge"
            assert scene.served.post(path, scene.rt.token("operator"), **body).status_code == 200
        return "POST", f"/api/v1/incidents/{incident}/{verb}", body if verb == "merge" else {}

    return ask


def with_pin(pin: str, *, also: str | None = None, by: str = "head", unset: bool = False) -> Callable[[Scene], Request]:
    """A cancellation by who has set their PINs first."""

    def ask(scene: Scene) -> Request:
        incident = scene.reports("theft", by)
        if also is not None:
            assert scene.reports("theft", also) == incident
        if not unset:
            with Device(scene.served).is_let_in(scene.rt.people["head"]) as phone:
                said = phone.put("/api/v1/me/pin", json={"pin": PIN, "duress_pin": DURESS_PIN})
            assert said.status_code == 204, said.text
        return "POST", f"/api/v1/incidents/{incident}/cancel", {"json": {"pin": pin}}

    return ask


def previewing(kind: str) -> Callable[[Scene], Request]:
    return lambda scene: ("GET", f"/api/v1/incidents/{scene.reports('theft')}/reclassify", {"params": {"kind": kind}})


def crossing(scene: Scene) -> Request:
    body = {"id": str(ULID()), "kind": "fire", "text": "Ternyata api", "understood": True}
    return on("reclassify", body)(scene)


def gated(verb: str, before: Before = ()) -> Callable[[Scene], Request]:
    return on(verb, None, before, by="stranger")


def renamed(**more: Any) -> dict[str, Any]:
    return {"id": str(ULID()), **ROBBERY, **more}


STEPS: list[tuple[str, dict[str, Any] | None]] = [
    ("acknowledge", None),
    ("dispatch", {"unit": "ronda"}),
    ("arrive", None),
    ("resolve", {"disposition": "founded"}),
    ("reopen", None),
    ("merge", {"into": NOTHING}),
    ("unmerge", None),
    ("reclassify", renamed()),
    ("cancel", {"pin": PIN}),
    ("silence", None),
    ("all-clear", None),
    ("refute", None),
    ("raise", {"level": 2}),
]
NAMES = {"all-clear": "all_clear", "refute": "refute"}
NAME = {verb: NAMES.get(verb, f"{verb}_incident") for verb, _ in STEPS}

CASES = [
    # to nobody, of nothing, and of what is not theirs: alike for every operation
    *(Case(NAME[verb], None, on(verb, body), 401, "[Ss]ign in") for verb, body in STEPS),
    *(Case(NAME[verb], "head", on(verb, body, kind=NOTHING), 404, GHOST, but="never was") for verb, body in STEPS),
    *(Case(NAME[verb], "far head", on(verb, body), 404, GHOST, but="of another RT") for verb, body in STEPS),
    *(
        Case(NAME[verb], "operator", on(verb, body, kind="gathering"), 404, GHOST, but="community news")
        for verb, body in STEPS
    ),
    Case("preview_reclassify", None, previewing("robbery"), 401),
    Case("preview_reclassify", "far head", previewing("robbery"), 404, GHOST),
    # take it
    Case("acknowledge_incident", "resident", on("acknowledge"), 200, gives={"acknowledged": "community"}, again=200),
    Case("acknowledge_incident", "operator", on("acknowledge"), 200, gives={"acknowledged": "police"}, again=200),
    Case("acknowledge_incident", "resident", on("acknowledge", {"answer": "perhaps"}), 422, "correct: answer"),
    Case("acknowledge_incident", "resident", on("acknowledge", None, RESOLVE), 409, "resolved; nobody needs to take"),
    Case("withdraw_coming", None, taking_back(), 401, "[Ss]ign in"),
    Case("withdraw_coming", "head", taking_back(kind=NOTHING), 404, GHOST, but="never was"),
    Case("withdraw_coming", "far head", taking_back(), 404, GHOST, but="of another RT"),
    Case(
        "withdraw_coming",
        "resident",
        taking_back((("resident", "acknowledge", None), ("stranger", "acknowledge", None))),
        200,
        gives={"answer": "seen", "coming": 1, "seen": 1},
        again=200,
    ),
    Case("withdraw_coming", "operator", taking_back((("operator", "acknowledge", None),)), 403, "for the police"),
    Case("withdraw_coming", "resident", taking_back(), 409, "nothing to take back"),
    # send somebody, be there, end it, take it up again
    Case(
        "dispatch_incident", "head", on("dispatch", {"unit": "ronda"}), 200, gives={"status": "dispatched"}, again=200
    ),
    Case("dispatch_incident", "resident", on("dispatch", {"unit": "ronda"}), 403, "ask one of them"),
    Case("dispatch_incident", "operator", on("dispatch", {"unit": "patrol"}, DISPATCH), 409, "Possible from here: arr"),
    Case("dispatch_incident", "head", on("dispatch", {"unit": "patrol"}, DISPATCH), 409, "Possible", but="another"),
    Case("dispatch_incident", "head", on("dispatch", {"unit": "army"}), 422, "correct: unit"),
    Case("dispatch_incident", "head", on("dispatch", {}), 422, "correct: unit", but="no unit"),
    Case("arrive_incident", "head", on("arrive"), 200, gives={"status": "on_scene"}, again=200),
    Case("arrive_incident", "resident", on("arrive"), 403, "Only an operator, the RW's police officer, the RT head or"),
    Case("arrive_incident", "operator", on("arrive", None, ARRIVE), 409, "Possible from here: resolve"),
    Case(
        "resolve_incident",
        "head",
        on("resolve", {"disposition": "founded", "note": "Pelaku pergi"}),
        200,
        gives={"status": "resolved", "disposition": "founded"},
        again=200,
    ),
    Case("resolve_incident", "resident", on("resolve", {"disposition": "founded"}), 403, "ask one of them"),
    Case("resolve_incident", "operator", on("resolve", {"disposition": "prank"}, RESOLVE), 409, "Possible from here"),
    Case(
        "resolve_incident", "head", on("resolve", {"disposition": "unfounded"}, RESOLVE), 409, "resolved", but="other"
    ),
    Case("resolve_incident", "head", on("resolve", {"disposition": "over"}), 422, "correct: disposition"),
    Case("resolve_incident", "head", on("resolve", {"disposition": "founded", "note": "x" * 501}), 422, "note"),
    Case("reopen_incident", "head", on("reopen", None, RESOLVE), 200, gives={"status": "reported"}, again=200),
    Case("reopen_incident", "resident", on("reopen", None, RESOLVE), 403, "or who reported it"),
    Case("reopen_incident", "head", on("reopen"), 409, "Possible from here: acknowledge"),
    # merge and take apart
    Case("merge_incident", "operator", merging(), 200, gives={"status": "merged"}, again=200),
    Case("merge_incident", "resident", on("merge", {"into": NOTHING}), 403, "ask one of them"),
    Case("merge_incident", "operator", merging(other="fire"), 409, "one class and purpose"),
    Case("merge_incident", "operator", merging(other="itself"), 409, "name the other one", but="itself"),
    Case("merge_incident", "operator", on("merge", {}), 422, "correct: into"),
    Case("unmerge_incident", "operator", merging(True, verb="unmerge"), 200, gives={"status": "reported"}, again=200),
    Case("unmerge_incident", "resident", on("unmerge"), 403, "ask one of them"),
    Case("unmerge_incident", "head", on("unmerge"), 409, "unmerge is not possible now"),
    # call it what it is
    Case("preview_reclassify", "head", previewing("fire"), 200, gives={"recipients": ["neighbours", "emergency"]}),
    Case("preview_reclassify", "resident", previewing("fire"), 403, "or who reported it may reclassify"),
    Case("preview_reclassify", "head", previewing("theft"), 409, "theft already; choose another"),
    Case("preview_reclassify", "head", previewing("noise"), 422, "correct: query.kind"),
    Case("reclassify_incident", "head", on("reclassify", renamed()), 200, gives={"kind": "robbery"}, again=409),
    Case("reclassify_incident", "head", crossing, 200, gives={"kind": "fire", "class": "emergency"}, again=200),
    Case("reclassify_incident", "resident", on("reclassify", renamed()), 403, "or who reported it may reclassify"),
    Case("reclassify_incident", "head", on("reclassify", renamed(kind="theft")), 409, "theft already; choose another"),
    Case(
        "reclassify_incident",
        "head",
        on("reclassify", renamed(kind="fire", understood=False)),
        409,
        "send it again with `understood`",
        but="unseen",
    ),
    Case("reclassify_incident", "head", on("reclassify", {"id": "1", "kind": "robbery"}), 422, "correct: id"),
    # take it back
    Case("cancel_incident", "head", with_pin(PIN), 200, gives={"status": "cancelled"}, again=200),
    Case("cancel_incident", "head", with_pin(DURESS_PIN), 200, gives={"status": "cancelled"}, again=200, but="duress"),
    Case("cancel_incident", "head", with_pin("000000"), 403, "That is not your PIN; try again"),
    Case("cancel_incident", "head", with_pin(PIN, by="resident"), 403, "Only who reported it", but="another's"),
    Case("cancel_incident", "head", with_pin(DURESS_PIN, by="resident"), 403, "Only who reported it", but="duress"),
    Case("cancel_incident", "head", with_pin(PIN, unset=True), 409, "You have no PIN yet; set one first", but="no PIN"),
    Case("cancel_incident", "head", with_pin(PIN, also="resident"), 409, "ask the RT head", but="a second reporter"),
    Case(
        "cancel_incident", "head", with_pin(DURESS_PIN, also="resident"), 409, "ask the RT head", but="duress, second"
    ),
    Case("cancel_incident", "head", on("cancel", {"pin": ""}), 422, "correct: pin"),
    # the noise
    Case("silence_incident", "head", on("silence"), 200, gives={"kentongan": 2}, again=200, same=False),
    Case("silence_incident", "resident", on("silence"), 403, "Only the RT head or an operator may silence"),
    Case("all_clear", "operator", on("all-clear"), 200, gives={"kentongan": 2}, again=200),
    Case("all_clear", "resident", on("all-clear"), 403, "give the all clear for"),
    Case("refute", "head", gated("refute"), 200, gives={"alarm": "ended"}, again=200),
    Case("refute", "resident", gated("refute"), 403, "Only the ronda, the RT head or an operator"),
    Case("refute", "head", on("refute"), 409, "silence it if it should stop"),
    Case("raise_incident", "operator", on("raise", {"level": 2}), 200, again=409),
    Case("raise_incident", "head", on("raise", {"level": 2}), 403, "call 110 and ask"),
    Case("raise_incident", "operator", on("raise", {"level": 1}), 409, "level 1 \\(the own RT\\) already"),
    Case("raise_incident", "operator", on("raise", {"level": 5}), 422, "correct: level"),
]
CANNOT = {
    ("acknowledge_incident", 403): "whoever sees it may take it",
    ("silence_incident", 409): "there is always silence to be had: 0 kentongan when none sounds",
    ("all_clear", 409): "all may be well at any time",
}


def test_every_operation_has_a_case_for_every_status(served: Served) -> None:
    assert_complete(served, "answers", CASES, CANNOT)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_answer(served: Served, new_rt: Callable[[], Rt], case: Case) -> None:
    assert_answered(Scene(served, new_rt), case)


def test_five_wrong_pins_rest_and_the_words_say_whom_to_call(served: Served, new_rt: Callable[[], Rt]) -> None:
    scene = Scene(served, new_rt)
    request = with_pin("000000")(scene)
    answers = [scene.sends("head", request) for _ in range(6)]
    assert {answer.status_code for answer in answers} == {403}
    assert "wait fifteen minutes" in answers[-1].json()["detail"]


def test_a_repeated_step_is_no_second_one(served: Served, new_rt: Callable[[], Rt]) -> None:
    scene = Scene(served, new_rt)
    request = on("dispatch", {"unit": "ronda"})(scene)
    for _ in range(3):
        assert scene.sends("head", request).status_code == 200
    incident = request[1].split("/")[4]
    events = [entry.event for entry in served.read(lambda uow: uow.timeline.of_incident(incident))]
    assert events.count("incident_status_changed") == 1
