"""What every pager keeps: a page that returns has been taken, one that was not says so."""

import json
import socket
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from structlog.testing import capture_logs
from tests.fakes.pager import FakePager

from kentongan_server.outbound.notify.pager import HttpPager, LogPager
from kentongan_server.ports.pager import Pager, PagingError


@dataclass
class PagerService:
    """A pager service on loopback."""

    status: int = 202
    heard: list[tuple[str, str | None]] = field(default_factory=list)

    def start(self) -> HTTPServer:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if service.status < 300:
                    service.heard.append((said["reason"], said["incident"]))
                self.send_response(service.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return server


@dataclass
class Bench:
    """A pager, what was heard of it, and how to take the service away."""

    pager: Pager
    heard: list[tuple[str, str | None]]
    service: PagerService | FakePager

    def take_away(self) -> None:
        if isinstance(self.service, FakePager):
            self.service.away = True
        else:
            self.service.status = 503


@pytest.fixture(params=["fake", "http"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    if request.param == "fake":
        fake = FakePager()
        yield Bench(fake, fake.pages, fake)
        return
    service = PagerService()
    server = service.start()
    pager = HttpPager(f"http://127.0.0.1:{server.server_address[1]}/page")
    yield Bench(pager, service.heard, service)
    await pager.close()
    server.shutdown()
    server.server_close()


async def test_a_page_reaches_the_service(bench: Bench) -> None:
    await bench.pager.page("Polisi belum menerima laporan.", "01INCIDENT")
    await bench.pager.page("Penyimpanan penuh.", None)

    assert bench.heard == [("Polisi belum menerima laporan.", "01INCIDENT"), ("Penyimpanan penuh.", None)]


async def test_a_page_that_was_not_taken_says_so(bench: Bench) -> None:
    bench.take_away()

    with pytest.raises(PagingError):
        await bench.pager.page("Polisi belum menerima laporan.", "01INCIDENT")
    assert bench.heard == []


async def test_a_service_that_is_not_there_is_a_failed_page() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    pager = HttpPager(f"http://127.0.0.1:{port}/")

    with pytest.raises(PagingError, match="could not be reached"):
        await pager.page("Polisi belum menerima laporan.", None)
    await pager.close()


async def test_the_log_pager_writes_one_critical_line() -> None:
    with capture_logs() as lines:
        await LogPager().page("Polisi belum menerima laporan.", "01INCIDENT")

    assert lines == [
        {
            "event": "human_paged",
            "reason": "Polisi belum menerima laporan.",
            "incident": "01INCIDENT",
            "log_level": "critical",
        }
    ]
