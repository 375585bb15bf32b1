"""A real Chromium before the twin of the API. Every page is checked at its end: no error in its console that the test
did not announce, and no request to anybody but the server and the command centre's frame."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import parts
import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright
from tests.fakes.api_server import ApiTwin

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 10_000


@dataclass
class Visit:
    """One page, what it asked for, and what it complained of. `tolerate` holds patterns of announced complaints."""

    page: Page
    api: ApiTwin
    tolerate: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def ready(self) -> Page:
        """The page once it is live and its map is drawn."""
        self.page.wait_for_selector('#connection[data-state="open"]')
        self.page.wait_for_selector("#map canvas")
        return self.page

    def hold(self, selector: str = "#panic") -> None:
        """Hold with the pointer until the page says that it was long enough, then let go."""
        self.page.hover(selector)
        self.page.mouse.down()
        self.page.wait_for_selector(f'{selector}[data-hold="held"]')
        self.page.mouse.up()
        self.page.wait_for_selector(f'{selector}[data-hold="idle"]')

    def panic(self) -> str:
        """Hold the red button and wait until the report is stored; its incident."""
        self.hold()
        self.page.wait_for_selector('#own[data-state="stored"]')
        return self.api.incident_of()

    def eventually(self, claim: str, argument: object = None) -> None:
        """Wait until the JavaScript expression is true."""
        self.page.wait_for_function(claim, arg=argument)

    def module(self, name: str, body: str, argument: object = None) -> object:
        """Run `body` (JavaScript, with `module` and `argument`) against one of the page's own modules."""
        script = """async (argument) => {
          const { rooms } = await import(document.querySelector('script[type="module"]').src);
          const module = rooms["NAME"];
          return await (async () => { BODY })();
        }"""
        return self.page.evaluate(script.replace("NAME", name).replace("BODY", body), argument)

    def check(self) -> None:
        """Nothing was complained of and nobody else was asked."""
        unforeseen = [c for c in self.complaints if not any(re.search(pattern, c) for pattern in self.tolerate)]
        assert unforeseen == []
        homes = {urlsplit(self.api.url).netloc, urlsplit(self.api.inbox_url).netloc}
        strangers = {request.url for request in self.requests if urlsplit(request.url).netloc not in homes}
        assert strangers == set()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    try:
        path = parts.chromium()
    except parts.MissingPartError as problem:
        pytest.fail(str(problem), pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def start_twin() -> Iterator[Callable[..., ApiTwin]]:
    """Start a twin of the API; it outlives the pages that look at it."""
    with ExitStack() as twins:
        yield lambda **wishes: twins.enter_context(ApiTwin(**wishes))


@pytest.fixture
def api(start_twin: Callable[..., ApiTwin]) -> ApiTwin:
    return start_twin()


@pytest.fixture
def open_page(chromium: Browser, start_twin: Callable[..., ApiTwin]) -> Iterator[Callable[..., Visit]]:
    """Open the twin's page: `open_page(api, path="/", width=1366, height=768, scheme="dark", motion="no-preference")`."""
    visits = []

    def visit(
        api: ApiTwin,
        path: str = "/",
        width: int = 1366,
        height: int = 768,
        scheme: str = "dark",
        motion: str = "no-preference",
    ) -> Visit:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion=motion
        )
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        made = Visit(page, api)
        page.on(
            "console", lambda said: made.complaints.append(said.text) if said.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: made.complaints.append(str(error)))
        page.on("request", lambda request: made.requests.append(request))  # noqa: PLW0108  # a built-in method cannot carry what Playwright pins to it
        page.goto(api.url + path)
        visits.append(made)
        return made

    yield visit
    for made in visits:
        made.page.context.close()
    for made in visits:
        made.check()


@pytest.fixture
def visit(open_page: Callable[..., Visit], api: ApiTwin) -> Visit:
    """The page at 1366x768, live."""
    made = open_page(api)
    made.ready()
    return made
