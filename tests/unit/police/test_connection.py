"""One attempt at one document, against recipients that misbehave on a real socket."""

import asyncio
import gzip
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from kentongan_server.outbound.police.connection import open_connections, post_once
from kentongan_server.ports.responder import DeliveryError

Speak = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def recipient(speak: Speak) -> AsyncIterator[tuple[str, list[int]]]:
    """Its address, and one entry per connection it saw."""
    seen: list[int] = []

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(1)
        try:
            await speak(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", seen


def saying(answer: bytes, then_wait: bool = False) -> Speak:
    """Reads a request, says this, and closes or falls silent."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        if then_wait:
            await reader.read()

    return speak


async def attempt(url: str, seconds: float = 5) -> None:
    async with open_connections() as connections:
        await post_once(connections, url, b"x", {}, seconds)


@pytest.mark.parametrize("status", ["200 OK", "201 Created", "202 Accepted", "204 No Content"])
async def test_a_whole_2xx_answer_is_the_end_of_it(status: str) -> None:
    async with recipient(saying(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())) as (url, _seen):
        await attempt(url)


@pytest.mark.parametrize("status", ["301 Moved", "400 Bad", "401 No", "422 No", "500 Oops", "503 Busy"])
async def test_any_other_answer_is_a_failed_attempt_that_says_which(status: str) -> None:
    head = f"HTTP/1.1 {status}\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"
    async with recipient(saying(head.encode())) as (url, _seen):
        with pytest.raises(DeliveryError, match=status[:3]):
            await attempt(url)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x00\xff\x13 nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n" + b"x" * 70000,
    ],
    ids=["nothing", "noise", "half", "half a chunk", "too much"],
)
async def test_half_an_answer_or_nonsense_is_no_answer(answer: bytes) -> None:
    async with recipient(saying(answer)) as (url, _seen):
        with pytest.raises(DeliveryError):
            await attempt(url)


async def test_a_packed_answer_is_counted_as_it_travels_and_never_unpacked() -> None:
    bomb = gzip.compress(bytes(40 * 1024 * 1024))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    async with recipient(saying(head + bomb)) as (url, _seen):
        tracemalloc.start()
        await attempt(url)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert len(bomb) < 64 * 1024
    assert peak < 4 * 1024 * 1024


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"])
async def test_silence_ends_the_attempt_in_time(answer: bytes) -> None:
    async with recipient(saying(answer, then_wait=True)) as (url, _seen):
        with pytest.raises(DeliveryError, match=r"within 0\.2 seconds"):
            await attempt(url, seconds=0.2)


async def test_an_answer_that_drips_does_not_outlast_the_attempt() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with recipient(drip) as (url, _seen):
        with pytest.raises(DeliveryError, match=r"within 0\.2 seconds"):
            await attempt(url, seconds=0.2)


async def test_nobody_listening_is_a_failed_attempt() -> None:
    async with recipient(saying(b"")) as (url, _seen):
        pass
    with pytest.raises(DeliveryError, match="could not be reached"):
        await attempt(url)


async def test_one_connection_serves_many_documents() -> None:
    async def polite(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(1)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    async with recipient(polite) as (url, seen):
        async with open_connections() as connections:
            for _ in range(5):
                await post_once(connections, url, b"x", {})
        assert len(seen) == 1
