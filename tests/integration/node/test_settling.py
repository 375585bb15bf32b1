"""A box is settled: by a technician's cable (a pty and the real pyserial), by a phone's page, and across power cuts."""

import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.integration.node.node_process import ROOT, firmware_environment

from kentongan_contract.claim import digest
from kentongan_demo.serial_cable import SerialCable

pytestmark = pytest.mark.real

BOARD = Path(__file__).parent / "board"
CODE = "ABCD-EFGH-JKLM-NPQR-STUV-WXYZ-23"
GOOD = {"node": "ktg-1", "key": "07" * 32, "host": "10.0.0.5", "password": "secret-p", "wifi": [{"ssid": "s"}]}


class Box:
    """The process of a new box, its cable's technician end and its page."""

    def __init__(self, micropython: Path, folder: Path) -> None:
        self.folder = folder
        (folder / "claim.json").write_text(json.dumps({"hash": digest(CODE).decode()}))
        self.cable = SerialCable()
        self.device = self.cable.ends[0]
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
            self.port = door.getsockname()[1]
        environment = firmware_environment()
        environment["MICROPYPATH"] = f"{BOARD}:{environment['MICROPYPATH']}"
        self.process = subprocess.Popen(
            [str(micropython), str(BOARD / "settle_on_unix.py"), str(folder), self.cable.ends[1], str(self.port)],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self._wait()

    def technician(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """`./kentongan node …` on this cable."""
        command = [sys.executable, "-m", "kentongan_technician", *words, "--port", self.device]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=30)

    def settings(self) -> dict:
        return json.loads((self.folder / "settings.json").read_text())

    def _wait(self) -> None:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.process.communicate()[0]
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("no page")


@pytest.fixture
def box(tmp_path: Path, micropython_path: Path) -> Iterator[Box]:
    found = Box(micropython_path, tmp_path)
    yield found
    found.process.kill()
    found.process.communicate()
    found.cable.unplug()


def test_a_technician_claims_settles_and_looks(box: Box, tmp_path: Path):
    file = tmp_path / "ktg-1.json"
    file.write_text(json.dumps(GOOD))
    seen = box.technician("show")
    assert json.loads(seen.stdout)["claimable"] is True, seen.stderr
    wrong = box.technician("claim", "--code", "WRONG", "--settings", str(file))
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "the code does not fit" in wrong.stderr
    time.sleep(1.1)  # a wrong code costs a second
    done = box.technician("claim", "--code", CODE.lower(), "--settings", str(file))
    assert done.returncode == 0, done.stderr
    assert done.stdout == "Claimed as ktg-1; settings version 1. It restarts by itself.\n"
    assert box.settings() == {**GOOD, "version": 1}
    assert not (box.folder / "claim.json").exists()
    assert box.process.wait(10) == 0


def test_what_cannot_be_used_is_a_sentence(box: Box, tmp_path: Path):
    file = tmp_path / "bad.json"
    file.write_text(json.dumps({**GOOD, "hots": "10.0.0.5"}))
    for words, sentence in (
        (("claim", "--code", CODE, "--settings", str(file)), "hots is not a setting"),
        (("claim", "--code", CODE, "--settings", str(tmp_path / "none")), "cannot be read"),
        (("configure", "--settings", str(file), "--credentials", str(file)), "no key yet"),
    ):
        done = box.technician(*words)
        assert (done.returncode, done.stdout) == (1, "")
        assert sentence in done.stderr
        assert len(done.stderr.splitlines()) == 1
    gone = subprocess.run(
        [sys.executable, "-m", "kentongan_technician", "show", "--port", "/dev/nowhere"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip
    assert gone.returncode == 1
    assert "cannot be opened" in gone.stderr
    assert (box.folder / "claim.json").exists()


def test_a_phone_settles_it_with_the_page(box: Box):
    base = f"http://127.0.0.1:{box.port}"
    for path in ("/", "/generate_204", "/hotspot-detect.html"):  # what phones ask for
        page = httpx.get(base + path)
        assert page.status_code == 200
        assert len(page.content) <= 8_192
        assert "Kode di kotak" in page.text
        assert "Code on the box" in page.text
        assert "http://" not in page.text.replace(base, "")
    first = httpx.post(base + "/settle", json={"code": "nonsense", "settings": GOOD}).json()
    assert first["ok"] is False
    assert "does not fit" in first["error"]
    assert "too fast" in httpx.post(base + "/settle", json={"code": CODE, "settings": GOOD}).json()["error"]
    time.sleep(1.1)
    bad = httpx.post(base + "/settle", json={"code": CODE, "settings": {**GOOD, "port": 0}}).json()
    assert bad == {"ok": False, "error": "settings: port must be 1 to 65535, or null"}
    assert httpx.post(base + "/settle", json={"code": CODE, "settings": GOOD}).json() == {"ok": True, "version": 1}
    assert box.settings()["host"] == "10.0.0.5"
    assert box.process.wait(10) == 0


def test_a_hostile_visitor_neither_stops_nor_settles_it(box: Box):
    for request in (
        b"\x00" * 3000, b"GET\r\n\r\n", b"POST /settle HTTP/1.0\r\nContent-Length: 99999999\r\n\r\n",
        b"POST /settle HTTP/1.0\r\nContent-Length: x\r\n\r\n", b"POST /settle HTTP/1.0\r\nContent-Length: 2\r\n\r\n[]",
        b"POST /settle HTTP/1.0\r\nContent-Length: 500\r\n\r\n{", b"DELETE / HTTP/1.0\r\n\r\n", b"",
    ):  # fmt: skip
        with socket.create_connection(("127.0.0.1", box.port), 2) as visitor:
            visitor.sendall(request)
    connection = http.client.HTTPConnection("127.0.0.1", box.port, timeout=5)
    connection.request("GET", "/")
    assert connection.getresponse().status == 200
    connection.close()
    assert (box.folder / "claim.json").exists()
    assert not (box.folder / "settings.json").exists()


def test_a_power_cut_at_every_write_leaves_the_old_settings_or_the_new(micropython_path: Path):
    environment = firmware_environment()
    environment["MICROPYPATH"] = f"{BOARD}:{environment['MICROPYPATH']}"
    done = subprocess.run(
        [str(micropython_path), "-X", "heapsize=128m", str(BOARD / "cut_settings.py")],
        env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=90,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["neither"] == []
    assert result["cuts"] > 10
    assert result["old"] > 0
    assert result["new"] > 0
