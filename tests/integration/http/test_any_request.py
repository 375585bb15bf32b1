"""Whatever the API's own description allows, and much that it does not: never a crash, and never an answer it did not name.

Short here; KENTONGAN_API_CASES=100000 tries as many, in half an hour. Each request comes from somebody: nobody, a
resident, an RT head, an operator or the city's admin, by token or by session, and often speaks of what is really there.
"""

import json
import os
import time
from collections import Counter
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CheckFunction, load_all_checks, not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.integration.http.device import Device
from tests.integration.http.test_police_replies import signed
from tests.integration.served import Rt, Served

from kentongan_server.domain.place import Region
from kentongan_server.domain.region_code import ancestors

pytestmark = pytest.mark.real

CASES = int(os.environ.get("KENTONGAN_API_CASES", "400"))
CHECKS: list[CheckFunction] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ENDLESS = {"/api/v1/events"}
WHO = ("nobody", "resident", "stranger", "head", "head", "operator", "admin", "admin", "admin")


class Town:
    """Things that are really there, by the words in which requests speak of them."""

    def __init__(self, served: Served, rts: list[Rt]) -> None:
        self.rts = rts

        def furnish(uow: Any) -> None:
            for rt in rts:
                uow.places.put_regions([Region(code, code, -6.98, 110.41) for code in ancestors(rt.code)])

        served.run(furnish)
        incidents = [
            served.post("/api/v1/reports", rt.token("head"), json=rt.a_report(kind=kind)).json()["incident"]
            for rt in rts
            for kind in ("theft", "fire", "community_work")
        ]
        codes = [code for rt in rts for code in (rt.code, *ancestors(rt.code))]
        words = {
            ("code", "region", "within", "a", "b", "codes"): codes,
            ("incident", "incident_id", "into", "of"): incidents,
            ("site_id", "camera_id", "site", "sites", "cameras"): ["pos-1", "cam-1"],
            ("node", "nodes", "node_id"): [name for rt in rts for name in rt.nodes],
            ("person", "person_id", "people"): [name for rt in rts for name in rt.people.values()],
        }
        self.words = {name: meanings for names, meanings in words.items() for name in names}

    def meant(self, value: Any, draw: Any, name: str = "") -> Any:
        """The value with words in it that mean something, more often than not."""
        if isinstance(value, dict):
            return {key: self.meant(inner, draw, key) for key, inner in value.items()}
        if isinstance(value, list) and name in self.words:
            return [self.meant(inner, draw, name) for inner in value]
        if name in self.words and not isinstance(value, dict | list) and draw(st.integers(0, 3)):
            return draw(st.sampled_from(self.words[name]))
        return value


@pytest.fixture
def town(served: Served, new_rt: Any) -> Town:
    return Town(served, [new_rt() for _ in range(3)])


class Asking:
    """Sends requests as somebody, and counts the statuses it `seen`."""

    def __init__(self, served: Served, town: Town) -> None:
        self.seen: Counter[int] = Counter()
        self._served, self._town = served, town
        self._devices: dict[str, Device] = {}
        self._line = requests.Session()
        self._line.trust_env = False

    def ask(self, operation: Any, case: Any, draw: Any) -> None:
        """One request, made to mean something; fails the test for an answer that the description does not know."""
        case.path_parameters = self._town.meant(case.path_parameters, draw)
        case.query = self._town.meant(case.query, draw)
        if case.media_type == "application/json":
            case.body = self._town.meant(case.body, draw)
        headers = self._identity(draw)
        if operation.path.endswith("/police/replies") and isinstance(case.body, dict):
            headers |= signed(json.dumps(case.body).encode())
        self._line.cookies.clear()
        response = case.call(base_url=self._served.base_url, session=self._line, headers=headers, timeout=20)
        self.seen[response.status_code] += 1
        case.validate_response(response, checks=CHECKS)

    def _identity(self, draw: Any) -> dict[str, str]:
        rt, who = draw(st.sampled_from(self._town.rts)), draw(st.sampled_from(WHO))
        if who == "nobody":
            return {}
        if draw(st.integers(0, 5)):
            return {"Authorization": f"Bearer {rt.token(who)}"}
        person = rt.people[who]
        device = self._devices.setdefault(person, Device(self._served)).is_let_in(person)
        return {"Cookie": f"kentongan={device.cookies['kentongan']}", "Origin": self._served.base_url}


def test_no_request_breaks_it_or_is_answered_otherwise_than_it_says(served: Served, town: Town) -> None:
    load_all_checks()
    schema = schemathesis.openapi.from_dict(served.get("/openapi.json").json())
    schema.config.generation.update(with_security_parameters=False)  # who asks is said above
    tried = [found.ok() for found in schema.get_all_operations()]
    tried = [operation for operation in tried if operation.path not in ENDLESS]
    assert len(tried) > 30
    asking = Asking(served, town)
    begun = time.monotonic()
    broken = []
    for operation in tried:
        try:
            _try(asking, operation, -(-CASES // len(tried)))
        except (AssertionError, BaseExceptionGroup) as error:  # the others are tried all the same
            broken.append(error)
    if broken:
        raise BaseExceptionGroup(f"{len(broken)} operations", broken)
    sent, spent = asking.seen.total(), time.monotonic() - begun
    print(f"{sent} requests to {len(tried)} operations, {sent / spent:.0f}/s: {dict(sorted(asking.seen.items()))}")
    assert sent >= CASES * 0.8
    assert sum(asking.seen[status] for status in (200, 201, 204)) > sent / 20, (
        "not all of it is turned away at the door"
    )


def _try(asking: Asking, operation: Any, cases: int) -> None:
    right = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    wrong = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    takes_something = bool(operation.body or list(operation.iter_parameters()))

    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def tries(data: st.DataObject) -> None:
        is_right = not takes_something or data.draw(st.integers(0, 4)) > 0
        asking.ask(operation, data.draw(right if is_right else wrong), data.draw)

    tries()
