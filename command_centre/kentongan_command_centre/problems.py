"""Every refusal as application/problem+json: one sentence, and never a piece of what was sent."""

from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request

from kentongan_command_centre.document import Refusal


def problem(status: int, title: str, detail: str) -> JSONResponse:
    """RFC 9457."""
    content = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JSONResponse(content, status, media_type="application/problem+json")


def answer_with_problems(app: FastAPI) -> None:
    """Give the app its one way of saying no."""

    @app.exception_handler(Refusal)
    async def _refused(_request: Request, refusal: Refusal) -> JSONResponse:
        return problem(refusal.status, refusal.title, refusal.detail)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        fields = sorted({".".join(str(part) for part in one["loc"] if isinstance(part, str)) for one in error.errors()})
        return problem(422, "Not valid", f"Missing or wrong: {', '.join(fields)}.")

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, error: HTTPException) -> JSONResponse:
        phrase = HTTPStatus(error.status_code).phrase
        return problem(error.status_code, phrase, f"{phrase}.")
