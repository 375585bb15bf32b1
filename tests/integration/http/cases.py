"""What the tables of the rooms have in common: one request of one person, the status it earns, and what the answer says."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import httpx
from tests.integration.http.test_access import is_problem
from tests.integration.served import Rt, Served

from kentongan_server.inbound.http.openapi import operations

Request = tuple[str, str, dict[str, Any]]


class Scene:
    """Two RTs: the case takes place in the `rt`, and `far` is another."""

    def __init__(self, served: Served, new_rt: Callable[[], Rt]) -> None:
        self.served, self.rt = served, new_rt()
        self._new_rt = new_rt

    @cached_property
    def far(self) -> Rt:
        """The other RT."""
        return self._new_rt()

    def sends(self, who: str | None, request: Request) -> httpx.Response:
        """Somebody's request: a name of the RT's people, `far ` and one of the other's, or None for nobody."""
        home, name = (self.far, who[4:]) if who and who.startswith("far ") else (self.rt, who)
        method, path, more = request
        return self.served.calls(method, path, home.token(name) if name else None, **more)

    def reports(self, kind: str, who: str = "head", rt: Rt | None = None) -> str:
        """A report, stored; its incident."""
        home = rt or self.rt
        answer = self.served.post("/api/v1/reports", home.token(who), json=home.a_report(kind=kind))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["incident"])


@dataclass(frozen=True, slots=True)
class Case:
    """`who` asks for `operation`; `again` is the status of the same request sent once more, whose answer must be the same
    when it is none of refusal. `says` is a part of the refusal's sentence, `gives` a part of what was asked for."""

    operation: str
    who: str | None
    ask: Callable[[Scene], Request]
    status: int
    says: str = ""
    gives: dict[str, Any] = field(default_factory=dict)
    again: int | None = None
    same: bool = True
    but: str = ""

    def __str__(self) -> str:
        return f"{self.operation} {self.status} {self.who}" + (f" ({self.but})" if self.but else "")


def assert_answered(scene: Scene, case: Case) -> None:
    """Send it, and again where the case says so."""
    request = case.ask(scene)
    first = scene.sends(case.who, request)
    _assert_is(first, case.status, case.says)
    if case.status < 300 and case.gives:
        found = first.json()
        assert {name: found.get(name) for name in case.gives} == case.gives
    if case.again is not None:
        second = scene.sends(case.who, request)
        _assert_is(second, case.again, "")
        if case.again < 300 and case.same:
            assert second.content == first.content


def assert_complete(served: Served, tag: str, cases: Iterable[Case], without: dict[tuple[str, int], str]) -> None:
    """Every operation of the room has a case for its success, a stranger, a refusal, a thing that is not there, and for a
    body that is none; `without` says why one cannot be."""
    has = {(case.operation, case.status // 100 * 100 if case.status < 300 else case.status) for case in cases}
    wanted: set[tuple[str, int]] = set()
    for _, method, operation in operations(served.get("/openapi.json").json()):
        if tag not in operation.get("tags", ()):
            continue
        statuses = {200}
        if operation.get("security"):
            statuses |= {401, 403, 404}
        if "requestBody" in operation or any(
            "schema" in p and p["in"] == "query" for p in operation.get("parameters", ())
        ):
            statuses |= {422}
        if method not in ("get", "delete"):
            statuses |= {409}
        wanted |= {(operation["operationId"], status) for status in statuses}
    assert wanted - has - without.keys() == set(), "say what becomes of it"
    assert without.keys() & has == set(), "there is a case for it now"


def _assert_is(answer: httpx.Response, status: int, says: str) -> None:
    if status < 300:
        assert answer.status_code == status, answer.text
        return
    assert is_problem(answer, status), f"{answer.status_code} {answer.text}"
    detail = answer.json()["detail"]
    assert re.search(says, detail), detail
    assert len(detail.split()) > 2, "a sentence says what to do"
