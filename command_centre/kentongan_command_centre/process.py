"""The command centre as a process: one socket, one line when it is ready, a quiet end."""

import json
import logging
import os
import socket
import sqlite3
from types import FrameType

import structlog
import uvicorn

from kentongan_command_centre.app import create_app
from kentongan_command_centre.clock import system_clock
from kentongan_command_centre.desk import Desk
from kentongan_command_centre.door import Door
from kentongan_command_centre.settings import Settings


class StartError(Exception):
    """The centre cannot start; the text is a sentence that says what to change."""


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM. Prints {"ready": true, "port": N} on stdout when requests are taken."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=os.fdopen(os.dup(2), "w", buffering=1)),
    )
    listener = _listen(settings.http_host, settings.http_port)
    try:
        desk = Desk(settings.database)
    except (OSError, sqlite3.Error) as error:
        raise StartError(f"The database {settings.database} cannot be opened: {error}.") from error
    try:
        try:
            port = listener.getsockname()[1]
            door = Door(system_clock, lambda: _listen(settings.http_host, port))
            app = create_app(settings, desk, system_clock, door)
        except (OSError, ValueError) as error:
            raise StartError(f"The certificate {settings.cap_cert_file} cannot be read: {error}.") from error
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2,
            ssl_certfile=settings.tls_cert_file,
            ssl_keyfile=settings.tls_key_file,
        )
        try:
            config.load()
        except OSError as error:
            raise StartError(f"The TLS certificate {settings.tls_cert_file} cannot be used: {error}.") from error
        server = _Server(config, desk, port)
        door.opened(server)
        server.run(sockets=[listener])
    finally:
        desk.close()


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        raise StartError(
            f"Port {port} on {host} cannot be used ({error.strerror}); set KENTONGAN_CENTRE_HTTP_PORT to another one."
        ) from error
    return listener


class _Server(uvicorn.Server):
    """Says when it is ready, and ends the open event streams when it is told to stop, so that stopping does not wait for them."""

    def __init__(self, config: uvicorn.Config, desk: Desk, port: int) -> None:
        super().__init__(config)
        self._desk = desk
        self._port = port

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(json.dumps({"ready": True, "port": self._port}), flush=True)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signature is uvicorn's
        """Stop; the signal is not raised again afterwards, so the process ends with 0 and the file is closed."""
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._desk.changed.close()
        await super().shutdown(sockets)
