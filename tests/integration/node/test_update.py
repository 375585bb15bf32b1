"""A release offered over the real broker: fetched piece by piece, started, kept; a broken one rolls back; the power goes in between.

Real MicroPython processes started by `unix_boot.py`, which is `boot.py` for a process: exit code 3 asks to be started again.
"""

import base64
import hashlib
import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.integration.node.node_process import FIRMWARE, ROOT, firmware_environment

from kentongan_contract import codec, messages, seal, topics, updates
from kentongan_release import bundle

pytestmark = pytest.mark.real
NODE = "ktg-a"
DEADLINE_S = 40.0


class Shelf:
    """What the server has to give, and how often each piece was asked for."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, sequence: int, changes: dict[str, bytes]) -> None:
        rooms = (ROOT / "contract" / "kentongan_contract", FIRMWARE / "kentongan_node")
        self.files = {f"{room.name}/{file.name}": file.read_bytes() for room in rooms for file in room.glob("*.py")}
        self.files |= changes
        listed = [[path, len(data), hashlib.sha256(data).hexdigest()] for path, data in sorted(self.files.items())]
        body = {"version": f"0.{sequence}", "sequence": sequence, "boards": ["esp32_s3"], "files": listed}
        self.files[""] = bundle.sign(key, json.dumps(body).encode())
        self.sequence = sequence
        self.asked: list[tuple[str, int]] = []

    def answer(self, fetch: updates.Fetch) -> updates.Piece:
        """The piece."""
        self.asked.append((fetch.path, fetch.offset))
        data = self.files[fetch.path][fetch.offset : fetch.offset + fetch.size]
        return updates.Piece(fetch.sequence, fetch.path, fetch.offset, base64.b64encode(data).decode())


class Master:
    """Starts the node, and again whenever it ends, until closed."""

    def __init__(self, micropython: Path, fleet: Path, state: Path) -> None:
        self._command = [str(micropython), str(FIRMWARE / "unix_boot.py"), "--fleet", str(fleet), "--node", NODE]
        self._command += ["--state", str(state)]
        self.starts = 0
        self.told: list[dict[str, Any]] = []
        self._over = False
        self._process: subprocess.Popen[str] | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def cut_power(self) -> None:
        """No farewell."""
        if self._process is not None:
            self._process.kill()

    def do(self, verb: str, **fields: object) -> None:
        """Give a verb."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": verb, **fields}) + "\n")
        self._process.stdin.flush()

    def close(self) -> None:
        """Away with it."""
        self._over = True
        self.cut_power()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._over and self.starts < 20:
            self.starts += 1
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env=firmware_environment(), text=True, bufsize=1,
            )  # fmt: skip
            assert self._process.stdout is not None
            for line in self._process.stdout:
                self.told.append(json.loads(line))
            self._process.wait()


@pytest.fixture
def masters() -> Iterator[list[Master]]:
    """Processes that are ended whatever happens."""
    started: list[Master] = []
    yield started
    for master in started:
        master.close()


def _start(city: Any, micropython: Path, folder: Path, masters: list[Master], **settings: Any) -> tuple[Any, Master]:
    key = ec.generate_private_key(ec.SECP256R1())
    fleet = city.fleet(
        hold_ms=0, heartbeat_ms=500, prove_ms=500, local_ms=1500, update_key=bundle.public_of(key), **settings
    )
    state = folder / "state"
    state.mkdir()
    master = Master(micropython, fleet, state)
    masters.append(master)
    city.server.wait_state(NODE, lambda state: state.presence == "online")
    return key, master


def _serve(city: Any, shelf: Shelf, before: Callable[[updates.Fetch], bool] = lambda _: True) -> None:
    def hear(_client: object, _data: object, message: Any) -> None:
        node, _, kind = topics.parse(message.topic)
        if node == NODE:
            fetch = codec.decode(kind, seal.unseal(seal.Key(city.keys[NODE]), kind, NODE, message.payload))
            assert isinstance(fetch, updates.Fetch)
            if before(fetch):
                piece = shelf.answer(fetch)
                city.server.client.publish(topics.down(NODE, "piece"), city.server.sealed(NODE, piece), qos=1)

    city.server.client.message_callback_add("kentongan/v1/+/up/fetch", hear)


def _offer(city: Any, shelf: Shelf) -> None:
    city.server.send(NODE, updates.Offer(shelf.sequence, len(shelf.files[""])))


def _until(city: Any, shelf: Shelf, wanted: Callable[[messages.State], bool], *, offering: bool = True) -> Any:
    """Offer as the server does, again and again, until a state fits."""
    until = time.monotonic() + DEADLINE_S
    while True:
        if offering:
            _offer(city, shelf)
        for state in city.server.states[NODE][-3:]:
            if wanted(state):
                return state
        assert time.monotonic() < until, city.server.states[NODE][-2:]
        time.sleep(0.2)


_VERSION = b'VERSION = "9.9.9"\n'


def test_an_offered_release_is_fetched_started_and_kept(city, micropython_path, tmp_path, masters):
    key, master = _start(city, micropython_path, tmp_path, masters)
    shelf = Shelf(key, 7, {"kentongan_node/__init__.py": _VERSION})
    _serve(city, shelf)
    _offer(city, shelf)
    kept = _until(city, shelf, lambda state: state.release == 7)
    assert (kept.firmware, kept.offered, kept.updating) == ("9.9.9", 7, "kept")
    assert master.starts == 2
    assert len(shelf.asked) == len(set(shelf.asked)) or len(shelf.asked) < 1.1 * len(set(shelf.asked))


def test_a_press_in_the_middle_sounds_at_once_and_the_update_waits(city, micropython_path, tmp_path, masters):
    key, master = _start(city, micropython_path, tmp_path, masters)
    shelf = Shelf(key, 7, {"kentongan_node/__init__.py": _VERSION})
    _serve(city, shelf)
    _offer(city, shelf)
    while len(shelf.asked) < 20:
        time.sleep(0.01)
    master.do("press", hold_ms=100)
    until = time.monotonic() + 5
    while not any(event["event"] == "siren" for event in master.told):
        assert time.monotonic() < until
        time.sleep(0.01)
    asked = len(shelf.asked)
    time.sleep(0.8)
    assert len(shelf.asked) <= asked + 1  # it sounds: not a piece is asked for
    report = next(event["report"] for event in master.told if event["event"] == "pressed")
    city.server.confirm(NODE, report)
    assert _until(city, shelf, lambda state: state.release == 7).firmware == "9.9.9"


def test_the_power_cut_in_between_goes_on_where_it_was(city, micropython_path, tmp_path, masters):
    key, master = _start(city, micropython_path, tmp_path, masters)
    shelf = Shelf(key, 7, {"kentongan_node/__init__.py": _VERSION})
    cuts = [60, 150, 250]

    def before(_fetch: updates.Fetch) -> bool:
        if cuts and len(shelf.asked) >= cuts[0]:
            cuts.pop(0)
            master.cut_power()
            return False
        return True

    _serve(city, shelf, before)
    _until(city, shelf, lambda state: state.release == 7)
    assert cuts == []
    assert master.starts >= 5
    whole = {path for path, _ in shelf.asked if path}
    twice = [path for path in whole if shelf.asked.count((path, 0)) > 1]
    assert len(twice) <= 3  # at most the one file that each cut tore is brought again


@pytest.mark.parametrize("broken", ["dies", "never_up"])
def test_a_broken_release_rolls_back_and_is_not_tried_again(city, micropython_path, tmp_path, masters, broken):
    key, master = _start(city, micropython_path, tmp_path, masters)
    changes = {
        "dies": {"kentongan_node/node.py": b"raise RuntimeError('broken')\n"},
        "never_up": {
            "kentongan_node/mqtt_uplink.py": (FIRMWARE / "kentongan_node" / "mqtt_uplink.py").read_bytes()
            + b"\n\nasync def _nothing(self):\n    while True:\n        await __import__('asyncio').sleep(1)\n\n\nMqttUplink.run = _nothing\n"
        },
    }
    shelf = Shelf(key, 7, {"kentongan_node/__init__.py": _VERSION, **changes[broken]})
    _serve(city, shelf)
    state = _until(city, shelf, lambda state: state.updating == "rolled_back")
    assert (state.release, state.offered, state.firmware == "9.9.9") == (0, 7, False)
    asked = len(shelf.asked)
    _offer(city, shelf)
    time.sleep(1)
    assert len(shelf.asked) == asked
    assert master.starts == 5  # the first, three of the trial, and the old one again


def test_what_somebody_else_signed_is_refused(city, micropython_path, tmp_path, masters):
    _, master = _start(city, micropython_path, tmp_path, masters)
    shelf = Shelf(ec.generate_private_key(ec.SECP256R1()), 7, {"kentongan_node/__init__.py": _VERSION})
    _serve(city, shelf)
    state = _until(city, shelf, lambda state: state.updating == "refused")
    assert (state.release, state.offered) == (0, 7)
    assert master.starts == 1
    assert {path for path, _ in shelf.asked} == {""}
    assert not os.path.exists(tmp_path / "state" / "a" / "kentongan_node")  # noqa: PTH110
