"""Brokers that lie, babble, stall and hang up: the node ends the session, says why, and comes back."""

import threading
import time
from pathlib import Path

import pytest
from tests.integration.node.scripted_broker import (
    CONNACK,
    SESSION_PRESENT,
    SUBACK,
    ScriptedBroker,
    hang_up,
    linger,
    published,
    say,
)

pytestmark = pytest.mark.real

GOOD = say(CONNACK, SUBACK)


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        pytest.param(say(CONNACK, SUBACK, b"\x30\xff\xff\xff\xff\x7f"), "length of five bytes", id="impossible length"),
        pytest.param(say(CONNACK, SUBACK, b"\x32\x01\x00"), "cannot be read", id="a publish of one byte"),
        pytest.param(say(CONNACK, SUBACK, published("t", b"x", 0x34)), "cannot be read", id="qos 2"),
        pytest.param(say(CONNACK, SUBACK, published("t", b"x", 0x36)), "cannot be read", id="qos 3"),
        pytest.param(say(CONNACK, SUBACK, b"\x10\x00"), "does not send", id="a packet that only clients send"),
        pytest.param(say(CONNACK, b"\x90\x03\x00\x01\x80"), "refuses the subscription", id="subscription refused"),
        pytest.param(say(CONNACK, SUBACK), "does not answer", id="neither puback nor pingresp"),
    ],
)
def test_a_session_gone_wrong_is_ended_named_and_begun_anew(city, run_node, act, reason):
    with ScriptedBroker(act, GOOD) as broker:
        node = run_node(city.fleet(port=broker.port, answer_ms=400, ping_ms=400, retry_cap_ms=200))
        assert reason in node.wait("disconnected")["reason"]
        node.wait("connected", session=2)


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(say(b"\x20\x02\x00\x05"), id="not allowed"),
        pytest.param(say(b"\x20\x02\x00\x63"), id="a code of its own"),
        pytest.param(say(b"HTTP/1.1 400 Bad Request\r\n\r\n"), id="no broker at all"),
        pytest.param(linger, id="silence"),
        pytest.param(hang_up, id="hangs up"),
        pytest.param(say(b"\x90\x03\x00\x01\x01"), id="suback before connack"),
    ],
)
def test_a_door_that_stays_shut_is_tried_again(city, run_node, act):
    with ScriptedBroker(act, act, act, GOOD) as broker:
        node = run_node(city.fleet(port=broker.port, answer_ms=300, retry_cap_ms=200))
        node.wait("connected", session=1)
        assert broker.connections == 4
        assert node.press()


def test_a_session_that_the_broker_kept_is_as_good_as_a_new_one(city, run_node):
    with ScriptedBroker(say(SESSION_PRESENT, SUBACK)) as broker:
        node = run_node(city.fleet(port=broker.port))
        node.wait("connected")


def test_a_giant_message_is_passed_over_and_acknowledged(city, run_node):
    acknowledged = threading.Event()

    def act(connection):
        connection.recv(4096)
        connection.sendall(
            CONNACK + SUBACK + published("kentongan/v1/ktg-a/down/command", b"z" * 300_000, packet_id=77)
        )
        heard = b""
        while b"\x40\x02\x00\x4d" not in heard:
            heard += connection.recv(4096)
        acknowledged.set()
        linger(connection)

    with ScriptedBroker(act) as broker:
        node = run_node(city.fleet(port=broker.port))
        node.wait("connected")
        assert acknowledged.wait(10)
        assert node.heard("disconnected") == []
        assert node.status()["refused"] == 0


def test_a_thousand_failed_connects_cost_no_descriptor(city, run_node):
    with ScriptedBroker(hang_up) as broker:
        node = run_node(city.fleet(port=broker.port, retry_base_ms=1, retry_cap_ms=1))
        descriptors = Path(f"/proc/{node.pid}/fd")
        while broker.connections < 50:
            time.sleep(0.01)
        before = len(list(descriptors.iterdir()))
        deadline = time.monotonic() + 30
        while broker.connections < 1050 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert broker.connections >= 1050
        assert len(list(descriptors.iterdir())) <= before + 2
