"""A TCP stream, plain or TLS, with the same four verbs on both interpreters. Nothing here ever blocks the loop.

MicroPython's own `open_connection` is not used: it neither closes the socket of a connect that timed out (a file
descriptor lost per try) nor turns Nagle's algorithm off, which costs 40 ms a message.
"""

import asyncio
import errno
import socket

from .clock import MICROPYTHON, Clock, sleep_ms

_TCP = 6
_TCP_NODELAY = 1
_POLL_MS = 5


async def resolve(host: str, port: int):
    """The numeric address, to be kept: asking a name server blocks a MicroPython loop."""
    if MICROPYTHON:
        return socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)[0][-1]
    from .cpython_stream import resolve_on_cpython  # never on a board, where it would only take heap

    return await resolve_on_cpython(host, port)


async def open_stream(address, timeout_ms: int, tls=None, server_name: "str | None" = None):
    """A stream to `address`, or OSError; `tls` is an SSLContext, whose handshake goes on while the first bytes wait."""
    if MICROPYTHON:
        return await _open_on_micropython(address, timeout_ms, tls, server_name)
    from .cpython_stream import open_on_cpython

    return await open_on_cpython(address, timeout_ms, tls, server_name)


class _MicropythonStream:
    def __init__(self, sock):
        self._sock = sock
        self._reader = asyncio.StreamReader(sock)
        self._waiting = []

    async def read(self, size: int) -> bytes:
        return await self._reader.read(size)

    def write(self, data: bytes) -> None:
        self._waiting.append(data)
        self.pump()

    def pump(self) -> bool:
        while self._waiting:
            # always the very same bytes again: a TLS write that was put off must be repeated as it was
            done = self._sock.write(self._waiting[0])
            if done is None:
                return False
            if done < len(self._waiting[0]):
                self._waiting[0] = self._waiting[0][done:]
            else:
                self._waiting.pop(0)
        return True

    def close(self) -> None:
        self._sock.close()


async def _open_on_micropython(address, timeout_ms: int, tls, server_name: "str | None"):
    plain = socket.socket()
    try:
        plain.setblocking(False)
        plain.setsockopt(_TCP, _TCP_NODELAY, 1)
        try:
            plain.connect(address)
        except OSError as error:
            if error.errno != errno.EINPROGRESS:
                raise
        await _writable(plain, timeout_ms)
        if tls is None:
            return _MicropythonStream(plain)
        wrapped = tls.wrap_socket(plain, server_hostname=server_name, do_handshake_on_connect=False)
        wrapped.setblocking(False)
        return _MicropythonStream(wrapped)
    except BaseException:  # a cancelled connect must give its socket back too
        plain.close()
        raise


async def _writable(connecting, timeout_ms: int) -> None:
    import select  # CPython's `select` is not needed, and `poll` is absent on some of its platforms

    poller = select.poll()
    poller.register(connecting, select.POLLOUT)
    clock = Clock()
    while True:
        for _, flags in poller.poll(0):
            if flags & (select.POLLERR | select.POLLHUP):
                raise OSError(errno.ECONNREFUSED, "refused")
            if flags & select.POLLOUT:
                return
        if clock.now_ms() >= timeout_ms:
            raise OSError(errno.ETIMEDOUT, "no answer to the connect")
        await sleep_ms(_POLL_MS)


def tls_context(ca: str, cert: "str | None" = None, key: "str | None" = None):
    """A context that always verifies the peer against the PEM file `ca`, and shows our certificate where there is one."""
    if not MICROPYTHON:
        from .cpython_stream import context_on_cpython

        return context_on_cpython(ca, cert, key)
    import tls  # absent on CPython

    context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
    context.verify_mode = tls.CERT_REQUIRED  # pyright: ignore[reportAttributeAccessIssue] - a gap in the stubs
    context.load_verify_locations(_bytes(ca))
    if cert and key:
        context.load_cert_chain(_bytes(cert), _bytes(key))
    return context


def _bytes(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
