"""The stream of `tcp_stream.py` where the node runs on CPython, in a city of virtual nodes. No board imports this file."""

import asyncio
import errno
import socket
import ssl

from .clock import within_ms


class _CpythonStream:
    def __init__(self, reader, writer):
        self._reader = reader
        self._writer = writer

    async def read(self, size: int) -> bytes:
        """What is there, at least one byte; b"" at the end."""
        return await self._reader.read(size)

    def write(self, data: bytes) -> None:
        """Hand over now; what the socket would not take goes later."""
        self._writer.write(data)

    def pump(self) -> bool:
        """True when nothing waits to be pumped by the caller; asyncio does it here."""
        return True

    def close(self) -> None:
        """At once and without a farewell, so that the broker speaks our last will."""
        self._writer.transport.abort()


async def resolve_on_cpython(host: str, port: int):
    """The numeric address."""
    loop = asyncio.get_running_loop()  # pyright: ignore[reportAttributeAccessIssue] - CPython's
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return found[0][-1]


async def open_on_cpython(address, timeout_ms: int, tls, server_name: "str | None"):
    """A stream to `address`, or OSError."""
    try:
        reader, writer = await within_ms(
            asyncio.open_connection(address[0], address[1], ssl=tls, server_hostname=server_name if tls else None),
            timeout_ms,
        )
    except asyncio.TimeoutError:
        raise OSError(errno.ETIMEDOUT, "no answer to the connect")
    return _CpythonStream(reader, writer)  # asyncio sets TCP_NODELAY by itself


def context_on_cpython(ca: str, cert: "str | None", key: "str | None"):
    """A context that always verifies."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(ca)
    if cert:
        context.load_cert_chain(cert, key)
    return context
