"""The server's one connection to the broker, and the only file that knows paho.

paho runs its own thread; everything of ours happens in the event loop. A message is acknowledged to the broker only
when the receiver says so, after its transaction is durable. TCP_NODELAY is set: without it an answer waits 40 ms.
"""

import asyncio
import secrets
import socket
import time
from collections.abc import Callable
from typing import Any

import structlog
from paho.mqtt.client import MQTT_ERR_SUCCESS, Client, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from kentongan_contract.topics import EVERY_UP
from kentongan_server.ports.sounder import LinkDownError

PUBACK_PATIENCE_S = 5.0
KEEPALIVE_S = 15
IN_FLIGHT = 1000

Receiver = Callable[[str, bytes, bool, Callable[[], None]], None]

log = structlog.get_logger()


class BrokerLink:
    """Connects, reconnects by itself, subscribes to what nodes say, and publishes with an awaited PUBACK."""

    def __init__(self, host: str, port: int, username: str, password: str) -> None:
        self._address = (host, port)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._receive: Receiver | None = None
        self._waiting: dict[int, asyncio.Future[None]] = {}
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
        if not self.connected:
            raise LinkDownError("the broker is away")
        sent = self._client.publish(topic, payload, qos=1, retain=False)
        if sent.rc != MQTT_ERR_SUCCESS:
            raise LinkDownError("the broker is away")
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[sent.mid] = waiting
        try:
            await asyncio.wait_for(waiting, PUBACK_PATIENCE_S)
        except TimeoutError:
            raise LinkDownError("the broker does not answer") from None
        finally:
            self._waiting.pop(sent.mid, None)

    def _on_connect(self, client: Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        if reason.is_failure:
            log.error("broker_refused", reason=str(reason), mend="check the server's user name and password")
            return
        client.subscribe(EVERY_UP, qos=1)
        self._in_loop(self._set_connected, True)

    def _on_disconnect(self, _client: Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        self._in_loop(self._set_connected, False)
        log.warning("broker_lost", reason=str(reason))

    def _on_message(self, client: Client, _data: Any, message: MQTTMessage) -> None:
        self._in_loop(self._hand_over, client, message)

    def _on_publish(self, _client: Client, _data: Any, mid: int, _reason: ReasonCode, _properties: Any) -> None:
        self._in_loop(self._answer, mid)

    def _in_loop(self, call: Callable[..., None], *arguments: Any) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call, *arguments)

    def _set_connected(self, connected: bool) -> None:
        self.connected = connected
        self._connected_at = time.monotonic()
        if not connected:
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(LinkDownError("the broker went away"))

    def _hand_over(self, client: Client, message: MQTTMessage) -> None:
        def acknowledge() -> None:
            result = client.ack(message.mid, message.qos)
            if result is not MQTTErrorCode.MQTT_ERR_SUCCESS:
                log.info("puback_lost", reason=str(result))  # the broker sends the message again

        if self._receive is not None:
            self._receive(message.topic, bytes(message.payload), message.retain, acknowledge)

    def _answer(self, mid: int) -> None:
        waiting = self._waiting.get(mid)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)


def _no_delay(_client: Client, _data: Any, connection: Any) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
