"""Errors as the API says them: problem+json (RFC 9457), a sentence that tells what to do, never the input itself."""

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from kentongan_server.domain.errors import (
    ConflictError,
    ExpiredError,
    InvalidError,
    KentonganError,
    RefusedError,
    TooManyTriesError,
    UnknownError,
)

_STATUS = {
    UnknownError: 404,
    RefusedError: 403,
    ConflictError: 409,
    TooManyTriesError: 429,
    InvalidError: 422,
    ExpiredError: 410,
}
TITLES = {
    400: "Bad request",
    401: "Who are you?",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    408: "Too slow",
    409: "Conflict",
    410: "No longer there",
    413: "Too long",
    415: "Not JSON",
    422: "Not a valid request",
    429: "Too many tries",
    500: "Our fault",
    503: "Not ready",
}

_SENTENCES = {404: "There is nothing at this address.", 405: "This address does not take this method."}
_PHRASES = frozenset(status.phrase for status in HTTPStatus)

log = structlog.get_logger()


class Problem(HTTPException):  # RFC 9457's own word
    """An answer that is not the one hoped for. An HTTPException, for the framework lets no other out of a body's reading."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(status, detail)


def answer(status: int, detail: str, **more: Any) -> JSONResponse:
    """The problem as a response."""
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    body = {"type": "about:blank", "title": TITLES.get(status, "Problem"), "status": status, "detail": detail, **more}
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Let every error of the application be answered here."""

    @app.exception_handler(KentonganError)
    async def _refusal(_: Request, error: KentonganError) -> JSONResponse:
        return answer(_STATUS.get(type(error), 409), str(error))

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        # The input is never echoed: it may hold what JSON cannot say.
        found = [{"field": _field(item), "problem": item["msg"][:200]} for item in error.errors()[:10]]
        fields = ", ".join(sorted({item["field"] or "body" for item in found}))
        return answer(422, f"Please correct: {fields}.", errors=found)

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> JSONResponse:
        sentence = _SENTENCES.get(error.status_code) if error.detail in _PHRASES else None
        response = answer(error.status_code, sentence or str(error.detail))
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(Exception)
    async def _crash(request: Request, error: Exception) -> JSONResponse:
        log.error("request_broke", path=request.url.path, exc_info=error)
        return answer(
            500, "Something broke on our side; it was logged. Try again, and call 110 or 112 if it is urgent."
        )


def _field(item: dict[str, Any]) -> str:
    """Where the fault is, in our own names: a key that we do not know was written by the sender, so it is not repeated."""
    path = [str(part) for part in item["loc"] if part != "body"]
    if item["type"] == "extra_forbidden":
        path[-1] = "(unknown field)"
    return ".".join(path)[:100]
