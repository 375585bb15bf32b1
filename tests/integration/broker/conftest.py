"""Brokers under the city's rules, and a plain MQTT client (paho, not ours) to try them with."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from kentongan_broker import Broker, Enrolment, start
from kentongan_broker.config import hash_password

DEADLINE = 10.0
WILDCARD_NAMES = ("+", "#", "ktg-a/#", "+/up")


@dataclass(frozen=True)
class Heard:
    topic: str
    payload: bytes
    retained: bool


class Talker:
    """One MQTT 3.1.1 connection; what it hears is kept in `heard`."""

    def __init__(
        self,
        broker: Broker,
        name: str | None,
        password: str | None,
        *,
        client_id: str | None = None,
        keepalive: int = 15,
        will: tuple[str, bytes] | None = None,
    ) -> None:
        self.name = name
        self.heard: list[Heard] = []
        self.answer: int | None = None
        self.cut_off = False
        self._changed = threading.Condition()
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=client_id or name or "", reconnect_on_failure=False
        )
        if name is not None:
            self._client.username_pw_set(name, password)
        if will is not None:
            self._client.will_set(*will, qos=1, retain=True)
        self._client.max_inflight_messages_set(1000)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe
        self._subscribed: set[int] = set()
        self._client.connect(broker.host, broker.port, keepalive)
        self._client.loop_start()
        self._wait(lambda: self.answer is not None or self.cut_off)

    @property
    def let_in(self) -> bool:
        return self.answer == 0

    def listen(self, *filters: str) -> "Talker":
        for wanted in filters:
            _, number = self._client.subscribe(wanted, qos=1)
            self._wait(lambda number=number: number in self._subscribed)
        return self

    def say(self, topic: str, payload: bytes = b"x", *, retain: bool = False) -> None:
        """Publish at QoS 1 and wait for the PUBACK (which a forbidden message gets too)."""
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(DEADLINE)

    def post(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish at QoS 1 without waiting."""
        self._client.publish(topic, payload, qos=1, retain=retain)

    def drop(self, topic: str, payload: bytes) -> None:
        """Publish and wait until the broker hangs up."""
        self._client.publish(topic, payload, qos=1)
        self.wait_until_cut_off()

    def wait_for(self, payload: bytes) -> Heard:
        """The message with this payload, once it is heard."""
        self._wait(lambda: any(heard.payload == payload for heard in self.heard))
        return next(heard for heard in self.heard if heard.payload == payload)

    def wait_for_many(self, count: int) -> None:
        self._wait(lambda: len(self.heard) >= count)

    def wait_until_cut_off(self) -> None:
        self._wait(lambda: self.cut_off)

    def vanish(self) -> None:
        """Lose the connection without a goodbye."""
        self._client.socket().close()
        self._client.loop_stop()

    def leave(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _wait(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, DEADLINE), f"{self.name} waited in vain; heard {self.heard[-5:]}"

    def _tell(self, change: Callable[[], None]) -> None:
        with self._changed:
            change()
            self._changed.notify_all()

    def _on_connect(self, _client, _data, _flags, reason, _properties) -> None:
        self._tell(lambda: setattr(self, "answer", reason.value))

    def _on_disconnect(self, _client, _data, _flags, _reason, _properties) -> None:
        self._tell(lambda: setattr(self, "cut_off", True))

    def _on_subscribe(self, _client, _data, number, _reasons, _properties) -> None:
        self._tell(lambda: self._subscribed.add(number))

    def _on_message(self, _client, _data, message) -> None:
        self._tell(lambda: self.heard.append(Heard(message.topic, message.payload, bool(message.retain))))


class City:
    """A running broker, its logins, and an observer that Mosquitto's rules let hear everything."""

    def __init__(self, broker: Broker, stack: ExitStack) -> None:
        self.broker = broker
        self._stack = stack

    def login(self, name: str, **how: object) -> Talker:
        """A connection that must be let in."""
        talker = self.knock(name, self.broker.enrolment.users.get(name), **how)
        assert talker.let_in, f"{name} was refused: {talker.answer}"
        return talker

    def knock(self, name: str | None, password: str | None, **how: object) -> Talker:
        """A connection that may be refused."""
        talker = Talker(self.broker, name, password, **how)
        self._stack.callback(talker.leave)
        return talker

    def everything(self) -> Talker:
        return self.login("observer").listen("#", "$SYS/#")


ENROLMENT = Enrolment(
    nodes={name: f"password of {name}" for name in ("ktg-a", "ktg-b", "gw-c", "gw-d", "observer")},
    relays={"gw-c": ("ktg-c1", "ktg-c2"), "gw-d": ("ktg-d1",)},
    homes={"home-a": "password of home-a"},
    readable={"home-a": ("ktg-a", "ktg-c1")},
)


@pytest.fixture(scope="session")
def mosquitto_city(mosquitto_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Mosquitto under the rendered rules; only an observer, and some names nobody may enrol, are added to them."""
    with start(tmp_path_factory.mktemp("mosquitto"), ENROLMENT, kind="mosquitto") as broker:
        with (broker.folder / "acl").open("a", encoding="utf-8") as acl:
            acl.write("\nuser observer\ntopic read #\ntopic read $SYS/#\n")
        with (broker.folder / "passwords").open("a", encoding="utf-8") as passwords:
            for name in WILDCARD_NAMES:
                passwords.write(f"{name}:{hash_password('sneaked in')}\n")
        os.kill(broker.pid, signal.SIGHUP)
        _wait_until_reloaded(broker)
        yield broker


@pytest.fixture(scope="session")
def amqtt_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """The embedded broker under the same rules."""
    with start(tmp_path_factory.mktemp("amqtt"), ENROLMENT, kind="amqtt") as broker:
        yield broker


@pytest.fixture
def visitors() -> Iterator[Callable[[Broker], City]]:
    """A broker → its City; every connection is ended after the test."""
    with ExitStack() as stack:
        yield lambda broker: City(broker, stack)


@pytest.fixture
def mosquitto(mosquitto_city: Broker, visitors: Callable[[Broker], City]) -> City:
    return visitors(mosquitto_city)


@pytest.fixture(params=["mosquitto", "amqtt"])
def city(request: pytest.FixtureRequest, visitors: Callable[[Broker], City]) -> City:
    """Each broker that a city or a demo may run on."""
    return visitors(request.getfixturevalue(f"{request.param}_city"))


def _wait_until_reloaded(broker: Broker) -> None:
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        talker = Talker(broker, WILDCARD_NAMES[0], "sneaked in")
        let_in = talker.let_in
        talker.leave()
        if let_in:
            return
    pytest.fail("Mosquitto did not read its files again")
