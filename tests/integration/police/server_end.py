"""The server's end of the way back: an address on loopback that checks replies exactly as the server does."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from kentongan_server.inbound.http.police_signature import SignatureError, verify_reply
from kentongan_server.outbound.clock.system_clock import SystemClock


@dataclass
class ServerEnd:
    """`status` is what it answers next; `taken` what it answered 2xx, `attempts` everything, unproven ones as None."""

    secrets: list[bytes]
    status: int = 200
    port: int = 0
    taken: list[dict[str, Any]] = field(default_factory=list)
    attempts: list[dict[str, Any] | None] = field(default_factory=list)

    def __enter__(self) -> Self:
        end = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(end.take(self.path, list(self.headers.items()), body))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self.port}"

    def take(self, path: str, headers: list[tuple[str, str]], body: bytes) -> int:
        """The status to answer."""
        try:
            verify_reply(self.secrets, headers, body, SystemClock().now())
        except SignatureError:
            self.attempts.append(None)
            return 401
        said = json.loads(body)
        self.attempts.append(said)
        assert path == "/api/v1/police/replies"
        assert dict(headers)["X-Kentongan-Delivery"] == said["delivery"]
        if self.status < 300:
            self.taken.append(said)
        return self.status
