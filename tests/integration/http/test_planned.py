"""City alarms and drills over HTTP: each operation with each status it can earn, and what a repeat does."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.integration.http.cases import Case, Request, Scene, assert_answered, assert_complete
from tests.integration.served import Rt, Served
from ulid import ULID

from kentongan_server.domain.place import Region

pytestmark = pytest.mark.real
KOTA = "33.74"
NOBODY_S = "There is no such"
LATER = "2099-01-01T09:00:00+07:00"


def proposal(**different: Any) -> Callable[[Scene], Request]:
    """A disaster for the kota, with an id of its own. A field that is `...` is left out."""
    plain = {"region": KOTA, "kind": "disaster", "purpose": "drill", "text": "Latihan"}

    def ask(scene: Scene) -> Request:
        scene.served.run(lambda uow: uow.places.put_region(Region(KOTA, "Kota Semarang", -6.98, 110.41)))
        body = {"id": str(ULID()), **plain, **different}
        return "POST", "/api/v1/city-alarms", {"json": {name: said for name, said in body.items() if said is not ...}}

    return ask


def proposed(
    verb: str, typed: Any = "right", *, by: str = "admin", id: str | None = None
) -> Callable[[Scene], Request]:
    """A step of a city alarm that somebody has proposed."""

    def ask(scene: Scene) -> Request:
        made = scene.sends(by, proposal()(scene)).json()
        number = made["kentongan"] if typed == "right" else typed
        more = {"json": {"kentongan": number}} if verb == "confirm" else {}
        return "POST", f"/api/v1/city-alarms/{id or made['id']}/{verb}", more

    return ask


def aborted(scene: Scene) -> Request:
    request = proposed("confirm")(scene)
    assert scene.sends("admin", ("POST", request[1].replace("confirm", "abort"), {})).status_code == 200
    return request


def drill(**different: Any) -> Callable[[Scene], Request]:
    """A drill for the RT, long from now."""

    def ask(scene: Scene) -> Request:
        plain = {
            "id": str(ULID()),
            "region": scene.rt.code,
            "kind": "fire",
            "text": "Latihan",
            "starts_at": "2027-03-07T02:00:00Z",
        }
        body = {**plain, **different}
        return "POST", "/api/v1/drills", {"json": {name: said for name, said in body.items() if said is not ...}}

    return ask


def planned(verb: str, path: str, *, held: bool = False, id: str | None = None) -> Callable[[Scene], Request]:
    """A request about a drill that the RT head has planned, or holds now."""

    def ask(scene: Scene) -> Request:
        made = scene.sends("head", drill(**({"starts_at": ...} if held else {}))(scene)).json()
        return verb, f"/api/v1/drills/{id or made['id']}{path}", {}

    return ask


def taken_id(make: Callable[..., Callable[[Scene], Request]], by: str) -> Callable[[Scene], Request]:
    """The id of another thing."""

    def ask(scene: Scene) -> Request:
        id = str(ULID())
        assert scene.sends(by, make(id=id)(scene)).status_code == 201
        return make(id=id, text="Yang lain")(scene)

    return ask


def regular(**different: Any) -> Callable[[Scene], Request]:
    """A drill on the first Sunday of each month."""

    def ask(scene: Scene) -> Request:
        plain = {"region": scene.rt.code, "kind": "fire", "week": 1, "weekday": 6, "begins": "09:00"}
        return "POST", "/api/v1/drill-schedules", {"json": {"id": str(ULID()), **plain, **different}}

    return ask


def ending(id: str | None = None) -> Callable[[Scene], Request]:
    def ask(scene: Scene) -> Request:
        made = scene.sends("head", regular()(scene)).json()
        return "DELETE", f"/api/v1/drill-schedules/{id or made['id']}", {}

    return ask


def listed(path: str, **params: Any) -> Callable[[Scene], Request]:
    return lambda _scene: ("GET", f"/api/v1/{path}", {"params": params})


CASES = [
    # city alarms
    Case("propose_city_alarm", None, proposal(), 401),
    Case("propose_city_alarm", "admin", proposal(), 201, gives={"state": "proposed"}, again=200),
    Case(
        "propose_city_alarm",
        "operator",
        proposal(id=...),
        201,
        but="without an id a repeat is another",
        again=201,
        same=False,
    ),
    Case("propose_city_alarm", "head", proposal(), 403, "Only the city's admin or an operator"),
    Case("propose_city_alarm", "admin", proposal(region="33.99"), 404, "ask GET /api/v1/regions"),
    Case("propose_city_alarm", "admin", taken_id(proposal, "admin"), 409, "make a new ULID"),
    Case("propose_city_alarm", "admin", proposal(region="33.74.02.1001"), 422, "a kota or a kecamatan"),
    Case("propose_city_alarm", "admin", proposal(kind="house_watch"), 422, "makes no sound; choose a kind that does"),
    Case("propose_city_alarm", "admin", proposal(kind="noise"), 422, "correct: kind", but="a kind of none"),
    Case("list_city_alarms", None, listed("city-alarms"), 401),
    Case("list_city_alarms", "operator", listed("city-alarms"), 200, again=200),
    Case("list_city_alarms", "head", listed("city-alarms"), 403, "ask one of them|call 112"),
    Case("list_city_alarms", "operator", listed("city-alarms", limit=0), 422, "query.limit"),
    Case("confirm_city_alarm", None, proposed("confirm"), 401),
    Case("confirm_city_alarm", "head", proposed("confirm"), 403, "call 112"),
    Case("confirm_city_alarm", "head", proposed("confirm", id="never"), 403, "call 112", but="never was: alike"),
    Case("confirm_city_alarm", "admin", proposed("confirm"), 403, "ask a colleague", but="their own"),
    Case("confirm_city_alarm", "operator", proposed("confirm", id="never"), 404, "look at the list of proposals"),
    Case("confirm_city_alarm", "operator", proposed("confirm", 1_000_000), 409, "type the number again"),
    Case("confirm_city_alarm", "operator", aborted, 409, "aborted; confirm is not possible any more. Propose anew"),
    Case("confirm_city_alarm", "operator", proposed("confirm", -1), 422, "correct: kentongan"),
    Case("abort_city_alarm", None, proposed("abort"), 401),
    Case("abort_city_alarm", "operator", proposed("abort"), 200, gives={"state": "aborted"}, again=200),
    Case("abort_city_alarm", "resident", proposed("abort"), 403, "call 112"),
    Case("abort_city_alarm", "operator", proposed("abort", id="never"), 404, "look at the list of proposals"),
    Case(
        "abort_city_alarm",
        "operator",
        lambda s: ("POST", aborted(s)[1].replace("confirm", "abort"), {}),
        409,
        "aborted",
    ),
    # drills
    Case("post_drill", None, drill(), 401),
    Case("post_drill", "head", drill(), 201, gives={"state": "scheduled"}, again=200),
    Case("post_drill", "head", drill(starts_at=...), 201, gives={"state": "running"}, again=200, but="now"),
    Case("post_drill", "resident", drill(), 403, "ask one of them"),
    Case("post_drill", "far head", drill(), 404, NOBODY_S),
    Case("post_drill", "head", taken_id(drill, "head"), 409, "make a new ULID"),
    Case("post_drill", "head", drill(starts_at="2020-01-01T00:00:00Z"), 422, "give a time in the future"),
    Case("post_drill", "head", drill(starts_at=LATER), 422, "within a year", but="too far"),
    Case("post_drill", "head", drill(starts_at="2027-03-07T02:00:00"), 422, "correct: starts_at", but="no zone"),
    Case("post_drill", "head", drill(kind="house_watch"), 422, "choose a kind that does"),
    Case("post_drill", "admin", drill(region=KOTA), 422, "propose a city alarm as a drill", but="a kota"),
    Case("list_drills", None, listed("drills"), 401),
    Case("list_drills", "resident", listed("drills"), 200, again=200),
    Case("list_drills", "resident", listed("drills", limit=101), 422, "query.limit"),
    Case("show_drill", None, planned("GET", ""), 401),
    Case("show_drill", "resident", planned("GET", ""), 200, gives={"state": "scheduled", "rts": []}, again=200),
    Case("show_drill", "far head", planned("GET", ""), 404, NOBODY_S),
    Case("show_drill", "head", planned("GET", "", id="never"), 404, NOBODY_S, but="never was"),
    Case("call_off_drill", None, planned("POST", "/call-off"), 401),
    Case("call_off_drill", "head", planned("POST", "/call-off"), 200, gives={"state": "called_off"}, again=200),
    Case("call_off_drill", "resident", planned("POST", "/call-off"), 403, "ask one of them"),
    Case("call_off_drill", "far head", planned("POST", "/call-off"), 404, NOBODY_S),
    Case("call_off_drill", "head", planned("POST", "/call-off", held=True), 409, "only one that has not begun"),
    # regular drills
    Case("set_drill_schedule", None, regular(), 401),
    Case("set_drill_schedule", "head", regular(), 201, gives={"begins": "09:00", "week": 1, "weekday": 6}, again=200),
    Case("set_drill_schedule", "resident", regular(), 403, "ask one of them"),
    Case("set_drill_schedule", "far head", regular(), 404, NOBODY_S),
    Case("set_drill_schedule", "head", taken_id(regular, "head"), 409, "make a new ULID"),
    Case("set_drill_schedule", "head", regular(begins="03:00"), 422, "between 06:00 and 21:00, Semarang's time"),
    Case("set_drill_schedule", "head", regular(week=6), 422, "correct: week"),
    Case("set_drill_schedule", "admin", regular(region=KOTA), 422, "propose a city alarm as a drill", but="a kota"),
    Case("list_drill_schedules", None, listed("drill-schedules"), 401),
    Case("list_drill_schedules", "resident", listed("drill-schedules"), 200, again=200),
    Case("end_drill_schedule", None, ending(), 401),
    Case("end_drill_schedule", "head", ending(), 200, gives={"next_at": None}, again=200),
    Case("end_drill_schedule", "resident", ending(), 403, "ask one of them"),
    Case("end_drill_schedule", "far head", ending(), 404, NOBODY_S),
    Case("end_drill_schedule", "head", ending("never"), 404, NOBODY_S, but="never was"),
]
CANNOT = {
    ("list_drill_schedules", 403): "a list of what is one's own",
    ("list_drill_schedules", 404): "a list",
    ("confirm_city_alarm", 200): "told in a test of its own: it must be stopped before it sounds for all the others",
    ("list_city_alarms", 404): "a list",
    ("list_drills", 403): "a list of what is one's own",
    ("list_drills", 404): "a list",
    ("show_drill", 403): "who has part in it may read how it went",
}


def test_every_operation_has_a_case_for_every_status(served: Served) -> None:
    assert_complete(served, "planned", CASES, CANNOT)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_answer(served: Served, new_rt: Callable[[], Rt], case: Case) -> None:
    assert_answered(Scene(served, new_rt), case)


def test_a_second_person_confirms_once_and_it_can_still_be_stopped(served: Served, new_rt: Callable[[], Rt]) -> None:
    scene = Scene(served, new_rt)
    confirming = proposed("confirm")(scene)
    first, again = scene.sends("operator", confirming), scene.sends("operator", confirming)
    stopped = scene.sends("admin", ("POST", confirming[1].replace("confirm", "abort"), {}))
    assert (first.status_code, first.json()["state"]) == (200, "confirmed")
    assert again.json() == first.json()
    assert stopped.json()["state"] == "aborted"


def test_a_drill_of_the_rw_is_seen_in_its_rts_and_each_sees_its_own_score(served: Served) -> None:
    rt = Rt(served, 8_000)  # in an RW of its own: where an alarm is on, no drill begins
    rw = rt.code.rpartition("/")[0]
    served.run(lambda uow: uow.places.put_region(Region(rw, "RW", -6.98, 110.41)))
    made = served.post("/api/v1/drills", rt.token("operator"), json={"region": rw, "kind": "fire"}).json()
    assert made["id"] in {each["id"] for each in served.get("/api/v1/drills", rt.token("resident")).json()}
    shown = served.get(f"/api/v1/drills/{made['id']}", rt.token("resident")).json()
    assert [each["region"] for each in shown["rts"]] == [rt.code]
