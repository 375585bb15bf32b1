"""What the API says of itself is so: asked by every operation that it describes."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.integration.http.test_access import WRONG, is_problem
from tests.integration.served import Rt, Served

from kentongan_server.inbound.http.openapi import operations

pytestmark = pytest.mark.real


def asked(served: Served) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(method, address, operation) of all that is described, its parameters filled in."""
    for path, method, operation in operations(served.get("/openapi.json").json()):
        for parameter in operation.get("parameters", []):
            filled = parameter.get("schema", {}).get("enum", ["33.74.99"])[0]
            path = path.replace(f"{{{parameter['name']}}}", filled)  # noqa: PLW2901  # it is a copy
        yield method.upper(), path, operation


def test_what_asks_for_a_token_gets_nothing_without_one(served: Served) -> None:
    guarded = [(m, path) for m, path, op in asked(served) if {"access token": []} in op.get("security", [])]
    assert len(guarded) > 20
    for method, path in guarded:
        for wrong in ("nothing", "unknown", "odd bytes"):
            assert is_problem(served.calls(method, path, headers=WRONG[wrong], json={}), 401), f"{method} {path}"


def test_every_operation_refuses_another_method_with_a_problem(served: Served, rt: Rt) -> None:
    for path in {path for _, path, _ in asked(served)}:
        assert is_problem(served.calls("PATCH", path, rt.token("admin"), json={}), 405), path
