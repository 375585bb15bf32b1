"""Starting, stopping and failing to start, with both brokers."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from kentongan_broker import BrokerError, Enrolment, PortBusyError, start
from kentongan_contract import topics

pytestmark = pytest.mark.real

ENROLMENT = Enrolment(nodes={"ktg-a": "password of ktg-a"})
KINDS = ("mosquitto", "amqtt")


def answers(broker) -> bool:
    try:
        socket.create_connection((broker.host, broker.port), 1).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_it_runs_until_it_is_stopped(kind, tmp_path, mosquitto_path, visitors):
    with start(tmp_path, ENROLMENT, kind=kind) as broker:
        assert broker.kind == kind
        assert visitors(broker).login("ktg-a").let_in
        pid = broker.pid
    assert broker.pid is None
    assert not answers(broker)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    broker.stop()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("end", ["stop", "kill"])
def test_it_starts_again_on_the_same_port_and_knows_nothing(kind, end, tmp_path, mosquitto_path, visitors):
    with start(tmp_path, ENROLMENT, kind=kind) as broker:
        city = visitors(broker)
        city.login("ktg-a").say(topics.up("ktg-a", "state"), b"before", retain=True)
        assert city.login("server").listen(topics.EVERY_UP).wait_for(b"before").retained
        port = broker.port
        getattr(broker, end)()
        assert not answers(broker)
        broker.start()
        assert broker.port == port
        server = city.login("server").listen(topics.EVERY_UP)
        city.login("ktg-a").say(topics.up("ktg-a", "report"), b"after")
        server.wait_for(b"after")
        assert [heard.payload for heard in server.heard] == [b"after"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_busy_port_is_named(kind, tmp_path, mosquitto_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortBusyError, match=f"Port {port} on 127.0.0.1 is held by another program"):
            start(tmp_path, ENROLMENT, port=port, kind=kind)


def test_another_broker_on_the_port_is_not_taken_for_ours(tmp_path, mosquitto_path):
    with start(tmp_path / "first", ENROLMENT, kind="mosquitto") as first:
        with pytest.raises(PortBusyError):
            start(tmp_path / "second", Enrolment(nodes={}), port=first.port, kind="mosquitto")
        assert answers(first)


def test_without_mosquitto_there_is_a_line_to_type(tmp_path, monkeypatch):
    monkeypatch.setenv("KENTONGAN_MOSQUITTO", "/nowhere/mosquitto")
    with pytest.raises(BrokerError, match="sudo apt-get install mosquitto"):
        start(tmp_path, ENROLMENT, kind="mosquitto")


def test_without_mosquitto_the_embedded_broker_serves_and_says_so(tmp_path, monkeypatch, visitors):
    monkeypatch.setenv("KENTONGAN_MOSQUITTO", "/nowhere/mosquitto")
    with start(tmp_path, ENROLMENT) as broker:
        assert broker.kind == "amqtt"
        assert "demo only" in broker.label
        assert visitors(broker).login("ktg-a").let_in


def test_a_configuration_that_mosquitto_refuses_is_quoted(tmp_path, mosquitto_path):
    with pytest.raises(BrokerError, match="Mosquitto ended at once"):
        start(tmp_path, ENROLMENT, host="203.0.113.1", port=1883, kind="mosquitto")


def test_a_running_broker_is_not_started_twice(tmp_path, mosquitto_path):
    with start(tmp_path, ENROLMENT, kind="mosquitto") as broker, pytest.raises(BrokerError, match="already running"):
        broker.start()


@pytest.mark.parametrize("kind", KINDS)
def test_it_does_not_outlive_whoever_started_it(kind, tmp_path, mosquitto_path):
    code = (
        "import sys, time; from pathlib import Path; from kentongan_broker import Enrolment, start\n"
        "broker = start(Path(sys.argv[1]), Enrolment(nodes={}), kind=sys.argv[2])\n"
        "print(broker.port, flush=True); time.sleep(60)"
    )
    starter = subprocess.Popen([sys.executable, "-c", code, tmp_path, kind], stdout=subprocess.PIPE, text=True)
    port = starter.stdout.readline().strip()
    starter.kill()
    starter.communicate()
    assert no_answer_soon(port)


def test_a_broker_that_ignores_the_request_to_end_is_ended(tmp_path, mosquitto_path):
    with start(tmp_path, ENROLMENT, kind="mosquitto") as broker:
        pid = broker.pid
        os.kill(pid, signal.SIGSTOP)
        broker.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_the_command_renders_and_runs_a_city(tmp_path, mosquitto_path):
    city = tmp_path / "city.json"
    city.write_text(json.dumps({"regions": [{"nodes": [{"id": "ktg-a"}]}]}), encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "kentongan_broker", "run", city, tmp_path / "broker", "--port", port]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert running.stdout.readline().startswith(f"Mosquitto on 127.0.0.1:{port}")
        logins = json.loads((tmp_path / "broker" / "logins.json").read_text(encoding="utf-8"))
        assert set(logins) == {"server", "server-2", "ktg-a"}
        taken = subprocess.run(command, capture_output=True, text=True, timeout=30)
        assert taken.returncode == 1
        assert taken.stderr.startswith(f"Port {port} on 127.0.0.1 is held")
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(10)
    assert running.returncode == 0
    assert no_answer_soon(port)


def test_the_command_says_when_the_broker_ends_by_itself(tmp_path, mosquitto_path):
    city = tmp_path / "city.json"
    city.write_text(json.dumps({"regions": []}), encoding="utf-8")
    command = [sys.executable, "-m", "kentongan_broker", "run", city, tmp_path / "broker", "--port", "0"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    running.stdout.readline()
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(running.pid)], capture_output=True, text=True)
    os.kill(int(children.stdout), signal.SIGKILL)
    assert "ended by itself" in running.communicate(timeout=10)[1]
    assert running.returncode == 1


def no_answer_soon(port: str) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", int(port))):
                return True
    return False
