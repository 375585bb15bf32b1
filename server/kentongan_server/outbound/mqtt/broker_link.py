"""The server's one connection to the broker, and the only file that knows paho.

paho runs its own thread; everything of ours happens in the event loop. A message is acknowledged to the broker only
when the receiver says so, after its transaction is durable. TCP_NODELAY is set: without it an answer waits 40 ms.

What a whole city says, or is told, comes in small portions, so that the event loop always has time for one RT's press. Of what
has arrived reports go first; what kentongan say of themselves waits while a whole city is being told.
"""

import asyncio
import secrets
import socket
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from paho.mqtt.client import MQTT_ERR_SUCCESS, Client, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from kentongan_contract.messages import Report
from kentongan_contract.topics import EVERY_UP
from kentongan_server.ports.sounder import LinkDownError

PUBACK_PATIENCE_S = 5.0
KEEPALIVE_S = 15
IN_FLIGHT = 1000
PORTION = 16  # messages between two looks at what else waits
WINDOW = 256  # of a burst, unacknowledged at one time: a single message waits behind no more

REPORTS = f"/{Report.KIND}"

Receiver = Callable[[str, bytes, bool, Callable[[], None]], None]

log = structlog.get_logger()


class BrokerLink:
    """Connects, reconnects by itself, subscribes to what nodes say, and publishes with an awaited PUBACK."""

    def __init__(self, host: str, port: int, username: str, password: str) -> None:
        self._address = (host, port)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._receive: Receiver | None = None
        self._waiting: dict[int, Callable[[bool], None]] = {}  # by message: who hears whether it was acknowledged
        self._acknowledged: deque[int] = deque()
        self._reports: deque[MQTTMessage] = deque()
        self._states: deque[MQTTMessage] = deque()
        self._is_woken = False
        self._turn = asyncio.Lock()  # one large burst at a time: together they would fill the line for single messages
        client = f"{username}-{secrets.token_hex(4)}"  # a second server must not throw the first one out
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=client, protocol=MQTTv311, manual_ack=True)
        self._client.username_pw_set(username, password)
        self._client.reconnect_delay_set(min_delay=1, max_delay=2)
        self._client.max_inflight_messages_set(IN_FLIGHT)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message
        self._client.on_publish = self._on_publish
        self._client.on_socket_open = _no_delay
        self.connected = False
        self._connected_at = 0.0

    def start(self, receive: Receiver) -> None:
        """Begin to connect and go on for ever; messages go to `receive(topic, payload, retained, acknowledge)`."""
        self._loop = asyncio.get_running_loop()
        self._receive = receive
        self._client.connect_async(*self._address, keepalive=KEEPALIVE_S)
        self._client.loop_start()

    def stop(self) -> None:
        """Leave in peace."""
        self._client.disconnect()
        self._client.loop_stop()

    def connected_for(self, now: float) -> float:
        """Seconds since the broker was found, 0 while it is away; `now` as time.monotonic() tells it."""
        return now - self._connected_at if self.connected else 0.0

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
                self._wake()  # for the states that waited
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

    def _on_connect(self, client: Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        if reason.is_failure:
            log.error("broker_refused", reason=str(reason), mend="check the server's user name and password")
            return
        client.subscribe(EVERY_UP, qos=1)
        self._in_loop(self._set_connected, True)

    def _on_disconnect(self, _client: Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        self._in_loop(self._set_connected, False)
        log.warning("broker_lost", reason=str(reason))

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        (self._reports if message.topic.endswith(REPORTS) else self._states).append(message)
        self._wake()

    def _on_publish(self, _client: Client, _data: Any, mid: int, _reason: ReasonCode, _properties: Any) -> None:
        self._acknowledged.append(mid)
        self._wake()

    def _wake(self) -> None:
        """One call into the loop for however many messages; mostly from paho's thread."""
        if not self._is_woken:
            self._is_woken = True
            self._in_loop(self._look)

    def _in_loop(self, call: Callable[..., None], *arguments: Any) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call, *arguments)

    def _set_connected(self, connected: bool) -> None:
        self.connected = connected
        self._connected_at = time.monotonic()
        if not connected:
            waiting, self._waiting = self._waiting, {}
            for tell in waiting.values():
                tell(False)

    def _look(self) -> None:
        """Hand over a portion of what has arrived, and come again for the rest once others had their turn."""
        self._is_woken = False  # before looking: what arrives from here on wakes us anew
        while self._acknowledged:
            tell = self._waiting.pop(self._acknowledged.popleft(), None)
            if tell is not None:
                tell(True)
        for _ in range(PORTION):
            waiting = self._reports or (None if self._turn.locked() else self._states)
            if not waiting:
                return
            self._hand_over(self._client, waiting.popleft())
        if self._loop is not None and not self._is_woken:
            self._is_woken = True
            self._loop.call_soon(self._look)

    def _hand_over(self, client: Client, message: MQTTMessage) -> None:
        def acknowledge() -> None:
            result = client.ack(message.mid, message.qos)
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


def _no_delay(_client: Client, _data: Any, connection: Any) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
