"""The session with the broker, for ever. The only file that imports paho.

Each connection is a new client: nothing of an old session is said again by the library, the spool and the nodes decide
what is repeated. paho runs inside our event loop; only its blocking connect has a thread. A broker that does not answer
a publish for four seconds is dead, whatever TCP says.
"""

import asyncio
import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from socket import IPPROTO_TCP, TCP_NODELAY
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

KEEPALIVE_S = 15
CONNECT_S = 5.0
ANSWER_S = 4.0
FIRST_WAIT_S = 0.2
LONGEST_WAIT_S = 2.0
MISC_S = 0.5
LEAVE_S = 1.0
MOST_WAITING = 500


@dataclass(frozen=True, slots=True)
class Tls:
    """Files of the mutual TLS: the city's authority, our certificate and its key."""

    authority: Path
    certificate: Path | None
    private_key: Path | None

    def context(self) -> ssl.SSLContext:
        """A context that verifies the broker's name and chain; there is no way to switch that off."""
        context = ssl.create_default_context(cafile=str(self.authority))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.certificate is not None:
            context.load_cert_chain(str(self.certificate), str(self.private_key) if self.private_key else None)
        return context


@dataclass(frozen=True, slots=True)
class Address:
    """Where the broker is and who we are there: the client id is the name."""

    host: str
    port: int
    name: str
    password: str
    tls: Tls | None = None


class LostError(Exception):
    """The session never began; the message says why."""


class BrokerLink:
    """Keeps a session; `publish` is False while there is none.

    Callbacks run in the event loop: `up()` when the broker has let us in and the subscriptions are asked for,
    `down(reason)` when a session or a row of attempts begins to fail, `message(topic, payload, retained)`.
    `will()` gives topic and payload of the retained last will, before each attempt.
    """

    def __init__(
        self,
        address: Address,
        topics: Sequence[str],
        will: Callable[[], tuple[str, bytes]],
        up: Callable[[], None],
        down: Callable[[str], None],
        message: Callable[[str, bytes, bool], None],
        random: Callable[[], float],
    ) -> None:
        self._address = address
        self._topics = topics
        self._will = will
        self._up = up
        self._down = down
        self._message = message
        self._random = random
        self._session: _Session | None = None

    @property
    def connected(self) -> bool:
        """True between the broker's welcome and the end of the session."""
        return self._session is not None and self._session.welcome

    async def run(self) -> None:
        """Serve for ever."""
        failures = 0
        said = ""
        while True:
            reason, served = await self._serve_once()
            if served:
                failures, said = 0, ""
            if reason != said:
                self._down(reason)
                said = reason
            # A share of the wait is drawn: the gateways of a city must not come back as one.
            await asyncio.sleep(min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**failures) * (0.5 + 0.5 * self._random()))
            failures = min(failures + 1, 8)

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> bool:
        """Hand over with QoS 1; False while there is no session or too much is unanswered."""
        return self._session is not None and self._session.publish(topic, payload, retain=retain)

    async def leave(self, topic: str, payload: bytes) -> None:
        """Say a last retained word, wait shortly for its answer, and part in peace: the will is not used."""
        if self._session is not None and self.publish(topic, payload, retain=True):
            await self._session.leave()

    async def _serve_once(self) -> tuple[str, bool]:
        """One session from beginning to end: why it ended, and whether the broker had let us in."""
        session = _Session(self._address, self._topics, self._will(), self._up, self._message)
        self._session = session
        try:
            await session.connect()
            return await session.serve(), session.welcome
        except LostError as lost:
            return str(lost), session.welcome
        finally:
            self._session = None
            session.drop()


class _Session:
    """One client, one connection."""

    def __init__(
        self,
        address: Address,
        topics: Sequence[str],
        will: tuple[str, bytes],
        up: Callable[[], None],
        message: Callable[[str, bytes, bool], None],
    ) -> None:
        self._address = address
        self._topics = topics
        self._up = up
        self._message = message
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[str] = self._loop.create_future()
        self._leaving: asyncio.Future[None] | None = None
        self._socket: Any = None
        self._unanswered: dict[int, float] = {}
        self.welcome = False
        self._client = self._new_client(will)

    async def connect(self) -> None:
        """Name, TCP and TLS in a thread of their own, then the socket into our loop; LostError when there is no way."""
        try:
            await _in_thread(self._loop, self._dial)
        except Exception as error:
            # DNS, TCP, TLS and certificate files each raise their own kind; every one means: no session, try again.
            raise LostError(f"{type(error).__name__}: {error}") from error
        self._socket = self._client.socket()
        if self._socket is None:
            raise LostError("the broker hung up at once")
        self._socket.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        self._loop.add_reader(self._socket, self._guard, self._read)
        self._loop.add_writer(self._socket, self._guard, self._client.loop_write)

    async def serve(self) -> str:
        """Until it ends, and why: pings, and the deadlines that TCP does not have."""
        began = self._loop.time()
        while not self._ended.done():
            self._guard(self._client.loop_misc)
            now = self._loop.time()
            if not self.welcome and now - began > CONNECT_S:
                self._end("the broker does not answer")
            elif self._unanswered and now - next(iter(self._unanswered.values())) > ANSWER_S:
                self._end("the broker no longer answers")
            await asyncio.wait([self._ended], timeout=MISC_S)
        return self._ended.result()

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> bool:
        if not self.welcome or self._ended.done() or len(self._unanswered) >= MOST_WAITING:
            return False
        sent = self._client.publish(topic, payload, qos=1, retain=retain)
        if sent.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            return False
        self._unanswered[sent.mid] = self._loop.time()
        return True

    async def leave(self) -> None:
        """Wait for the answers still out, then disconnect; both shortly."""
        self._leaving = self._loop.create_future()
        if self._unanswered:
            either: list[asyncio.Future[Any]] = [self._leaving, self._ended]
            await asyncio.wait(either, timeout=LEAVE_S, return_when=asyncio.FIRST_COMPLETED)
        self._client.disconnect()
        await asyncio.wait([self._ended], timeout=LEAVE_S)

    def drop(self) -> None:
        """Close what is left; the client is never used again."""
        self._end("dropped")
        self._forget_socket()
        left = self._client.socket()
        if left is not None:
            left.close()

    def _dial(self) -> None:
        if self._address.tls is not None:
            self._client.tls_set_context(self._address.tls.context())
        self._client.connect(self._address.host, self._address.port, KEEPALIVE_S)

    def _new_client(self, will: tuple[str, bytes]) -> paho.Client:
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._address.name,
            clean_session=True,
            protocol=MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
        )
        client.connect_timeout = CONNECT_S
        client.max_inflight_messages_set(MOST_WAITING)
        client.username_pw_set(self._address.name, self._address.password)
        client.will_set(will[0], will[1], qos=1, retain=True)
        # With a writer callback set, paho never writes from the thread that connects.
        client.on_socket_register_write = lambda _client, _data, _socket: self._want_write()
        client.on_socket_unregister_write = lambda _client, _data, _socket: self._wrote_all()
        client.on_socket_close = lambda _client, _data, _socket: self._forget_socket()
        client.on_connect = lambda _client, _data, _flags, code, _properties: self._welcomed(code)
        client.on_disconnect = lambda _client, _data, _flags, code, _properties: self._end(f"disconnected: {code}")
        client.on_subscribe = lambda _client, _data, _mid, codes, _properties: self._subscribed(codes)
        client.on_publish = lambda _client, _data, mid, _code, _properties: self._answered(mid)
        client.on_message = lambda _client, _data, message: self._heard(message)
        return client

    def _welcomed(self, code: ReasonCode) -> None:
        if code.is_failure:
            self._end(f"the broker refuses {self._address.name}: {code}")
            return
        self._client.subscribe([(topic, 1) for topic in self._topics])
        self.welcome = True
        self._up()

    def _subscribed(self, codes: Sequence[ReasonCode]) -> None:
        if any(code.is_failure for code in codes):
            self._end(f"the broker refuses a subscription of {self._address.name}")

    def _answered(self, mid: int) -> None:
        self._unanswered.pop(mid, None)
        if self._leaving is not None and not self._unanswered and not self._leaving.done():
            self._leaving.set_result(None)

    def _heard(self, message: paho.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""  # none of ours; counted as such by whoever listens
        self._message(topic, bytes(message.payload), bool(message.retain))

    def _read(self) -> None:
        self._client.loop_read()
        # TLS may hold more than the packet just read, and the socket will not say so again.
        while self._socket is not None and getattr(self._socket, "pending", int)() > 0:
            self._client.loop_read()

    def _guard(self, step: Callable[[], object]) -> None:
        """A step of paho; whatever it raises ends this session and no more."""
        try:
            step()
        except Exception as error:  # noqa: BLE001 -- a packet paho chokes on must not end the gateway
            self._end(f"{type(error).__name__}: {error}")

    def _want_write(self) -> None:
        if self._socket is not None:
            self._loop.add_writer(self._socket, self._guard, self._client.loop_write)

    def _wrote_all(self) -> None:
        if self._socket is not None:
            self._loop.remove_writer(self._socket)

    def _forget_socket(self) -> None:
        gone, self._socket = self._socket, None
        if gone is not None:
            self._loop.remove_reader(gone)
            self._loop.remove_writer(gone)

    def _end(self, reason: str) -> None:
        if not self._ended.done():
            self._ended.set_result(reason)


async def _in_thread(loop: asyncio.AbstractEventLoop, action: Callable[[], None]) -> None:
    """Run a blocking call in a daemon thread: a name server that hangs must not hold up the end of the program."""
    done: asyncio.Future[None] = loop.create_future()

    def settle(error: Exception | None) -> None:
        if done.done():
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    def run() -> None:
        error: Exception | None = None
        try:
            action()
        except Exception as raised:  # noqa: BLE001 -- handed to the one who waits
            error = raised
        try:
            loop.call_soon_threadsafe(settle, error)
        except RuntimeError:
            return  # the loop has ended meanwhile: nobody waits any more

    threading.Thread(target=run, name="connect", daemon=True).start()
    await done
