"""A broker that misbehaves as told: every connection is given to the next act of the script, the last one for ever."""

import socket
import threading
from collections.abc import Callable
from typing import Self

CONNACK = b"\x20\x02\x00\x00"
SESSION_PRESENT = b"\x20\x02\x01\x00"
SUBACK = b"\x90\x03\x00\x01\x01"

Act = Callable[[socket.socket], None]


class ScriptedBroker:
    """Listens on loopback; `connections` counts the calls."""

    def __init__(self, *acts: Act) -> None:
        self._acts = acts
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.connections = 0
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # the test is over
            act = self._acts[min(self.connections, len(self._acts) - 1)]
            self.connections += 1
            with connection:
                connection.settimeout(5)
                try:
                    act(connection)
                except OSError:
                    pass  # the node has hung up, as it should


def say(*answers: bytes) -> Act:
    """Read the CONNECT, send these bytes, and listen until the node hangs up."""

    def act(connection: socket.socket) -> None:
        connection.recv(4096)
        for answer in answers:
            connection.sendall(answer)
        linger(connection)

    return act


def linger(connection: socket.socket) -> None:
    """Listen and say nothing until the node hangs up."""
    while connection.recv(4096):
        pass


def hang_up(connection: socket.socket) -> None:
    """Close at once."""


def published(topic: str, payload: bytes, first: int = 0x32, packet_id: int = 7) -> bytes:
    """A PUBLISH with QoS 1 and, by `first`, whatever flags."""
    name = topic.encode()
    body = len(name).to_bytes(2, "big") + name + packet_id.to_bytes(2, "big") + payload
    head = bytes([first])
    length = len(body)
    while length > 127:
        head += bytes([length & 127 | 128])
        length >>= 7
    return head + bytes([length]) + body
