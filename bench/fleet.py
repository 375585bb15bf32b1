"""A fleet of light kentongan: they speak the contract (birth, heartbeat, press, sealed command, outcome) and do no more,
so that a thousand fit beside the server. A command counts from the moment when its bytes arrived, once they are verified: ten
thousand kentongan verify on as many processors, and here on one that is shared with what is measured, so that comes after.

Before a peer, which seals nothing, the same fleet takes any message as its command.
"""

import asyncio
import gc
import json
import os
import random
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bench.city import BenchCity
from bench.mqtt_wire import Wire, connect
from kentongan_contract import codec, topics
from kentongan_contract.errors import ContractError, StaleError
from kentongan_contract.freshness import Freshness
from kentongan_contract.messages import Command, Receipt, Report, State, report_id
from kentongan_contract.seal import Key, node_key, seal, unseal

EPOCH = 1
HEARTBEAT_S = 10.0
AT_ONCE = 100
KEPT_COMMANDS = 4
READ_AT_ONCE = 4


@dataclass(slots=True)
class Ears:
    """What the fleet heard, as `time.perf_counter` seconds; commands by what they are about, then by node.

    A sounding is about its incident, anything else about "<action> <incident>".
    """

    commands: dict[str, dict[str, float]] = field(default_factory=dict)
    receipts: dict[str, tuple[str, float]] = field(default_factory=dict)
    obeyed: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    unread: deque[tuple["LightNode", str, bytes, float]] = field(default_factory=deque)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self) -> None:
        """Verify and obey what has arrived, a little at a time, until cancelled."""
        while True:
            self.arrived.clear()
            while self.unread:
                for _ in range(min(READ_AT_ONCE, len(self.unread))):
                    node, topic, payload, at = self.unread.popleft()
                    node.read(topic, payload, at)
                await asyncio.sleep(0)
            await self.arrived.wait()

    def last_command(self, about: str, nodes: tuple[str, ...]) -> float | None:
        """When the last of `nodes` had its command; None while one is missing."""
        heard = self.commands.get(about, {})
        return max(heard.values()) if all(node in heard for node in nodes) else None


class LightNode:
    """One kentongan."""

    def __init__(self, node: str, key: bytes, password: str, ears: Ears, sealed: bool) -> None:
        self.node = node
        self._key = Key(key)
        self._ears = ears
        self._freshness = Freshness()
        self._boot = 1
        self._presses = 0
        self._seq = 0
        self._nonce = ""
        self._siren = "silent"
        self._outcomes: list[list[str]] = []
        self._leisure_s = 0.0
        self._answers_later = False
        self._born_at = time.monotonic()
        self._shown: tuple[str | None, str | None] = (None, None)
        heard = self._heard_sealed if sealed else self._heard_plain
        self.wire = Wire(node, password, topics.every_down(node), heard)

    def press(self) -> tuple[str, float]:
        """Report panic; the report's id and the moment before it was sent."""
        id = report_id(self.node, self._boot, self._presses)
        report = Report(id=id, kind="panic", purpose="actual", boot=self._boot, seq=self._presses, age_ms=0)
        self._presses += 1
        begun = time.perf_counter()
        self._say("report", codec.encode(report))
        return id, begun

    def beat(self) -> None:
        """Say a heartbeat with a new nonce; the first one is the birth."""
        self._nonce = self._freshness.issue(os.urandom(8), self._now_ms())
        self._say_state()

    def commanded_by(self, make: Callable[[str, str], Command]) -> tuple[str, bytes]:
        """Topic and sealed bytes of a command for this node."""
        body = codec.encode(make(self.node, self._nonce))
        return topics.down(self.node, "command"), seal(self._key, "command", self.node, body)

    def _heard_sealed(self, topic: str, payload: bytes) -> None:
        self._ears.unread.append((self, topic, payload, time.perf_counter()))
        self._ears.arrived.set()

    def read(self, topic: str, payload: bytes, at: float) -> None:
        """Verify and do what arrived then."""
        try:
            _, _, kind = topics.parse(topic)
            message = codec.decode(kind, unseal(self._key, kind, self.node, payload))
            if isinstance(message, Command):
                self._obey(message, at)
            elif isinstance(message, Receipt):
                self._show(message, at)
        except ContractError:
            self._ears.refused += 1

    def _heard_plain(self, topic: str, payload: bytes) -> None:
        id = json.loads(payload)["id"]
        if topic.endswith("/receipt"):
            self._ears.receipts.setdefault(id, ("", time.perf_counter()))
        else:
            self._ears.commands.setdefault(id, {})[self.node] = time.perf_counter()

    def _obey(self, command: Command, at: float) -> None:
        if any(id == command.id and outcome != "expired" for id, outcome in self._outcomes):
            self._say_state()
            return
        try:
            self._freshness.accept(command.nonce, command.counter, command.ttl_ms, self._now_ms())
        except StaleError:
            self._ears.refused += 1
            self._outcomes = [[command.id, "expired"], *self._outcomes][:KEPT_COMMANDS]
            self._say_state()
            return
        self._ears.obeyed[self.node] += 1
        if command.incident is not None:
            about = command.incident if command.action == "sound" else f"{command.action} {command.incident}"
            self._ears.commands.setdefault(about, {}).setdefault(self.node, at)
        self._leisure_s = command.leisure_ms / 1000
        self._siren = "sounding"
        self._outcome(command.id, "sounding")
        asyncio.get_running_loop().call_later(command.duration_ms / 1000, self._complete, command.id)

    def _complete(self, command: str) -> None:
        self._siren = "silent"
        if [command, "sounding"] in self._outcomes:
            self._outcome(command, "completed")

    def _show(self, receipt: Receipt, at: float) -> None:
        self._ears.receipts.setdefault(receipt.report, (receipt.incident or "", at))
        self._shown = (receipt.report, receipt.stage)
        self._say_state()

    def _outcome(self, command: str, outcome: str) -> None:
        others = [each for each in self._outcomes if each[0] != command]
        self._outcomes = [[command, outcome], *others][:KEPT_COMMANDS]
        if self._leisure_s:
            self._answers_later = True
            wait = random.uniform(0.0, self._leisure_s)  # noqa: S311  # spread, not secret
            asyncio.get_running_loop().call_later(wait, self._answer)
        else:
            self._say_state()

    def _answer(self) -> None:
        if self._answers_later:
            self._say_state()

    def _say_state(self) -> None:
        self._answers_later = False
        self._seq += 1
        report, stage = self._shown
        state = State(
            presence="online",
            boot=self._boot,
            session=1,
            seq=self._seq,
            nonce=self._nonce,
            siren=self._siren,
            commands=self._outcomes,
            refused=0,
            report=report,
            stage=stage,
            uptime_ms=self._now_ms(),
            firmware="bench",
            minor=0,
            rssi_dbm=-60,
            battery_mv=None,
            mains=True,
        )
        self._say("state", codec.encode(state), retain=True)

    def _say(self, kind: str, body: bytes, *, retain: bool = False) -> None:
        self.wire.publish(topics.up(self.node, kind), seal(self._key, kind, self.node, body), retain=retain)

    def _now_ms(self) -> int:
        return int((time.monotonic() - self._born_at) * 1000)


class Fleet:
    """Every kentongan of a city, connected and beating, until `close`."""

    def __init__(
        self, city: BenchCity, master: bytes, passwords: Mapping[str, str], *, sealed: bool, heartbeat_s: float
    ) -> None:
        self._heartbeat_s = heartbeat_s
        self.ears = Ears()
        self.nodes: dict[str, LightNode] = {
            node: LightNode(node, node_key(master, EPOCH, node), passwords[node], self.ears, sealed)
            for place in city.rts
            for node in place.nodes
        }
        self._work: list[asyncio.Task[None]] = []

    async def open(self, host: str, port: int) -> None:
        """Connect all and say their births; returns when the broker has let in the last."""
        nodes = list(self.nodes.values())
        self._work.append(asyncio.create_task(self.ears.read()))
        for first in range(0, len(nodes), AT_ONCE):
            group = nodes[first : first + AT_ONCE]
            await asyncio.gather(*(connect(host, port, node.wire) for node in group))
            for node in group:
                node.beat()
        gc.collect()
        gc.disable()  # a collection among a city's objects would be measured as the subject's delay
        self._work.append(asyncio.create_task(self._beat(nodes)))

    async def close(self) -> None:
        """Disconnect all."""
        gc.enable()
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)
        for node in self.nodes.values():
            node.wire.close()

    def sealed_for(self, make: Callable[[str, str], Command]) -> list[tuple[str, bytes]]:
        """Topic and sealed command of every node; `make(node, its last nonce)` says which."""
        return [node.commanded_by(make) for node in self.nodes.values()]

    async def _beat(self, nodes: list[LightNode]) -> None:
        """Each node once in a heartbeat, spread evenly: that is what jitter makes of a large city."""
        pause = self._heartbeat_s / len(nodes)
        random.shuffle(nodes)
        while True:
            begun = time.perf_counter()
            for index, node in enumerate(nodes):
                wait = begun + index * pause - time.perf_counter()
                if wait > 0.001:
                    await asyncio.sleep(wait)
                node.beat()
            await asyncio.sleep(max(0.0, begun + self._heartbeat_s - time.perf_counter()))


async def until(ready: Callable[[], bool], seconds: float) -> bool:
    """Poll until `ready`; False when the time is over."""
    deadline = time.perf_counter() + seconds
    while not ready():
        if time.perf_counter() > deadline:
            return False
        await asyncio.sleep(0.01)
    return True
