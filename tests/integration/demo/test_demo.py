"""The first thing anybody types, as they type it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from ulid import ULID

pytestmark = [pytest.mark.real, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[3]
DEADLINE_S = 90.0


def _demo(*words: str, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "kentongan_demo", "--headless", *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _description(process: "subprocess.Popen[str]", folder: Path) -> dict:
    deadline = time.monotonic() + DEADLINE_S
    while not (folder / "demo.json").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return json.loads((folder / "demo.json").read_text())


def _children(pid: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
    return [int(child) for child in found]


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("broker", ["mosquitto", "amqtt"])
def test_a_report_sounds_every_kentongan_of_the_home_rt_and_the_end_is_tidy(
    broker: str, tmp_path: Path, mosquitto_path
):
    more = {"KENTONGAN_MOSQUITTO": "/nowhere"} if broker == "amqtt" else {}
    process = _demo("--rts", "3", "--data", str(tmp_path / "demo"), "--port", str(_free_port()), **more)
    try:
        demo = _description(process, tmp_path / "demo")
        assert demo["broker"]["kind"] == broker
        assert set(demo["tokens"]) == {"resident", "rt_head", "operator", "admin"}
        home = demo["regions"][0]
        headers = {"Authorization": f"Bearer {demo['tokens']['resident']}"}
        body = {"id": str(ULID()), "kind": "panic", "region": home["code"]}
        with httpx.Client(base_url=demo["base_url"], headers=headers, timeout=20) as client:
            incident = client.post("/api/v1/reports", json=body).json()["incident"]
            deadline = time.monotonic() + DEADLINE_S
            while True:
                alarm = client.get(f"/api/v1/incidents/{incident}").json()["alarm"]
                if {one["state"] for one in alarm} == {"sounding"}:
                    break
                assert time.monotonic() < deadline, alarm
                time.sleep(0.1)
            assert {one["node"] for one in alarm} == set(home["nodes"])
            notice = {"id": str(ULID()), "kind": "community_work", "region": home["code"], "text": "Minggu pagi"}
            assert client.post("/api/v1/reports", json=notice).status_code == 201
        children = _children(process.pid)
        assert len(children) >= 5
        time.sleep(1)  # let the tally read the last events
    finally:
        process.send_signal(signal.SIGTERM)
        said, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert not (tmp_path / "demo" / "demo.json").exists()
    assert [child for child in children if _is_alive(child)] == []
    summary = {
        line.split("│")[1].strip(): int(line.split("│")[2]) for line in said.splitlines() if line.startswith("│")
    }
    assert summary["Laporan · reports"] == 2
    assert summary["Kentongan berbunyi · soundings"] == len(home["nodes"])
    assert summary["Diteruskan ke polisi · police forwards"] == 2
    assert summary["Ditahan tembok kategori · held by the firewall"] == 1


def test_a_demo_that_is_killed_leaves_nothing_running(tmp_path: Path, mosquitto_path):
    process = _demo("--rts", "2", "--data", str(tmp_path / "demo"), "--port", str(_free_port()))
    _description(process, tmp_path / "demo")
    children = _children(process.pid)
    process.kill()
    process.communicate()
    deadline = time.monotonic() + DEADLINE_S
    while any(_is_alive(child) for child in children):
        assert time.monotonic() < deadline, [child for child in children if _is_alive(child)]
        time.sleep(0.1)


def test_a_busy_port_and_a_foreign_folder_get_one_sentence(tmp_path: Path):
    import socket

    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        _, errors = _demo("--port", str(door.getsockname()[1]), "--data", str(tmp_path / "demo")).communicate(
            timeout=60
        )
    assert "in use by another program" in errors
    assert errors.count("\n") == 1
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "wedding.jpg").write_text("precious")
    process = _demo("--data", str(tmp_path / "photos"))
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "give --data an empty folder" in errors
    assert (tmp_path / "photos" / "wedding.jpg").read_text() == "precious"
    _, errors = _demo("--data", "/proc/kentongan").communicate(timeout=60)
    assert "cannot be written" in errors
    assert errors.count("\n") == 1


def _free_port() -> int:
    import socket

    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
