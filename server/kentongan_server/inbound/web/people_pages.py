"""The small pages: sign-in, an invitation, the RT head's neighbours, tonight's ronda, my channels and data, third parties' systems.

They hold no secret: what they show they ask the API for, in the visitor's own name.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from jinja2 import Environment

from kentongan_server.inbound.web.assets import HERE

PATHS = {
    "/sign-in": "sign_in",
    "/join": "join",
    "/neighbours": "neighbours",
    "/ronda": "ronda",
    "/channels": "channels",
    "/my-data": "data",
    "/subscriptions": "subscriptions",
}
LANGUAGES = (("id", "Bahasa Indonesia"), ("en", "English"), ("jv", "Basa Jawa"))
REVIEW = "review"  # a dictionary says `open` until a speaker has read it


def words_of(language: str) -> dict[str, str]:
    """The dictionary of the small pages in this language."""
    words: dict[str, str] = json.loads((HERE / "i18n" / f"people-{language}.json").read_text("utf-8"))
    return words


def add_people_pages(router: APIRouter, environment: Environment, static: str, headers: Mapping[str, str]) -> None:
    """Serve each page in each language; one that is not known is Indonesian."""
    template = environment.get_template("people.html")
    known = [language for language, _ in LANGUAGES]
    for path, view in PATHS.items():
        pages = {
            language: template.render(
                view=view,
                paths=PATHS,
                language=language,
                languages=LANGUAGES,
                words=words_of(language),
                static=static,
            )
            for language in known
        }

        router.add_api_route(path, _answering(pages, headers), include_in_schema=False)


def _answering(pages: Mapping[str, str], headers: Mapping[str, str]) -> Callable[..., Awaitable[HTMLResponse]]:
    async def page(lang: Annotated[str | None, Query(max_length=8)] = None) -> HTMLResponse:
        return HTMLResponse(pages.get(lang or "", pages["id"]), headers=dict(headers))

    return page
