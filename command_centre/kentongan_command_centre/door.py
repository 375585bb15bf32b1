"""The door of the inbox: the listening socket, its certificate and its connections, and how a test may spoil each."""

import asyncio
import socket
import ssl
import struct
import tempfile
from collections.abc import Callable, Coroutine, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from kentongan_command_centre.clock import Clock

_UNTIL_ANSWERED_SECONDS = 0.1


class Door:
    """One door of one server; `opened` is called once that server listens."""

    def __init__(self, clock: Clock, listen: Callable[[], socket.socket]) -> None:
        self._clock = clock
        self._listen = listen
        self._server: uvicorn.Server | None = None
        self._is_stranger = False
        self._tasks: set[asyncio.Task[None]] = set()

    def opened(self, server: uvicorn.Server) -> None:
        """This server stands behind it."""
        self._server = server

    @property
    def has_lock(self) -> bool:
        """Whether TLS is spoken here."""
        return self._open.config.ssl is not None

    def be_a_stranger(self, wanted: bool) -> None:
        """Show a certificate that nobody vouches for, or our own again; connections made before are ended."""
        config = self._open.config
        if wanted is self._is_stranger or config.ssl is None:
            return
        self._is_stranger = wanted
        if wanted:
            _show_a_strangers(config.ssl, self._clock)
        else:
            config.ssl.load_cert_chain(str(config.ssl_certfile), config.ssl_keyfile and str(config.ssl_keyfile))
        self._soon(self._end(list(self._open.server_state.connections)))

    def close_for(self, seconds: float) -> None:
        """Refuse connections for so long, once the answer to this request is out; those that stand are ended."""
        self._soon(self._closed(seconds))

    def reset(self, client: tuple[str, int]) -> None:
        """Break this client's connection without a farewell (RST)."""
        transport = self._transport(client)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()

    def say(self, client: tuple[str, int], noise: bytes) -> None:
        """Send bytes that are no HTTP, and hang up."""
        transport = self._transport(client)
        transport.write(noise)
        transport.close()

    @property
    def _open(self) -> uvicorn.Server:
        if self._server is None:
            raise RuntimeError("The door is not open yet.")
        return self._server

    def _transport(self, client: tuple[str, int]) -> asyncio.Transport:
        (found,) = [
            one.transport for one in self._open.server_state.connections if getattr(one, "client", None) == client
        ]
        return found

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _end(self, connections: Iterable[Any]) -> None:
        """Those that were there when it was asked for, once that request is answered; not those that came since."""
        await asyncio.sleep(_UNTIL_ANSWERED_SECONDS)
        for connection in connections:
            connection.transport.abort()

    async def _closed(self, seconds: float) -> None:
        server = self._open
        for listening in server.servers:
            listening.close()
        await self._end(list(server.server_state.connections))
        await asyncio.sleep(seconds)
        if not server.should_exit:
            server.servers = [
                await asyncio.get_running_loop().create_server(
                    lambda: server.config.http_protocol_class(  # type: ignore[call-arg]
                        config=server.config, server_state=server.server_state, app_state=server.lifespan.state
                    ),
                    sock=self._listen(),
                    ssl=server.config.ssl,
                )
            ]


def _show_a_strangers(context: ssl.SSLContext, clock: Clock) -> None:
    """A certificate for the same names, signed by itself: everything but the trust is right about it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stranger")])
    now = clock()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    with tempfile.TemporaryDirectory() as folder:
        both = Path(folder) / "stranger.pem"
        both.touch(0o600)
        both.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + certificate.public_bytes(Encoding.PEM)
        )
        context.load_cert_chain(both)
