"""The server's one connection to the broker, and the only file that drives paho.

paho runs in the event loop, without a thread of its own: two threads that pass each message to and fro spend more on the
interpreter's lock than on the message (docs/decisions/0021). Only finding the broker may block, and happens elsewhere.

A report is acknowledged to the broker only when the receiver says so, after its transaction is durable. A state is acknowledged
as it arrives: the broker retains it and says it again to a server that begins anew, and a crowd of unacknowledged ones would
hold up the reports behind them (it sends so many and then waits). TCP_NODELAY is set: without it an answer waits 40 ms.

What a whole city says, or is told, comes in small portions, so that the event loop always has time for one RT's press. What
kentongan say of themselves waits while a whole city is being told.
"""

import asyncio
import random
import secrets
import socket
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import structlog
from paho.mqtt.client import MQTT_ERR_SUCCESS, Client, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from kentongan_contract.topics import EVERY_UP
from kentongan_server.outbound.mqtt.arrivals import REPORTS, Arrivals
from kentongan_server.ports.sounder import LinkDownError

PUBACK_PATIENCE_S = 5.0
KEEPALIVE_S = 15
RECONNECT_S = 1.0
TEND_S = 1.0
REST_S = 0.25
IN_FLIGHT = 1000
PORTION = 16  # messages between two looks at what else waits
WINDOW = 256  # of a burst, unacknowledged at one time: a single message waits behind no more

Receiver = Callable[[str, bytes, bool, Callable[[], None]], None]

log = structlog.get_logger()


class BrokerLink:
    """Connects, reconnects by itself, subscribes to what nodes say, and publishes with an awaited PUBACK."""

    def __init__(self, host: str, port: int, username: str, password: str) -> None:
        self._address = (host, port)
        self._receive: Receiver | None = None
        self._waiting: dict[int, Callable[[bool], None]] = {}  # by message: who hears whether it was acknowledged
        self._arrivals: Arrivals[MQTTMessage] = Arrivals(time.monotonic)
        self._is_woken = False
        self._turn = asyncio.Lock()  # one large burst at a time: together they would fill the line for single messages
        self._rests_until = 0.0
        self._lost = asyncio.Event()
        self._leaving = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None
        self._writes = False
        client = f"{username}-{secrets.token_hex(4)}"  # a second server must not throw the first one out
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=client, protocol=MQTTv311, manual_ack=True)
        self._client.username_pw_set(username, password)
        self._client.max_inflight_messages_set(IN_FLIGHT)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message
        self._client.on_publish = self._on_publish
        self._client.on_socket_open = _no_delay
        self._client.on_socket_close = self._on_socket_close
        self.connected = False
        self._connected_at = 0.0

    def start(self, receive: Receiver) -> None:
        """Begin to connect and go on for ever; messages go to `receive(topic, payload, retained, acknowledge)`."""
        self._receive = receive
        self._keeping = asyncio.get_running_loop().create_task(self._keep_connected())

    async def stop(self) -> None:
        """Leave in peace."""
        self._leaving.set()
        if self._keeping is not None:
            await self._keeping

    def connected_for(self, now: float) -> float:
        """Seconds since the broker was found, 0 while it is away; `now` as time.monotonic() tells it."""
        return now - self._connected_at if self.connected else 0.0

    def behind(self) -> float:
        """How many seconds what kentongan say of themselves has waited to be read: 0 while we keep up."""
        return self._arrivals.behind()

    async def publish(self, topic: str, payload: bytes) -> None:
        """Send with QoS 1, never retained; LinkDownError when the broker did not take it."""
        if not await self.publish_all([(topic, payload)]):
            raise LinkDownError("the broker is away" if not self.connected else "the broker does not answer")

    async def publish_all(self, messages: Iterable[tuple[str, bytes]]) -> list[int]:
        """Send many as `publish` does, drawing them one by one; the places of those that the broker took."""
        burst = _Burst()
        try:
            await self._draw(messages, burst)
            await burst.wait(0)
        finally:
            if burst.is_large:
                self._turn.release()
                self._rest()
        for mid in burst.under_way:
            self._waiting.pop(mid, None)
        return burst.taken

    async def _draw(self, messages: Iterable[tuple[str, bytes]], burst: "_Burst") -> None:
        for place, (topic, payload) in enumerate(messages):
            if place == PORTION:
                await self._turn.acquire()
                burst.is_large = True
            if place and place % PORTION == 0:
                await asyncio.sleep(0)
            if len(burst.under_way) >= WINDOW and not await burst.wait(WINDOW // 2):
                break
            if not self.connected:
                break
            sent = self._client.publish(topic, payload, qos=1, retain=False)
            if sent.rc != MQTT_ERR_SUCCESS:
                break
            self._waiting[sent.mid] = burst.sent(sent.mid, place)
            self._write_on()

    def _rest(self) -> None:
        """A city is told in several bursts: what kentongan say waits a moment more, until surely none follows."""
        self._rests_until = time.monotonic() + REST_S
        asyncio.get_running_loop().call_later(REST_S * 1.01, self._wake)

    async def _keep_connected(self) -> None:
        while not self._leaving.is_set():
            try:
                if await self._connect():
                    await self._tend()
            except Exception:
                log.exception("broker_link_failed")  # a server without its line to the sirens must go on trying
                self._client.disconnect()
            await _set_within(self._leaving, RECONNECT_S * (1 + random.random()))  # noqa: S311  # spread, not secret
        self._client.disconnect()

    async def _connect(self) -> bool:
        """Find the broker and greet it; its answer comes as `_on_connect`."""
        self._lost.clear()
        try:
            await asyncio.to_thread(self._client.connect, *self._address, KEEPALIVE_S)
        except OSError as error:
            log.warning("broker_not_found", reason=str(error))
            return False
        connection = self._client.socket()
        if connection is None:
            return False
        asyncio.get_running_loop().add_reader(connection, self._read)
        return True

    async def _tend(self) -> None:
        """Ask for signs of life until the connection is lost, or we leave."""
        while not self._leaving.is_set() and not self._lost.is_set():
            self._client.loop_misc()
            self._write_on()
            await _set_within(self._lost, TEND_S)

    def _read(self) -> None:
        self._client.loop_read()
        self._write_on()

    def _write_on(self) -> None:
        """Write what waits; what the line cannot take now follows when it can."""
        if self._client.want_write():
            self._client.loop_write()
        connection, more = self._client.socket(), self._client.want_write()
        if connection is not None and more is not self._writes:
            loop = asyncio.get_running_loop()
            if more:
                loop.add_writer(connection, self._write_on)
            else:
                loop.remove_writer(connection)
            self._writes = more

    def _on_socket_close(self, _client: Client, _data: Any, connection: Any) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return  # while connecting, elsewhere: nobody listened to it yet
        loop.remove_reader(connection)
        if self._writes:
            loop.remove_writer(connection)
            self._writes = False

    def _on_connect(self, client: Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        if reason.is_failure:
            log.error("broker_refused", reason=str(reason), mend="check the server's user name and password")
            return
        client.subscribe(EVERY_UP, qos=1)
        self.connected = True
        self._connected_at = time.monotonic()

    def _on_disconnect(self, _client: Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        log.warning("broker_lost", reason=str(reason))
        self.connected = False
        self._lost.set()
        waiting, self._waiting = self._waiting, {}
        for tell in waiting.values():
            tell(False)

    def _on_message(self, client: Client, _data: Any, message: MQTTMessage) -> None:
        if not message.topic.endswith(REPORTS):
            client.ack(message.mid, message.qos)
        self._arrivals.add(message)
        self._wake()

    def _on_publish(self, _client: Client, _data: Any, mid: int, _reason: ReasonCode, _properties: Any) -> None:
        tell = self._waiting.pop(mid, None)
        if tell is not None:
            tell(True)

    def _wake(self) -> None:
        """One look for however many messages."""
        if not self._is_woken:
            self._is_woken = True
            asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        """Hand over a portion of what has arrived, and come again for the rest once others had their turn."""
        self._is_woken = False
        if self._leaving.is_set():
            return  # what was not read has no receipt and is said again
        for _ in range(PORTION):
            following = self._arrivals.following(states=not self._is_telling_a_city())
            if following is None:
                return
            self._hand_over(*following)
        self._wake()

    def _is_telling_a_city(self) -> bool:
        return self._turn.locked() or time.monotonic() < self._rests_until

    def _hand_over(self, message: MQTTMessage, was_read: Callable[[], None] | None) -> None:
        def acknowledge() -> None:
            if was_read is not None:
                was_read()
                self._wake()
                return
            result = self._client.ack(message.mid, message.qos)
            if result is not MQTTErrorCode.MQTT_ERR_SUCCESS:
                log.info("puback_lost", reason=str(result))  # the broker sends the message again

        if self._receive is not None:
            self._receive(message.topic, bytes(message.payload), message.retain, acknowledge)


class _Burst:
    """Messages sent together: which are under way, and the places of those that were taken."""

    def __init__(self) -> None:
        self.under_way: set[int] = set()
        self.taken: list[int] = []
        self.is_large = False
        self._most = 0
        self._calm: asyncio.Future[None] | None = None

    def sent(self, mid: int, place: int) -> Callable[[bool], None]:
        """One more is under way; what is returned is told how it ended."""
        self.under_way.add(mid)

        def tell(was_taken: bool) -> None:
            self.under_way.discard(mid)
            if was_taken:
                self.taken.append(place)
            if self._calm is not None and not self._calm.done() and len(self.under_way) <= self._most:
                self._calm.set_result(None)

        return tell

    async def wait(self, most: int) -> bool:
        """Until no more than `most` are under way; False when the broker takes too long."""
        deadline = asyncio.get_running_loop().time() + PUBACK_PATIENCE_S
        while len(self.under_way) > most:
            self._most = most
            self._calm = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout_at(deadline):
                    await self._calm
            except TimeoutError:
                return False
        return True


async def _set_within(event: asyncio.Event, seconds: float) -> None:
    """Until it is set, and no longer than this."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


def _no_delay(_client: Client, _data: Any, connection: Any) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
