"""The live page: one screen for the resident, the mayor and the engineer. Everything it shows it asks the API for.

The page is the same for everyone and holds no secret; only a demo hands out tokens, at `/demo/session`.
"""

import json
from dataclasses import asdict, dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from kentongan_server.inbound.web.assets import ASK_AGAIN, FOR_EVER, HERE, Asset, leaflet_assets, page_assets
from kentongan_server.inbound.web.people_pages import add_people_pages

LANGUAGES = ("id", "en")


@dataclass(frozen=True, slots=True)
class DemoSession:
    """What a demo tells its page. `tokens` by role: resident, rt_head, operator, admin; `broker` by product name.

    `serial_node` hangs on the serial line of `gateway_node`.
    """

    tokens: dict[str, str]
    police_inbox_url: str
    home_region: str
    broker: str
    micropython_node: str | None
    gateway_node: str | None
    serial_node: str | None = None


def page_router(demo_session: DemoSession | None) -> APIRouter:
    """`/`, `/static/…` and `/demo/session`; without a demo session the last one is 404."""
    router = APIRouter(include_in_schema=False)
    version, own_files = page_assets()
    leaflet_files = leaflet_assets()
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("page.html")
    headers = _page_headers(demo_session)
    pages = {
        language: template.render(
            language=language,
            words=_words(language),
            static=f"/static/{version}",
            demo=demo_session is not None,
            police_inbox_url=demo_session.police_inbox_url if demo_session else None,
        )
        for language in LANGUAGES
    }

    @router.get("/")
    async def page(lang: Annotated[str | None, Query(max_length=8)] = None) -> HTMLResponse:
        return HTMLResponse(pages[lang if lang in LANGUAGES else LANGUAGES[0]], headers=headers)

    worker = Asset.of((HERE / "service_worker.js").read_bytes(), ".js")

    @router.get("/service_worker.js")  # from the root, for its place is its scope
    async def service_worker(request: Request) -> Response:
        answer = worker.answer(request, ASK_AGAIN)
        answer.headers["Content-Security-Policy"] = "default-src 'none'; connect-src 'self'"
        return answer

    @router.get("/static/leaflet/{name}")
    async def leaflet_file(name: str, request: Request) -> Response:
        if name not in leaflet_files:
            raise HTTPException(404, "No such file.")
        return leaflet_files[name].answer(request, ASK_AGAIN)

    @router.get("/static/{release}/{name:path}")
    async def page_file(release: str, name: str, request: Request) -> Response:
        if name not in own_files:
            raise HTTPException(404, "No such file.")
        return own_files[name].answer(request, FOR_EVER if release == version else ASK_AGAIN)

    @router.get("/demo/session")
    async def session() -> JSONResponse:
        if demo_session is None:
            raise HTTPException(404, "This server runs no demo.")
        return JSONResponse(asdict(demo_session), headers={"Cache-Control": "no-store"})

    add_people_pages(router, environment, f"/static/{version}", headers)
    return router


def _words(language: str) -> dict[str, Any]:
    words: dict[str, Any] = json.loads((HERE / "i18n" / f"{language}.json").read_text("utf-8"))
    return words


def _page_headers(demo_session: DemoSession | None) -> dict[str, str]:
    inbox = "'none'"
    if demo_session is not None:
        parts = urlsplit(demo_session.police_inbox_url)
        inbox = f"{parts.scheme}://{parts.netloc}"
    policy = {
        "default-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "frame-src": inbox,
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
    }
