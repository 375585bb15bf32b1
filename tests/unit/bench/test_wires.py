"""What the load generators say and hear, byte by byte; a real Mosquitto and the real servers judge them in every run."""

import asyncio
import re
from pathlib import Path

import pytest
from bench.load import Connection, LoadError, new_ulid, post
from bench.machine import MachineError, assert_on_disk
from bench.mqtt_wire import Wire


class Pipe(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()

    def write(self, data: bytes) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        self.written += b"<closed>"


async def test_a_publication_in_pieces_is_heard_once_and_acknowledged() -> None:
    heard: list[tuple[str, bytes]] = []
    pipe, wire = Pipe(), Wire("ktg-1", "secret", "down/#", lambda topic, payload: heard.append((topic, payload)))
    wire.connection_made(pipe)
    pipe.written.clear()
    payload = b"x" * 200  # a length of two bytes
    body = b"\x00\x04down\x00\x09" + payload
    packet = b"\x32" + bytes([len(body) & 0x7F | 0x80, len(body) >> 7]) + body
    for place in range(len(packet)):
        wire.data_received(packet[place : place + 1])
    assert heard == [("down", payload)]
    assert bytes(pipe.written) == b"\x40\x02\x00\x09"


async def test_a_login_is_followed_by_its_subscription() -> None:
    pipe, wire = Pipe(), Wire("ktg-1", "secret", "down/#", lambda *_: None)
    wire.connection_made(pipe)
    assert bytes(pipe.written) == b"\x10\x20\x00\x04MQTT\x04\xc2\x00\x3c\x00\x05ktg-1\x00\x05ktg-1\x00\x06secret"
    pipe.written.clear()
    wire.data_received(b"\x20\x02\x00\x00")
    assert bytes(pipe.written) == b"\x82\x0b\x00\x02\x00\x06down/#\x01"
    wire.data_received(b"\x90\x03\x00\x02\x01")
    assert wire.ready.done()


async def test_a_connection_gives_status_and_body_of_an_answer_in_pieces() -> None:
    connection, pipe = Connection(), Pipe()
    connection.connection_made(pipe)
    asked = asyncio.create_task(connection.ask(post("/reports", b"{}", "token")))
    await asyncio.sleep(0)
    assert bytes(pipe.written).startswith(b"POST /reports HTTP/1.1\r\n")
    assert b"\r\nAuthorization: Bearer token\r\n" in pipe.written
    answer = b'HTTP/1.1 201 Created\r\ncontent-length: 9\r\n\r\n{"id": 1}'
    for place in range(len(answer)):
        connection.data_received(answer[place : place + 1])
    assert await asked == (201, b'{"id": 1}')


async def test_a_server_that_hangs_up_is_no_slow_answer() -> None:
    connection = Connection()
    connection.connection_made(Pipe())
    asked = asyncio.create_task(connection.ask(b"GET / HTTP/1.1\r\n\r\n"))
    await asyncio.sleep(0)
    connection.connection_lost(None)
    with pytest.raises(LoadError):
        await asked


def test_ids_are_ulids_and_never_the_same() -> None:
    made = {new_ulid() for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", each) for each in made)


def test_a_disk_in_memory_gives_no_figure() -> None:
    shared = Path("/dev/shm")  # noqa: S108  # the one tmpfs that every Linux has
    with pytest.raises(MachineError, match="--folder"):
        assert_on_disk(shared)
