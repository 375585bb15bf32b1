"""The node's own MQTT 3.1.1 client: one session after another, for ever, whatever goes wrong.

One write per packet, TCP_NODELAY, at most 8 unacknowledged. A broker that answers neither ping nor PUBLISH within
`answer_ms` is dead. Every error ends the session and is waited out, never raised: a bad certificate is a ValueError on
MicroPython, and a node that dies of one never comes back.
"""

import asyncio

from .clock import wait_ms
from .mqtt_packets import (
    CONNACK,
    PINGREQ,
    PINGRESP,
    PUBACK,
    PUBLISH,
    SUBACK,
    PacketReader,
    ProtocolError,
    Published,
    connect,
    puback,
    publish,
    subscribe,
)
from .tcp_stream import open_stream, resolve

WINDOW = 8
KEEPALIVE_S = 15
_READ = 512
_PUMP_MS = 5
_REFUSED = ("", "protocol version", "client id", "broker unavailable", "user or password", "not allowed")
_RESOLVE_AGAIN = 5  # failed connects before the name is asked for anew
_NUMERIC = "0123456789."  # an address of these alone is no name: nothing to look up


class MqttClient:
    """`owner` is told: will() -> (topic, payload) before each connect, up(), down(reason),
    unreachable(reason), message(topic, payload, retained), free() when the window opens again, and asked is_urgent() (do not wait long) and is_calm() (a blocking
    look-up would not be heard)."""

    def __init__(self, settings, clock, backoff, owner, subscription: str, tls=None):
        self._settings = settings
        self._clock = clock
        self._backoff = backoff
        self._owner = owner
        self._subscription = subscription
        self._tls = tls
        self._address = None
        self._failures = 0
        self._stream = None
        self._in_flight = {}  # packet id: when sent
        self._packet_id = 0
        self._heard = 0
        self._said = 0
        self._ping_sent = None
        self._wake = asyncio.Event()  # the keeper's: a deadline moved, or the reader ended
        self._hurry = asyncio.Event()  # ends a back-off
        self._ended = None
        self.connected = False
        self.reason = None  # why the last session ended

    async def run(self) -> None:
        """Connect, serve, wait, and again; returns only by cancellation."""
        while True:
            stood = False
            try:
                await self._session()
            except Exception as error:
                self.reason = type(error).__name__ + ": " + str(error)
            finally:
                stood = self.connected
                self._close()
            if stood:
                self._backoff.lost()
                self._owner.down(self.reason)
            else:
                self._owner.unreachable(self.reason)
            self._hurry.clear()
            await wait_ms(self._hurry, self._backoff.next_ms(self._owner.is_urgent()))

    def hurry(self) -> None:
        """End a wait for the next try: something urgent is there."""
        self._hurry.set()

    def room(self) -> int:
        """How many more PUBLISH the window takes now; 0 while not connected."""
        return WINDOW - len(self._in_flight) if self.connected else 0

    def publish(self, topic: str, payload: bytes, retain: bool) -> bool:
        """Hand a QoS 1 PUBLISH to the socket now; False when there is no session or no room."""
        if self.room() <= 0:
            return False
        packet_id = self._next_id()
        self._in_flight[packet_id] = self._clock.now_ms()
        self._write(publish(topic, payload, packet_id, retain))
        self._wake.set()
        return True

    async def _session(self) -> None:
        stream = await self._open()
        self._stream = stream
        self._failures = 0
        now = self._clock.now_ms()
        self._heard = self._said = now
        self._ended = None
        self._ping_sent = now  # the CONNACK is awaited like the answer to a ping
        settings = self._settings
        self._write(connect(settings.node, settings.password, KEEPALIVE_S, self._owner.will()))
        reading = asyncio.create_task(self._read(stream))
        try:
            await self._keep(stream)
        finally:
            reading.cancel()

    async def _open(self):
        settings = self._settings
        if self._address is None or self._failures >= _RESOLVE_AGAIN:
            if settings.host.strip(_NUMERIC) == "" or self._owner.is_calm():
                self._address = await resolve(settings.host, settings.port)
                self._failures = 0
            elif self._address is None:
                raise OSError("the broker's name waits until nobody would notice the look-up")
        self._failures += 1
        name = settings.tls.get("server_name", settings.host) if settings.tls else None
        return await open_stream(self._address, settings.answer_ms, self._tls, name)

    async def _read(self, stream) -> None:
        """The reader task: ends with the session's end in `_ended`, and never raises."""
        try:
            reader = PacketReader()
            while True:
                data = await stream.read(_READ)
                if not data:
                    raise OSError("the broker closed the connection")
                self._heard = self._clock.now_ms()
                for packet in reader.feed(data):
                    self._take(packet)
        except Exception as error:
            self._ended = error
        self._wake.set()

    async def _keep(self, stream) -> None:
        """Watch over the deadlines until the session is over, then raise why."""
        settings = self._settings
        while True:
            if self._ended is not None:
                raise self._ended
            now = self._clock.now_ms()
            if self._ping_sent is None and now - min(self._heard, self._said) >= settings.ping_ms:
                self._ping_sent = now
                self._write(PINGREQ)
            waiting = list(self._in_flight.values())
            if self._ping_sent is not None:
                waiting.append(self._ping_sent)
            overdue = min(waiting) + settings.answer_ms if waiting else None
            if overdue is not None and now >= overdue:
                raise OSError("the broker does not answer")
            ping = min(self._heard, self._said) + settings.ping_ms if self._ping_sent is None else None
            self._wake.clear()
            pause = min([deadline for deadline in (overdue, ping) if deadline is not None]) - now
            if not stream.pump():
                pause = min(pause, _PUMP_MS)
            await wait_ms(self._wake, pause)

    def _take(self, packet) -> None:
        if not self.connected:
            self._welcome(packet)
        elif packet.kind == PUBLISH:
            self._deliver(Published(packet))
        elif packet.kind == PUBACK:
            self._in_flight.pop(int.from_bytes(packet.body[:2], "big"), None)
            self._owner.free()
        elif packet.kind == PINGRESP:
            self._ping_sent = None
        elif packet.kind == SUBACK:
            if packet.body[2:] != b"\x01":
                raise ProtocolError("the broker refuses the subscription")
        else:
            raise ProtocolError("a packet that a broker does not send")

    def _welcome(self, packet) -> None:
        # Session Present (the first byte) is not looked at: we subscribe in either case
        if packet.kind != CONNACK or len(packet.body) != 2:
            raise ProtocolError("no CONNACK")
        code = packet.body[1]
        if code:
            raise OSError("the broker refuses us: " + (_REFUSED[code] if code < len(_REFUSED) else str(code)))
        self._ping_sent = None
        self._in_flight = {}
        self.connected = True
        self._write(subscribe(self._subscription, self._next_id()))
        self._owner.up()  # may publish at once: the broker reads the subscription first

    def _deliver(self, message: Published) -> None:
        try:
            self._owner.message(message.topic, message.payload, message.retained)
        finally:
            if message.packet_id is not None:
                self._write(puback(message.packet_id))

    def _write(self, data: bytes) -> None:
        self._said = self._clock.now_ms()
        try:
            if self._stream is not None:
                self._stream.write(data)
        except OSError as error:
            self._ended = error
            self._wake.set()

    def _next_id(self) -> int:
        while True:
            self._packet_id = self._packet_id % 65535 + 1
            if self._packet_id not in self._in_flight:
                return self._packet_id

    def _close(self) -> None:
        self.connected = False
        self._in_flight = {}
        self._ping_sent = None
        stream, self._stream = self._stream, None
        if stream is not None:
            try:
                stream.close()
            except OSError:
                pass  # it is closed, one way or the other
