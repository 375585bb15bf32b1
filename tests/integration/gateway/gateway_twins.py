"""The gateway as a process, and the two that talk to it: a node at the far end of a pty, and the server at the broker."""

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
import tty
from collections.abc import Callable
from itertools import count
from pathlib import Path
from socket import IPPROTO_TCP, TCP_NODELAY
from typing import Any, TypeVar

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from kentongan_contract import codec, frames, topics
from kentongan_contract.messages import Command, Message, Receipt, Report, report_id
from kentongan_contract.seal import Key, link_key, node_key, seal, unseal

DEADLINE_S = 15.0
MASTER = bytes(range(32))
EPOCH = 1
GATEWAY = "gw-0102"
NODE = "ktg-0102-1"
T = TypeVar("T")


def key_of(node: str) -> Key:
    return Key(node_key(MASTER, EPOCH, node))


def until(find: Callable[[], T], what: str, seconds: float = DEADLINE_S) -> T:
    """Wait for a true value and give it."""
    deadline = time.monotonic() + seconds
    while not (found := find()):
        assert time.monotonic() < deadline, f"{what} did not come within {seconds} s"
        time.sleep(0.002)
    return found


class GatewayProcess:
    """`python -m kentongan_gateway run --control`; its events are kept with the time of their coming."""

    def __init__(self, folder: Path, password: str, port: int, serial: Path | None, **settings: str) -> None:
        self.folder = folder
        values = {
            "NODE": GATEWAY,
            "PASSWORD": password,
            "KEY": node_key(MASTER, EPOCH, GATEWAY).hex(),
            "BROKER_PORT": str(port),
            "SPOOL": str(folder / "spool.sqlite3"),
            "PINS": "mock",
            "HOLD_MS": "50",
        }
        if serial is not None:
            values["SERIAL"] = str(serial)
            values["LINKS"] = json.dumps({NODE: link_key(MASTER, EPOCH, GATEWAY, NODE).hex()})
        self._environment = {"PATH": os.environ["PATH"]}
        self._environment |= {"KENTONGAN_GATEWAY_" + name: value for name, value in (values | settings).items()}
        self._starts = 0
        self.start()

    def start(self) -> None:
        """Start it (again) with the same settings and the same spool."""
        self.events: list[dict[str, Any]] = []
        self._starts += 1
        self.log = self.folder / f"gateway-{self._starts}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "kentongan_gateway", "run", "--control"],
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._reader = threading.Thread(target=self._read, args=(self.process, self.events), daemon=True)
        self._reader.start()
        self.event(event="ready")

    def event(self, after: int = 0, **fields: Any) -> dict[str, Any]:
        """The first event (from number `after` on) with these fields."""

        def find() -> dict[str, Any] | None:
            assert self.process.poll() is None, f"the gateway has ended:\n{self.log.read_text()}"
            return next((event for event in self.events[after:] if fields.items() <= event.items()), None)

        return until(find, f"an event with {fields}")

    def all_events(self, **fields: Any) -> list[dict[str, Any]]:
        return [event for event in self.events if fields.items() <= event.items()]

    def do(self, verb: str, **fields: Any) -> dict[str, Any]:
        """Give a command and wait for its answer."""
        after = len(self.events)
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": verb} | fields) + "\n")
        self.process.stdin.flush()
        return self.event(after, event="answer")

    def status(self) -> dict[str, Any]:
        return self.do("status")

    def kill(self) -> None:
        """As a power cut would."""
        self.process.kill()
        self.process.wait(DEADLINE_S)
        self._reader.join(DEADLINE_S)

    def stop(self) -> int:
        """As systemd would; gives the exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(DEADLINE_S)
        self._reader.join(DEADLINE_S)
        return code

    def close(self) -> None:
        if self.process.poll() is None:
            self.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            try:
                pipe.close()
            except BrokenPipeError:
                pass  # a command that a dead gateway never read

    @staticmethod
    def _read(process: "subprocess.Popen[str]", events: list[dict[str, Any]]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            event = json.loads(line)
            event["came"] = time.monotonic()
            events.append(event)


class SerialTwin:
    """A node's end of the line: a pty whose device has a stable name, like an adapter under /dev/serial/by-id."""

    def __init__(self, folder: Path, node: str = NODE) -> None:
        self.node = node
        self.path = folder / "adapter"
        self._line = Key(link_key(MASTER, EPOCH, GATEWAY, node))
        self._counter = count(1)
        self._master: int | None = None
        self._slave = -1
        self.plug()

    def plug(self) -> None:
        """A new device appears under the old name."""
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        link = self.path.with_name("adapter.new")
        link.symlink_to(os.ttyname(self._slave))
        link.rename(self.path)
        self._reader = frames.FrameReader()

    def unplug(self) -> None:
        """The device is gone, and its name with it."""
        if self._master is not None:
            self.path.unlink()
            os.close(self._slave)
            os.close(self._master)
            self._master = None

    def leave_behind(self) -> tuple[int, int]:
        """Forget the device without hanging up: the name is about to move to another one."""
        assert self._master is not None
        left = self._master, self._slave
        self._master = None
        return left

    def report(self, seq: int, *, boot: int = 5, kind: str = "panic", age_ms: int = 0) -> tuple[str, bytes]:
        """(id, sealed bytes) of a press of this node."""
        report = Report(report_id(self.node, boot, seq), kind, "actual", boot, seq, age_ms)
        return report.id, seal(key_of(self.node), "report", self.node, codec.encode(report))

    def frame(self, kind: str, payload: bytes, node: str | None = None) -> bytes:
        return frames.encode(self._line, frames.Frame(node or self.node, kind, next(self._counter), payload))

    def send(self, kind: str, payload: bytes) -> None:
        self.write(self.frame(kind, payload))

    def write(self, data: bytes) -> None:
        assert self._master is not None
        while data:
            data = data[os.write(self._master, data[:1024]) :]

    def read(self) -> frames.Frame:
        """The next frame that came down."""
        found: list[bytes] = []

        def look() -> list[bytes]:
            assert self._master is not None
            if select.select([self._master], [], [], 0.01)[0]:
                found.extend(self._reader.feed(os.read(self._master, 4096)))
            return found

        until(look, "a frame")
        return frames.decode({self.node: self._line}, found[0])


class ServerTwin:
    """The server's side of the broker: hears every node, answers as only the holder of the keys can."""

    def __init__(self, port: int, password: str) -> None:
        self.heard: list[tuple[str, bytes, bool]] = []
        self._counter = count(1)
        self._subscribed = threading.Event()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id="server")
        self._client.username_pw_set("server", password)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_socket_open = lambda _client, _data, channel: channel.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        self._client.on_connect = lambda client, *_: client.subscribe(topics.EVERY_UP, qos=1)
        self._client.on_disconnect = lambda *_: self._subscribed.clear()
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_message = lambda _client, _data, message: self.heard.append(
            (message.topic, bytes(message.payload), bool(message.retain))
        )
        self._client.connect("127.0.0.1", port, 15)
        self._client.loop_start()
        self.back()

    def back(self) -> None:
        """Wait until it hears (again): what a broker says before that reaches nobody, and is not said in order twice."""
        assert self._subscribed.wait(DEADLINE_S), "the server's twin found no broker"

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def messages(self, node: str, kind: str) -> list[Any]:
        """What this node said, opened with its key; live messages only."""
        topic = topics.up(node, kind)
        return [
            self._open(node, kind, payload) for where, payload, old in list(self.heard) if where == topic and not old
        ]

    def states(self, node: str = GATEWAY) -> list[Any]:
        return self.messages(node, "state")

    def report(self, name: str) -> Any:
        """Wait for this report."""
        node = name.rsplit(".", 2)[0]
        return until(
            lambda: next((each for each in self.messages(node, "report") if each.id == name), None), f"report {name}"
        )

    def state(self, node: str = GATEWAY, after: int = 0, **fields: Any) -> Any:
        """Wait for a state with these fields."""
        return until(
            lambda: next((each for each in self.states(node)[after:] if fields.items() <= each.fields().items()), None),
            f"a state with {fields}",
        )

    def receipt(self, report: str, stage: str = "stored", *, node: str | None = None) -> bytes:
        """Say that the report is stored; gives the sealed bytes."""
        node = node or report.rsplit(".", 2)[0]
        return self.say(node, Receipt(report, stage, "inc-1"))

    def command(self, name: str, *, node: str = GATEWAY, nonce: str | None = None, **changed: Any) -> bytes:
        """Tell a node to sound, with its newest nonce."""
        fields = {
            "action": "sound", "incident": "inc-1", "class_": "crime", "purpose": "actual", "pattern": "titir",
            "beats": [90, 110], "rounds": 0, "duration_ms": 60_000, "colour": "red", "counter": next(self._counter),
            "ttl_ms": 30_000,
        } | changed  # fmt: skip
        nonce = nonce or until(lambda: self.states(node), "a state")[-1].nonce
        return self.say(node, Command(id=name, nonce=nonce, **fields))

    def say(self, node: str, message: Message, *, retain: bool = False) -> bytes:
        payload = seal(key_of(node), message.KIND, node, codec.encode(message))
        self.publish(topics.down(node, message.KIND), payload, retain=retain)
        return payload

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        self._client.publish(topic, payload, qos=1, retain=retain)

    @staticmethod
    def _open(node: str, kind: str, payload: bytes) -> Message:
        return codec.decode(kind, unseal(key_of(node), kind, node, payload))
