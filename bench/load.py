"""The HTTP load: kept connections, one request at a time on each, written by hand because a client library costs more
than the server it measures. It shares the machine's cores with what it measures.
"""

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import cast

PATIENCE_S = 30.0
Answer = tuple[int, bytes]
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class LoadError(Exception):
    """The server under load did not speak HTTP as expected."""


@dataclass(slots=True)
class Outcome:
    """What came back. `taken` holds the ids answered 201 or 202, times are `time.perf_counter` seconds.

    `about` names what the devices will hear of: the incident where the answer names one, else the report itself.
    """

    taken: dict[str, float] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)
    began: dict[str, float] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.taken) / self.seconds if self.seconds else 0.0

    @property
    def waits_ms(self) -> list[float]:
        """From request to answer, of each that was taken."""
        return [(at - self.began[id]) * 1000 for id, at in self.taken.items()]


class Connection(asyncio.Protocol):
    """One kept connection; `ask` sends a request and waits for its status."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._waiting: asyncio.Future[Answer] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport = cast("asyncio.Transport", transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        end = head + 4 + _length(bytes(self._buffer[:head]))
        if len(self._buffer) < end:
            return
        answer = (int(self._buffer[9:12]), bytes(self._buffer[head + 4 : end]))
        del self._buffer[:end]
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(LoadError("The server closed a connection in the middle of a request."))

    async def ask(self, request: bytes) -> Answer:
        """Status and body of the answer to `request`."""
        if self._transport is None or self._transport.is_closing():
            raise LoadError("The server closed a kept connection.")
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        """Close it."""
        if self._transport is not None:
            self._transport.close()


Request = Callable[[], tuple[str, bytes]]


async def saturate(port: int, clients: int, seconds: float, most: int, request: Request) -> Outcome:
    """Closed loop: each client asks again as soon as it is answered, for `seconds` or `most` requests in all."""
    outcome = Outcome()
    connections = await _open(port, clients)
    left = iter(range(most))
    begun = time.perf_counter()
    stop = begun + seconds

    async def client(connection: Connection) -> None:
        while time.perf_counter() < stop and next(left, None) is not None:
            await _ask(connection, request, outcome, None)

    try:
        async with asyncio.timeout(seconds + PATIENCE_S):
            await asyncio.gather(*map(client, connections))
        outcome.seconds = time.perf_counter() - begun
    finally:
        for connection in connections:
            connection.close()
    return outcome


async def at_rate(port: int, rate: float, count: int, request: Request, clients: int = 32) -> Outcome:
    """Open loop: `count` requests, each due at its time whatever became of the others, and timed from then."""
    outcome = Outcome()
    idle = asyncio.Queue[Connection]()
    connections = await _open(port, clients)
    for connection in connections:
        idle.put_nowait(connection)

    async def one(due: float) -> None:
        connection = await idle.get()
        await _ask(connection, request, outcome, due)
        idle.put_nowait(connection)

    begun = time.perf_counter()
    try:
        asked = [asyncio.create_task(one(due)) async for due in ticks(rate, count)]
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(*asked)
        outcome.seconds = time.perf_counter() - begun
    finally:
        for connection in connections:
            connection.close()
    return outcome


async def ticks(rate: float, count: int) -> AsyncIterator[float]:
    """`count` moments, `rate` a second; yields each when it has come, as the moment it was due."""
    begun = time.perf_counter()
    for index in range(count):
        due = begun + index / rate
        wait = due - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        yield due


def post(path: str, body: bytes, token: str | None = None) -> bytes:
    """A POST of JSON as it travels."""
    bearer = f"Authorization: Bearer {token}\r\n" if token else ""
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\n{bearer}Content-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def new_ulid() -> str:
    """A fresh ULID."""
    value = int(time.time() * 1000) << 80 | int.from_bytes(os.urandom(10), "big")
    return "".join(_CROCKFORD[value >> shift & 31] for shift in range(125, -1, -5))


async def _open(port: int, clients: int) -> list[Connection]:
    loop = asyncio.get_running_loop()
    opened = [await loop.create_connection(Connection, "127.0.0.1", port) for _ in range(clients)]
    return [connection for _, connection in opened]


async def _ask(connection: Connection, request: Request, outcome: Outcome, due: float | None) -> None:
    id, data = request()
    outcome.began[id] = time.perf_counter() if due is None else due
    status, body = await connection.ask(data)
    outcome.statuses[status] += 1
    if status in (201, 202):
        outcome.taken[id] = time.perf_counter()
        outcome.about[id] = json.loads(body).get("incident", id)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise LoadError("An answer came without its length.")
