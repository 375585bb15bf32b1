"""The API describes itself whole: no operation without words, examples, errors and security."""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import validator_for

from kentongan_server.bootstrap import create_app
from kentongan_server.inbound.http.api_words import ANSWERS
from kentongan_server.inbound.http.openapi import contents, example_of, operations
from kentongan_server.outbound.record.seal import ensure_record_key
from kentongan_server.settings import Settings

# Whoever adds an operation that asks for no token says so here.
PUBLIC = {
    "healthz",
    "readyz",
    "metrics",
    "show_codebook",
    "begin_session",
    "look_at_code",
    "accept_code",
    "list_codebooks",
    "show_version",
    "read_calendar",
    "list_consent_texts",
    "say_delivered",
    "open_link",
}
UNVERSIONED = {"/healthz", "/readyz", "/metrics"}


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    key = tmp_path_factory.mktemp("keys") / "master.key"
    key.write_text(secrets.token_hex(32))
    ensure_record_key(key.with_name("record.key"))
    return create_app(Settings(master_key_file=Path(key), record_key_file=key.with_name("record.key"))).openapi()


@pytest.fixture(scope="module")
def faults_of(described: dict[str, Any]) -> Callable[[Any, dict[str, Any]], list[str]]:
    """What another reader of JSON Schema finds wrong with a value."""

    def faults(value: Any, schema: dict[str, Any]) -> list[str]:
        whole = {**schema, "components": described["components"]}
        return [error.message for error in validator_for(whole).iter_errors(value)]

    return faults


def test_every_whole_number_that_a_caller_may_send_has_an_end(described: dict[str, Any]) -> None:
    """One without is a crash in the database, and no number at all in a browser."""

    def endless(part: Any, where: str) -> list[str]:
        if isinstance(part, list):
            return [found for place, inner in enumerate(part) for found in endless(inner, f"{where}/{place}")]
        if not isinstance(part, dict):
            return []
        bare = part.get("type") == "integer" and part.get("maximum", 2**53) >= 2**53 and "const" not in part
        return [where] * bare + [found for key, inner in part.items() for found in endless(inner, f"{where}/{key}")]

    sent = {name: schema for name, schema in described["components"]["schemas"].items() if name.endswith("In")}
    operations = [operation for path in described["paths"].values() for operation in path.values()]
    asked = [operation.get(where) for operation in operations for where in ("parameters", "requestBody")]
    assert len(sent) > 40
    assert len(operations) > 130
    assert endless([*asked, sent], "") == []


def test_it_says_what_it_is(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1")
    assert described["info"]["version"]
    assert "problem+json" in described["info"]["description"]
    assert all(path.startswith("/api/v1/") for path in set(described["paths"]) - UNVERSIONED)


def test_every_operation_has_words_and_a_name_of_its_own(described: dict[str, Any]) -> None:
    bare = [
        (method, path)
        for path, method, operation in operations(described)
        if not all(operation.get(word) for word in ("summary", "description", "operationId", "tags"))
    ]
    assert bare == []
    names = [operation["operationId"] for _, _, operation in operations(described)]
    assert sorted(names) == sorted(set(names)), "give the function another name"


def test_every_operation_says_who_may_ask(described: dict[str, Any]) -> None:
    schemes = described["components"]["securitySchemes"]
    for path, method, operation in operations(described):
        named = [name for choice in operation.get("security", []) for name in choice]
        assert set(named) <= set(schemes)
        is_public = operation["operationId"] in PUBLIC
        assert bool(named) is not is_public, f"{method} {path}: is it for everybody? Then say so here."


def test_every_operation_declares_its_errors_as_problems(described: dict[str, Any]) -> None:
    shared = described["components"]["responses"]
    for path, method, operation in operations(described):
        errors = {status: answer for status, answer in operation["responses"].items() if status[0] not in "23"}
        wanted = {"500", "default"}
        wanted |= {"401", "403"} if operation.get("security") else set()
        wanted |= {"422"} if operation.get("parameters") or "requestBody" in operation else set()
        wanted |= {"400", "413", "415"} if "requestBody" in operation else set()
        assert errors.keys() >= wanted, f"{method} {path}"
        for answer in errors.values():
            whole = shared[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
            assert list(whole["content"]) == ["application/problem+json"], f"{method} {path}"
            assert whole["content"]["application/problem+json"]["example"]["detail"].endswith(".")


def test_every_body_has_an_example_that_is_one(
    described: dict[str, Any], faults_of: Callable[[Any, dict[str, Any]], list[str]]
) -> None:
    assert faults_of({"id": 3}, {"$ref": "#/components/schemas/ReportOut"}), "the reader reads"
    wrong = []
    for path, method, where, media in contents(described):
        examples = [media["example"]] if "example" in media else [one["value"] for one in media["examples"].values()]
        for example in examples:
            if example in ("…", {}, [], None):
                wrong.append(f"{method} {path} {where}: no example")
            wrong += [f"{method} {path} {where}: {fault}" for fault in faults_of(example, media.get("schema", {}))]
    assert wrong == [], "where no model says it, write the answer in inbound/http/api_words.py"


def test_every_word_in_an_example_means_something(described: dict[str, Any]) -> None:
    unknown = []
    for path, method, where, media in contents(described):
        schema = media.get("schema", {})
        if schema.get("type") == "object" and "properties" not in schema:
            continue
        if where.endswith("json") and schema:
            example_of(
                schema,
                described["components"]["schemas"],
                unknown=lambda name, of=f"{method} {path} {where}": unknown.append(f"{of}: {name}"),  # type: ignore[misc]
            )
    unknown = [one for one in unknown if not one.endswith(": ")]
    assert unknown == [], "give the field examples=[...], or its word a line in inbound/http/api_words.py"


def test_every_parameter_has_a_description_or_a_telling_schema(described: dict[str, Any]) -> None:
    for path, method, operation in operations(described):
        for parameter in operation.get("parameters", []):
            assert parameter.get("schema"), f"{method} {path} {parameter['name']}"


def test_every_answer_without_a_model_is_one_of_the_api_s(described: dict[str, Any]) -> None:
    assert set(ANSWERS) <= {operation["operationId"] for _, _, operation in operations(described)}


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return own + [found for inner in value.values() for found in references(inner)]
        return [found for inner in value for found in references(inner)] if isinstance(value, list) else []

    for reference in set(references(described)):
        assert reference.startswith("#/components/")
        place: Any = described
        for part in reference[2:].split("/"):
            place = place[part]
