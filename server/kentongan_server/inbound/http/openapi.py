"""The API describes itself whole: security, every error as problem+json, and an example of all that comes and goes.

Examples are made from the schemas: what a field says of itself, else what its name says, since a name has one meaning here.
"""

from collections.abc import Callable, Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from kentongan_server.inbound.http.api_words import ANSWERS, AT, WORDS
from kentongan_server.inbound.http.callers import BEARER, COOKIE, SECURE_COOKIE, SESSION
from kentongan_server.inbound.http.problems import TITLES

PROBLEM = "application/problem+json"
SIGNATURE = "signature"
METHODS = ("get", "post", "put", "patch", "delete")

_DESCRIPTION = """Report what happens in an RT and follow it until somebody has come.

Send your access token as `Authorization: Bearer <token>`. Every list and every single thing is limited to the regions
that your roles cover. What goes wrong is answered as `application/problem+json` (RFC 9457), with a `detail` that says what
to do. Ids of reports are ULIDs that the client makes: repeating a request is harmless. Fields may be added within v1; none
is taken away or changes its meaning."""

_WHEN = {
    400: "The body cannot be read. Correct it and send it again.",
    401: "Send your access token as: Authorization: Bearer <token>.",
    403: "Your roles do not allow this here.",
    404: "There is no such thing, or it is not yours to see.",
    409: "This contradicts what is known; ask for it anew and decide again.",
    410: "This link has expired: it opens for two hours. The newest document of the incident carries a newer one.",
    413: "The body is longer than is taken; send less.",
    415: "Send the body in one of the content types named here.",
    422: "Please correct: kind.",
    429: "Too many tries; wait, and try again.",
    500: "Something broke on our side; it was logged. Try again, and call 110 or 112 if it is urgent.",
}


_MORE_SCHEMES = {
    SESSION: {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": f"Given by signing in; over https its name is {SECURE_COOKIE}",
    },
    SIGNATURE: {
        "type": "apiKey",
        "in": "header",
        "name": "X-Kentongan-Signature",
        "description": "HMAC-SHA256 over `timestamp.body` with the shared secret, beside a timestamp and a delivery id",
    },
}


def signed_body(model: type[BaseModel]) -> dict[str, Any]:
    """What an operation says of a body that is read only after its signature was checked."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    return {"requestBody": body, "security": [{SIGNATURE: []}]}


def describe(app: FastAPI) -> None:
    """Let the application answer /openapi.json with the whole description."""

    def whole() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = complete(app)
        return app.openapi_schema

    app.openapi = whole  # type: ignore[method-assign]  # the way the framework documents


def complete(app: FastAPI) -> dict[str, Any]:
    """The framework's description, with what it leaves out."""
    found = get_openapi(
        title=app.title, version=app.version, summary=app.summary, description=_DESCRIPTION, routes=app.routes
    )
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = _problem_schema()
    for gone in ("HTTPValidationError", "ValidationError"):
        schemas.pop(gone, None)
    found["components"]["responses"] = {f"Problem{status}": _problem(status) for status in _WHEN}
    for _, method, operation in operations(found):
        _declare_errors(method, operation)
    found["components"].setdefault("securitySchemes", {}).update(_MORE_SCHEMES)
    for _, _, _, media in contents(found):
        schemas.update(media.get("schema", {}).pop("$defs", {}))
    for _, _, _, media in contents(found):
        if "example" not in media and "examples" not in media:
            media["example"] = example_of(media.get("schema", {}), schemas)
    for _, _, operation in operations(found):
        answer = ANSWERS.get(operation["operationId"])
        for media in operation["responses"]["200"]["content"].values() if answer is not None else ():
            media["example"] = answer
    return found


def operations(found: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(path, method, operation) of all that is described."""
    for path, methods in found["paths"].items():
        for method in METHODS:
            if method in methods:
                yield path, method, methods[method]


def contents(found: dict[str, Any]) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """(path, method, where, media) of every body that comes or goes, problems aside."""
    for path, method, operation in operations(found):
        for kind, media in operation.get("requestBody", {}).get("content", {}).items():
            yield path, method, f"request {kind}", media
        for status, response in operation["responses"].items():
            for kind, media in response.get("content", {}).items():
                if kind != PROBLEM:
                    yield path, method, f"{status} {kind}", media


def example_of(
    schema: dict[str, Any], schemas: dict[str, Any], name: str = "", unknown: Callable[[str], Any] = lambda _: "…"
) -> Any:
    """A value as this schema describes it; for a word that nothing is known of, what `unknown` says."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, name, unknown)
    for stated in ("examples", "enum"):
        if isinstance(schema.get(stated), list):
            return schema[stated][0]
    for stated in ("example", "const"):
        if stated in schema:
            return schema[stated]
    if name in WORDS and schema.get("type") not in ("array", "object") and not _is_choice_of_schemas(schema):
        return WORDS[name]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            first: dict[str, Any] = next((one for one in schema[choice] if one.get("type") != "null"), {})
            return example_of(first, schemas, name, unknown)
    return _plain_example(schema, schemas, name, unknown)


def _plain_example(schema: dict[str, Any], schemas: dict[str, Any], name: str, unknown: Callable[[str], Any]) -> Any:
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {})
            return {field: example_of(inner, schemas, field, unknown) for field, inner in fields.items()}
        case "array":
            count = max(1, schema.get("minItems", 1))
            return [example_of(schema.get("items", {}), schemas, name, unknown)] * count
        case "string" if schema.get("format") == "date-time":
            return AT
        case "string" if schema.get("format") == "date":
            return AT[:10]
        case "integer" | "number" | "boolean" if "default" in schema:
            return schema["default"]
        case "boolean":
            return True
        case "integer" | "number":
            return schema.get("minimum", 1)
        case _:
            return unknown(name)


def _is_choice_of_schemas(schema: dict[str, Any]) -> bool:
    """A choice between a model and null is the model's to show."""
    return any("$ref" in one or one.get("type") in ("array", "object") for one in schema.get("anyOf", ()))


def _declare_errors(method: str, operation: dict[str, Any]) -> None:
    """Every error that this operation can answer, by what it takes and whom it asks for."""
    responses = operation["responses"]
    responses.pop("422", None)
    statuses = {500}
    if {BEARER: []} in operation.get("security", ()):
        operation["security"].append({SESSION: []})  # either will do
    if operation.get("security"):
        statuses |= {401, 403, 404}
    if operation.get("parameters"):
        statuses |= {404, 422} if any(p["in"] == "path" for p in operation["parameters"]) else {422}
    if "requestBody" in operation:
        statuses |= {400, 413, 415, 422}
    if method != "get":
        statuses |= {404, 409, 429}
    for status in sorted(statuses):
        responses.setdefault(str(status), {"$ref": f"#/components/responses/Problem{status}"})
    responses["default"] = {
        "description": "Any other refusal, told in the same form",
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": _problem_example(503)}},
    }


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": TITLES[status],
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": _problem_example(status)}},
    }


def _problem_example(status: int) -> dict[str, Any]:
    more = {"errors": [{"field": "kind", "problem": WORDS["problem"]}]} if status == 422 else {}
    detail = _WHEN.get(status, "The broker is away.")
    return {"type": "about:blank", "title": TITLES[status], "status": status, "detail": detail, **more}


def _problem_schema() -> dict[str, Any]:
    fault = {
        "type": "object",
        "properties": {"field": {"type": "string"}, "problem": {"type": "string"}},
        "required": ["field", "problem"],
    }
    return {
        "title": "Problem",
        "type": "object",
        "description": "Why it could not be done, and what to do (RFC 9457).",
        "properties": {
            "type": {"type": "string", "const": "about:blank"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "A sentence that says what to do"},
            "errors": {"type": "array", "items": fault, "description": "Each field that must be corrected"},
        },
        "required": ["type", "title", "status", "detail"],
    }
