"""How alarms spread, where it is kept quiet, whose word is doubted, over HTTP: each operation with each status."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.integration.http.cases import Case, Request, Scene, assert_answered, assert_complete
from tests.integration.served import Rt, Served

from kentongan_server.domain.people import Membership, Person, Role
from kentongan_server.inbound.http.callers import token_hash

pytestmark = pytest.mark.real
RULE: dict[str, Any] = {"class": "crime", "period": "day", "rises": {"2": 60, "3": 180}, "witness_to": 2}
THERE_IS_NONE = "There is no such region, or it is not yours to see"


def rule(
    verb: str = "PUT", path: str = "alarm-rules", *, fresh: bool = True, **different: Any
) -> Callable[[Scene], Request]:
    """A rule for the RT; `rts` is what its preview has shown."""

    def ask(scene: Scene) -> Request:
        home = {"region": scene.rt.code, "home": scene.rt.code}
        body = {**home, **RULE, **different}
        if path == "alarm-rules":
            preview = {name: value for name, value in (home | RULE).items() if name != "rts"}
            seen = scene.served.post("/api/v1/alarm-rules/preview", scene.rt.token("operator"), json=preview).json()
            body = {"rts": seen["rts"] + (not fresh), **body}
        return verb, f"/api/v1/{path}", {"json": body}

    return ask


def no_rule(region: str | None = None, **different: Any) -> Callable[[Scene], Request]:
    params = {"class": "crime", "period": "day", **different}
    return lambda scene: ("DELETE", "/api/v1/alarm-rules", {"params": {"region": region or scene.rt.code, **params}})


def rules_of(**params: str) -> Callable[[Scene], Request]:
    return lambda scene: ("GET", "/api/v1/alarm-rules", {"params": {"region": scene.rt.code, **params}})


def shelving(**different: Any) -> Callable[[Scene], Request]:
    plain = {"hours": 24, "reason": "berkabung"}
    return lambda scene: ("POST", "/api/v1/shelvings", {"json": {"region": scene.rt.code, **plain, **different}})


def service(reason: Any = "kabel putus", node: str | None = None) -> Callable[[Scene], Request]:
    return lambda scene: ("PUT", f"/api/v1/nodes/{node or scene.rt.nodes[0]}/service", {"json": {"reason": reason}})


def doubted(scene: Scene, verb: str = "DELETE", of: str = "stranger") -> Request:
    """A prank, called one by the RT head, costs its reporter their weight."""
    incident = scene.reports("theft", "stranger")
    path = f"/api/v1/incidents/{incident}/resolve"
    named = scene.served.post(path, scene.rt.token("head"), json={"disposition": "prank"})
    assert named.status_code == 200, named.text
    if verb == "POST":
        return "POST", "/api/v1/me/appeal", {"json": {"text": "Saya tidak bermain-main"}}
    return "DELETE", f"/api/v1/people/{scene.rt.people[of]}/cooldown", {}


def appealing(scene: Scene) -> Request:
    return doubted(scene, "POST")


def appeal(text: Any = "Saya tidak bermain-main") -> Callable[[Scene], Request]:
    return lambda _scene: ("POST", "/api/v1/me/appeal", {"json": {"text": text}})


def of_nobody(scene: Scene) -> Request:
    return "DELETE", f"/api/v1/people/{scene.rt.people['resident']}/cooldown", {}


CASES = [
    # rules
    Case("list_rules", None, rules_of(), 401),
    Case("list_rules", "resident", rules_of(), 200, again=200),
    Case("list_rules", "far resident", rules_of(), 404, THERE_IS_NONE),
    Case("list_rules", "resident", rules_of(region="x" * 65), 422, "query.region"),
    Case("preview_rule_change", None, rule("POST", "alarm-rules/preview"), 401),
    Case("preview_rule_change", "operator", rule("POST", "alarm-rules/preview"), 200, again=200),
    Case("preview_rule_change", "head", rule("POST", "alarm-rules/preview"), 403, "admin or an operator"),
    Case("preview_rule_change", "operator", rule("POST", "alarm-rules/preview", region="33.74.99"), 404, THERE_IS_NONE),
    Case(
        "preview_rule_change", "operator", rule("POST", "alarm-rules/preview", home="33.74"), 422, "Name an RT of this"
    ),
    Case("preview_rule_change", "operator", rule("POST", "alarm-rules/preview", rises={"2": 5}), 422, "15 to 3600"),
    Case("save_rule", None, rule(), 401),
    Case("save_rule", "operator", rule(), 200, again=200),
    Case("save_rule", "admin", rule(), 200, but="admin"),
    Case("save_rule", "head", rule(), 403, "Only the city's admin or an operator may change"),
    Case("save_rule", "far head", rule(), 404, THERE_IS_NONE),
    Case("save_rule", "operator", rule(fresh=False), 409, "look at the preview again, then save"),
    Case("save_rule", "operator", rule(witness_to=9), 422, "correct: witness_to"),
    Case("save_rule", "operator", rule(**{"class": "community"}), 422, "Community news sounds in its own RT only"),
    Case("save_rule", "operator", rule(rises={"2": 180, "3": 60}), 422, "in rising order", but="falling"),
    Case("delete_rule", None, no_rule(), 401),
    Case("delete_rule", "operator", no_rule(), 204, again=204),
    Case("delete_rule", "head", no_rule(), 403, "ask one of them"),
    Case("delete_rule", "operator", no_rule("33.74.99"), 404, THERE_IS_NONE),
    Case("delete_rule", "operator", no_rule(period="noon"), 422, "query.period"),
    # quiet
    Case("shelve_region", None, shelving(), 401),
    Case("shelve_region", "head", shelving(), 200, again=200, same=False),
    Case("shelve_region", "head", shelving(hours=0), 200, but="ends it"),
    Case("shelve_region", "resident", shelving(), 403, "Only the RT head may shelve"),
    Case("shelve_region", "far head", shelving(), 404, THERE_IS_NONE),
    Case("shelve_region", "admin", shelving(region="33.74"), 422, "name an RT"),
    Case("shelve_region", "head", shelving(hours=169), 422, "correct: hours"),
    Case("shelve_region", "head", shelving(reason="  "), 422, "correct: reason"),
    Case("set_service", None, service(), 401),
    Case("set_service", "head", service(), 200, gives={"out_of_service": "kabel putus", "deaf": False}, again=200),
    Case("set_service", "head", service(None), 200, gives={"out_of_service": None, "deaf": False}, but="back"),
    Case("set_service", "resident", service(), 403, "Only a technician, the RT head or"),
    Case("set_service", "far head", service(), 404, "There is no such kentongan"),
    Case("set_service", "head", service(node="ktg-none"), 404, "There is no such kentongan", but="never was"),
    Case("set_service", "head", service(""), 422, "correct: reason"),
    # doubt
    Case("appeal_cooldown", None, appeal(), 401),
    Case("appeal_cooldown", "stranger", appealing, 200, again=409),
    Case("appeal_cooldown", "resident", appeal(), 409, "nothing to appeal against"),
    Case("appeal_cooldown", "resident", appeal(""), 422, "correct: text"),
    Case("lift_cooldown", None, doubted, 401),
    Case("lift_cooldown", "head", doubted, 200, gives={"lifted": 1}, again=404),
    Case("lift_cooldown", "operator", doubted, 200, gives={"lifted": 1}, but="operator"),
    Case("lift_cooldown", "resident", doubted, 403, "ask one of them", but="doubted"),
    Case("lift_cooldown", "resident", of_nobody, 403, "ask one of them", but="in good standing: answered alike"),
    Case("lift_cooldown", "far head", doubted, 404, "no cooldown that you could lift", but="doubted"),
    Case("lift_cooldown", "far head", of_nobody, 404, "no cooldown that you could lift", but="in good standing"),
    Case("lift_cooldown", "head", of_nobody, 404, "no cooldown that you could lift"),
]
CANNOT = {
    ("list_rules", 403): "who sees a region may read its rules",
    ("preview_rule_change", 409): "a preview contradicts nothing",
    ("shelve_region", 409): "the last word counts",
    ("set_service", 409): "the last word counts",
    ("appeal_cooldown", 403): "everybody may appeal for themselves",
    ("appeal_cooldown", 404): "it is about oneself",
}


def test_every_operation_has_a_case_for_every_status(served: Served) -> None:
    assert_complete(served, "spreading", CASES, CANNOT)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_answer(served: Served, new_rt: Callable[[], Rt], case: Case) -> None:
    assert_answered(Scene(served, new_rt), case)


def test_an_rt_without_a_kentongan_in_service_is_deaf(served: Served, rt: Rt) -> None:
    told = [
        served.calls("PUT", f"/api/v1/nodes/{node}/service", rt.token("head"), json={"reason": "petir"}).json()["deaf"]
        for node in rt.nodes
    ]
    assert told == [False, True]


def test_one_s_own_doubt_is_another_s_to_lift(served: Served, new_rt: Callable[[], Rt]) -> None:
    scene = Scene(served, new_rt)
    request = doubted(scene)
    heads = (Membership(Role.RT_HEAD, scene.rt.code, True),)
    served.run(
        lambda uow: uow.people.put_person(
            Person(scene.rt.people["stranger"], "Stranger", heads), token_hash(scene.rt.token("stranger"))
        )
    )
    served.app.state.callers.forget(scene.rt.people["stranger"])
    assert scene.sends("stranger", request).status_code == 404
