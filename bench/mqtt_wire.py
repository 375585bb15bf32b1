"""As much MQTT 3.1.1 as a load generator needs: log in, subscribe, publish with QoS 1, acknowledge at once.

A thousand real nodes do not fit beside a server on two cores; one of these costs a few microseconds a message.
"""

import asyncio
from collections.abc import Callable
from typing import cast

CONNACK, PUBLISH, PUBACK, SUBACK, PINGRESP = 2, 3, 4, 9, 13
KEEPALIVE_S = 60

Heard = Callable[[str, bytes], None]


class WireError(ConnectionError):
    """The broker did not do as the protocol says; the text is one sentence."""


class Wire(asyncio.Protocol):
    """One connection. `heard(topic, payload)` is called for every publication, which is acknowledged after it."""

    def __init__(self, name: str, password: str, subscription: str, heard: Heard) -> None:
        self._login = (name, password)
        self._subscription = subscription
        self._heard = heard
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._mid = 1
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport = cast("asyncio.Transport", transport)
        self._transport = transport
        name, password = self._login
        fields = (b"MQTT", None, name.encode(), name.encode(), password.encode())
        head = b"\x04\xc2" + KEEPALIVE_S.to_bytes(2, "big")
        body = b"".join(head if field is None else _field(field) for field in fields)
        transport.write(_packet(0x10, body))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (packet := _take(self._buffer)) is not None:
            self._packet(*packet)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        if not self.ready.done():
            self.ready.set_exception(WireError(f"The broker closed the connection of {self._login[0]}."))

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Say it with QoS 1; the acknowledgement is read and not asked for."""
        if self._transport is None:
            raise WireError("The connection is not open yet.")
        if self._transport.is_closing():
            return  # a kentongan that is being put away may still have a siren to end
        body = _field(topic.encode()) + self._next_mid() + payload
        self._transport.write(_packet(0x33 if retain else 0x32, body))

    def ping(self) -> None:
        """Keep the connection."""
        if self._transport is not None:
            self._transport.write(b"\xc0\x00")

    def close(self) -> None:
        """Leave in peace."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(b"\xe0\x00")
            self._transport.close()

    def _packet(self, head: int, body: bytes) -> None:
        kind = head >> 4
        if kind == PUBLISH:
            length = int.from_bytes(body[:2], "big")
            topic, rest = body[2 : 2 + length].decode(), body[2 + length :]
            if head & 0x06:
                self._heard(topic, rest[2:])
                assert self._transport is not None
                self._transport.write(b"\x40\x02" + rest[:2])
            else:
                self._heard(topic, rest)
        elif kind == CONNACK:
            if body[1] != 0:
                raise WireError(f"The broker refused {self._login[0]} with code {body[1]}.")
            assert self._transport is not None
            self._transport.write(_packet(0x82, self._next_mid() + _field(self._subscription.encode()) + b"\x01"))
        elif kind == SUBACK and not self.ready.done():
            self.ready.set_result(None)

    def _next_mid(self) -> bytes:
        self._mid = self._mid % 65_535 + 1
        return self._mid.to_bytes(2, "big")


async def connect(host: str, port: int, wire: Wire) -> None:
    """Open the connection; returns when the subscription stands."""
    await asyncio.get_running_loop().create_connection(lambda: wire, host, port)
    await asyncio.wait_for(wire.ready, 30.0)


def _field(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def _packet(head: int, body: bytes) -> bytes:
    length, size = len(body), bytearray()
    while True:
        length, low = length >> 7, length & 0x7F
        size.append(low | 0x80 if length else low)
        if not length:
            return bytes([head]) + bytes(size) + body


def _take(buffer: bytearray) -> tuple[int, bytes] | None:
    """The first whole packet, taken out of the buffer; None when it is not all there."""
    length = 0
    for place in range(1, 5):
        if len(buffer) <= place:
            return None
        length |= (buffer[place] & 0x7F) << 7 * (place - 1)
        if not buffer[place] & 0x80:
            break
    else:
        raise WireError("The broker sent a packet without end.")
    end = place + 1 + length
    if len(buffer) < end:
        return None
    head, body = buffer[0], bytes(buffer[place + 1 : end])
    del buffer[:end]
    return head, body
