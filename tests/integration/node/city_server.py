"""A server's voice and ears on the real broker: hears states and reports, seals commands and receipts."""

import socket
import threading
import time
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from kentongan_contract import codec, messages, seal, topics

DEADLINE_S = 15.0


class CityServer:
    """Logs in as `server`; keys are by node. It repeats nothing and answers nothing by itself."""

    def __init__(self, host: str, port: int, password: str, keys: dict[str, bytes]) -> None:
        self._keys = {node: seal.Key(key) for node, key in keys.items()}
        self._changed = threading.Condition()
        self.states: dict[str, list[messages.State]] = {node: [] for node in keys}
        self.reports: dict[str, list[messages.Report]] = {node: [] for node in keys}
        self.retained_reports = 0
        self._counter = int(time.time() * 1000)
        self._commands = 0
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="server")
        self.client.username_pw_set("server", password)
        self.client.on_connect = lambda client, *_: client.subscribe(topics.EVERY_UP, qos=1)
        self.client.on_message = self._on_message
        self.client.on_socket_open = lambda _client, _data, sock: sock.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
        )
        self.client.reconnect_delay_set(1, 1)
        self.client.connect(host, port)
        self.client.loop_start()

    def close(self) -> None:
        """Log out."""
        self.client.disconnect()
        self.client.loop_stop()

    def command(self, node: str, action: str = "sound", **changes: Any) -> messages.Command:
        """A fresh command for `node`, not yet sent, naming the newest nonce heard."""
        self._counter += 1
        self._commands += 1
        nonce = next(state.nonce for state in reversed(self.states[node]) if state.nonce)
        fields: dict[str, Any] = {
            "id": f"cmd-{self._counter}",
            "action": action,
            "incident": "inc-1",
            "class_": "crime",
            "purpose": "actual",
            "pattern": "titir",
            "beats": [90, 110],
            "rounds": 10_000,
            "duration_ms": 60_000,
            "colour": "red",
            "nonce": nonce,
            "counter": self._counter,
            "ttl_ms": 30_000,
        }
        return messages.Command(**{**fields, **changes})

    def sealed(self, node: str, message: messages.Message) -> bytes:
        """The message as it travels to `node`."""
        return seal.seal(self._keys[node], message.KIND, node, codec.encode(message))

    def send(self, node: str, message: messages.Message) -> messages.Message:
        """Seal and publish."""
        self.post(node, message.KIND, self.sealed(node, message))
        return message

    def post(self, node: str, kind: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish bytes as they are, and wait for the PUBACK."""
        self.client.publish(topics.down(node, kind), payload, qos=1, retain=retain).wait_for_publish(DEADLINE_S)

    def confirm(self, node: str, report: str, stage: str = "stored", incident: str | None = "inc-1") -> None:
        """Send the receipt for a report."""
        self.send(node, messages.Receipt(report, stage, incident))

    def wait_state(self, node: str, wanted: Any, deadline_s: float = DEADLINE_S, since: int = 0) -> messages.State:
        """The first state of `node` from `since` on for which `wanted(state)` holds."""
        return self._wait(lambda: next((s for s in self.states[node][since:] if wanted(s)), None), deadline_s, node)

    def wait_report(self, node: str, id: str, times: int = 1, deadline_s: float = DEADLINE_S) -> list[messages.Report]:
        """All copies of a report once there are `times` of them."""

        def found() -> list[messages.Report] | None:
            copies = [report for report in self.reports[node] if report.id == id]
            return copies if len(copies) >= times else None

        return self._wait(found, deadline_s, node)

    def _wait(self, found: Any, deadline_s: float, node: str) -> Any:
        until = time.monotonic() + deadline_s
        with self._changed:
            while (result := found()) is None:
                left = until - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"not heard from {node}: {self.states[node][-3:]} {self.reports[node][-3:]}")
                self._changed.wait(left)
        return result

    def _on_message(self, _client: object, _userdata: object, message: mqtt.MQTTMessage) -> None:
        node, _, kind = topics.parse(message.topic)
        found = codec.decode(kind, seal.unseal(self._keys[node], kind, node, message.payload))
        with self._changed:
            if isinstance(found, messages.State):
                self.states[node].append(found)
            elif isinstance(found, messages.Report):
                self.retained_reports += message.retain
                self.reports[node].append(found)
            self._changed.notify_all()
