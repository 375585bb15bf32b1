"""A node on a serial line: the same messages in frames, over a pty, with noise, repeats and a line that vanishes."""

import json
import os
import select
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from kentongan_contract import codec, frames, messages, seal

pytestmark = pytest.mark.real

NODE = "ktg-a"
KEY = seal.Key(bytes(range(32)))
LINK = seal.Key(bytes(range(32, 64)))
DEADLINE_S = 15


class GatewayEnd:
    """The other end of the line; `device` is a path that stays when the line is replaced."""

    def __init__(self, folder: Path) -> None:
        self.device = folder / "line"
        self.counter = 0
        self._master = -1
        self._slave = -1
        self.plug()

    def plug(self) -> None:
        """A new line under the same path."""
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self._reader = frames.FrameReader()
        self._waiting: list[frames.Frame] = []
        self.device.unlink(missing_ok=True)
        self.device.symlink_to(os.ttyname(self._slave))

    def unplug(self) -> None:
        """The line is gone, for both."""
        os.close(self._master)
        os.close(self._slave)

    def hear(self, wanted) -> messages.Message:
        """The next message for which `wanted` holds."""
        until = time.monotonic() + DEADLINE_S
        while time.monotonic() < until:
            while self._waiting:
                frame = self._waiting.pop(0)
                assert frame.counter > self.counter
                self.counter = frame.counter
                message = codec.decode(frame.kind, seal.unseal(KEY, frame.kind, NODE, frame.payload))
                if wanted(message):
                    return message
            if select.select([self._master], [], [], 0.2)[0]:
                for encoded in self._reader.feed(os.read(self._master, 4096)):
                    self._waiting.append(frames.decode({NODE: LINK}, encoded))
        raise AssertionError("nothing of the kind came over the line")

    def frame(self, message: messages.Message, counter: int, key: seal.Key = LINK) -> bytes:
        payload = seal.seal(KEY, message.KIND, NODE, codec.encode(message))
        return frames.encode(key, frames.Frame(NODE, message.KIND, counter, payload))

    def write(self, data: bytes) -> None:
        os.write(self._master, data)


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[GatewayEnd]:
    end = GatewayEnd(tmp_path)
    yield end
    end.unplug()


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    path = tmp_path / "fleet.json"
    entry = {"id": NODE, "key": bytes(range(32)).hex(), "link_key": bytes(range(32, 64)).hex(), "region": "r"}
    settings = {"heartbeat_ms": 1_000}
    path.write_text(json.dumps({"broker": {"host": "127.0.0.1", "port": 1}, "settings": settings, "nodes": [entry]}))
    return path


def _is_state(message: messages.Message) -> bool:
    return isinstance(message, messages.State)


def _command(nonce: str, counter: int) -> messages.Command:
    return messages.Command(
        f"cmd-{counter}",
        "sound",
        "inc-1",
        "crime",
        "actual",
        "titir",
        [90, 110],
        9,
        60_000,
        "red",
        nonce,
        counter,
        30_000,
    )


def test_press_receipt_and_command_over_the_line(fleet, gateway, run_node):
    node = run_node(fleet, NODE, str(gateway.device))
    birth = gateway.hear(_is_state)
    assert (birth.presence, birth.session) == ("online", 1)
    report = node.press()
    said = gateway.hear(lambda message: isinstance(message, messages.Report))
    assert said.id == report
    gateway.write(gateway.frame(messages.Receipt(report, "stored", "inc-1"), 1))
    node.wait("confirmed", report=report)
    gateway.write(gateway.frame(_command(birth.nonce, 1), 2))
    node.wait("siren", on=True, command="cmd-1")
    state = gateway.hear(lambda message: _is_state(message) and ["cmd-1", "sounding"] in message.commands)
    assert (state.report, state.stage) == (report, "stored")


def test_noise_strangers_and_recorded_frames_move_nothing(fleet, gateway, run_node):
    node = run_node(fleet, NODE, str(gateway.device))
    birth = gateway.hear(_is_state)
    frame = gateway.frame(_command(birth.nonce, 1), 5)
    gateway.write(os.urandom(200) + b"\0")
    gateway.write(gateway.frame(_command(birth.nonce, 2), 6, seal.Key(bytes(32))))  # not the key of this line
    gateway.write(frame[: len(frame) // 2] + b"\0")
    gateway.write(os.urandom(5000).replace(b"\0", b"\1") + b"\0")  # longer than a frame may be
    gateway.write(frame)
    node.wait("siren", on=True, command="cmd-1")
    gateway.write(frame)  # recorded
    gateway.write(gateway.frame(messages.Receipt(f"{NODE}.1.1", "stored", None), 4))  # a lower count
    gateway.write(gateway.frame(_command(birth.nonce, 3), 7))
    node.wait("siren", on=True, command="cmd-3")
    status = node.status()
    assert (status["soundings"], status["repeats"], status["refused"]) == (2, 0, 0)


def test_a_line_that_vanished_is_used_again_when_it_is_back(fleet, gateway, run_node):
    node = run_node(fleet, NODE, str(gateway.device))
    gateway.hear(_is_state)
    gateway.unplug()
    node.wait("disconnected")
    report = node.press()
    assert node.status()["siren"] == "sounding"
    gateway.plug()
    said = gateway.hear(lambda message: isinstance(message, messages.Report))
    assert said.id == report
    birth = gateway.hear(_is_state)
    assert birth.session == 2


def test_the_frame_counter_rises_across_a_reboot(fleet, gateway, run_node):
    node = run_node(fleet, NODE, str(gateway.device))
    gateway.hear(_is_state)
    before = gateway.counter
    node.cut_power()
    run_node(fleet, NODE, str(gateway.device))
    gateway.hear(lambda message: _is_state(message) and message.uptime_ms < 1_000 and message.seq == 1)
    assert gateway.counter > before + 1_000_000


def test_a_line_that_nobody_reads_never_stalls_the_call_point(fleet, gateway, run_node):
    node = run_node(fleet, NODE, str(gateway.device))
    gateway.hear(_is_state)
    until = time.monotonic() + 8
    slowest = 0
    while time.monotonic() < until:  # heartbeats fill the line's buffer meanwhile; each press adds reports
        since = len(node.events)
        node.post("press", hold_ms=600)
        closed = node.wait("contact", since=since, closed=True)
        pressed = node.wait("pressed", since=since)
        slowest = max(slowest, pressed["ms"] - closed["ms"])
        node.wait("contact", since=since, closed=False)
        time.sleep(0.3)
    assert slowest < 550
    assert len(node.status()["pending"]) >= 5
