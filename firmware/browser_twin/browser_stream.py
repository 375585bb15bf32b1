"""The node's byte stream over a WebSocket: it stands where `tcp_stream` stands on a chip. MicroPython in a browser only.

Bytes cross into JavaScript as hex digits: a proxied array would keep the buffer of the other side alive for as long as the
garbage collector likes.
"""

import asyncio
import binascii
import errno

import twin_bridge

PATH = "/mqtt"


async def resolve(host: str, port: int):  # noqa: RUF029 - on a chip it may wait
    """A browser looks names up by itself."""
    return host, port


async def open_stream(address, timeout_ms: int, *_tls):
    """A stream to `address`, or OSError."""
    stream = BrowserStream(address[0], address[1])
    try:
        await asyncio.wait_for_ms(stream.opened.wait(), timeout_ms)
    except asyncio.TimeoutError:
        stream.close()
        raise OSError(errno.ETIMEDOUT, "no answer to the connect")
    if stream.ended:
        raise OSError(errno.ECONNREFUSED, "refused")
    return stream


def tls_context(*_files):
    """Nothing: a page that came over https opens its socket over TLS."""


class BrowserStream:
    """One WebSocket, in the shape of a TCP stream; `live` is the newest, for who wants to play a hostile broker."""

    live = None

    def __init__(self, host: str, port: int):
        self.opened = asyncio.Event()
        self.ended = False
        self._came = asyncio.Event()
        self._held = b""
        BrowserStream.live = self
        self._socket = twin_bridge.open(host, port, PATH, self._hear)

    def _hear(self, event: str, data: str) -> None:
        if event == "data":
            self._held += binascii.unhexlify(data)
        elif event == "end":
            self.ended = True
        if event != "data":
            self.opened.set()
        self._came.set()

    def inject(self, data: bytes) -> None:
        """Bytes that the broker never sent."""
        self._held += data
        self._came.set()

    async def read(self, size: int) -> bytes:
        """What is there, at least one byte; b"" at the end."""
        while not self._held:
            if self.ended:
                return b""
            self._came.clear()
            await self._came.wait()
        data, self._held = self._held[:size], self._held[size:]
        return data

    def write(self, data: bytes) -> None:
        """Hand over now; a socket that is gone is noticed by the reader."""
        if not self.ended:
            twin_bridge.send(self._socket, binascii.hexlify(data).decode())

    def pump(self) -> bool:
        """True: the browser keeps what the socket would not take."""
        return True

    def close(self) -> None:
        """At once and without a farewell."""
        self.ended = True
        twin_bridge.close(self._socket)
        self._came.set()
