"""A node as the broker sees it: one paho connection (not our client) that seals what it says and unseals what it hears."""

import threading
from collections.abc import Callable
from typing import Any, Self

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from kentongan_broker import Broker
from kentongan_contract import codec, seal, topics
from kentongan_contract.messages import Command, Message, Receipt, Report, State, report_id

PATIENCE_S = 20.0


class NodeTalker:
    """`boot` counts its births, `receipts` and `commands` hold what it was told in order, unsealed with its own key."""

    def __init__(self, broker: Broker, name: str, key: seal.Key) -> None:
        self.name = name
        self.receipts: list[Receipt] = []
        self.commands: list[Command] = []
        self.retained_commands = 0
        self.seq = 0
        self._broker = broker
        self._key = key
        self._changed = threading.Condition()
        self._client: paho.Client | None = None
        self._subscribed = False
        self._lost = False

    def __enter__(self) -> Self:
        return self.connect()

    def __exit__(self, *_: object) -> None:
        self.leave()

    def connect(self, will: State | None = None) -> Self:
        """Log in and subscribe to its own topics; again after the broker hung up."""
        self.leave()
        self._subscribed, self._lost = False, False
        client = paho.Client(CallbackAPIVersion.VERSION2, client_id=self.name, reconnect_on_failure=False)
        client.username_pw_set(self.name, self._broker.enrolment.users[self.name])
        if will is not None:
            client.will_set(topics.up(self.name, "state"), self.sealed(will), qos=1, retain=True)
        client.max_inflight_messages_set(2000)
        client.max_queued_messages_set(0)
        client.on_connect = lambda *_: client.subscribe(topics.every_down(self.name), qos=1)
        client.on_subscribe = lambda *_: self._tell(lambda: setattr(self, "_subscribed", True))
        client.on_disconnect = lambda *_: self._tell(lambda: setattr(self, "_lost", True))
        client.on_message = self._on_message
        client.connect(self._broker.host, self._broker.port, 15)
        client.loop_start()
        self._client = client
        self.until(lambda: self._subscribed, "its subscription")
        return self

    def leave(self) -> None:
        """Say goodbye; without effect when it is not connected."""
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()
            self._client = None

    def vanish(self) -> None:
        """Lose the connection without a goodbye: the broker says the last will."""
        assert self._client is not None
        connection = self._client.socket()
        assert connection is not None
        connection.close()
        self._client.loop_stop()
        self._client = None

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Return once `condition` holds; fails the test after twenty seconds."""
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE_S), f"{self.name} waits in vain for {what}"

    def until_cut_off(self) -> None:
        self.until(lambda: self._lost, "the broker to hang up")

    def publishes(self, topic: str, payload: bytes, *, retain: bool = False, wait: bool = True) -> None:
        assert self._client is not None
        sent = self._client.publish(topic, payload, qos=1, retain=retain)
        if wait:
            sent.wait_for_publish(PATIENCE_S)

    def sealed(self, message: Message) -> bytes:
        return seal.seal(self._key, message.KIND, self.name, codec.encode(message))

    def says(self, message: Message, *, wait: bool = True) -> None:
        retain = isinstance(message, State)
        self.publishes(topics.up(self.name, message.KIND), self.sealed(message), retain=retain, wait=wait)

    def presses(self, *, boot: int = 1, kind: str = "panic", wait: bool = True) -> str:
        """Say a new report; gives its id."""
        self.seq += 1
        name = report_id(self.name, boot, self.seq)
        self.says(Report(name, kind, "actual", boot, self.seq, 30), wait=wait)
        return name

    def is_receipted(self, report: str, stage: str = "stored") -> Receipt:
        """The receipt of this report, once it has come."""

        def found() -> list[Receipt]:
            return [receipt for receipt in self.receipts if (receipt.report, receipt.stage) == (report, stage)]

        self.until(found, f"the receipt {stage} of {report}")
        return found()[0]

    def _on_message(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        node, direction, kind = topics.parse(message.topic)
        assert (node, direction) == (self.name, "down")
        decoded = codec.decode(kind, seal.unseal(self._key, kind, node, bytes(message.payload)))

        def keep() -> None:
            self.retained_commands += message.retain
            if isinstance(decoded, Receipt):
                self.receipts.append(decoded)
            elif isinstance(decoded, Command):
                self.commands.append(decoded)

        self._tell(keep)

    def _tell(self, change: Callable[[], None]) -> None:
        with self._changed:
            change()
            self._changed.notify_all()


def a_state(seq: int = 1, **different: Any) -> State:
    """A plain heartbeat, with whatever a test wants to be different."""
    plain: dict[str, Any] = {
        "presence": "online",
        "boot": 1,
        "session": 1,
        "seq": seq,
        "nonce": f"{seq:016x}",
        "siren": "silent",
        "commands": [],
        "refused": 0,
        "report": None,
        "stage": None,
        "uptime_ms": 1000 * seq,
        "firmware": "0.1.0",
        "minor": 0,
        "rssi_dbm": -60,
        "battery_mv": None,
        "mains": True,
    }
    return State(**{**plain, **different})
