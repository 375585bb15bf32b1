"""Reports over a real broker: a sealed receipt for what is stored, and nothing for what is no report."""

import json
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from tests.integration.mqtt.conftest import Post
from tests.integration.mqtt.node_talker import NodeTalker, a_state
from tests.integration.served import Served

from kentongan_broker import Broker
from kentongan_contract import codec, seal, topics
from kentongan_contract.messages import Report
from kentongan_contract.seal import Key, node_key

pytestmark = pytest.mark.real

SECRET = b"BYTES-THAT-MUST-NOT-BE-LOGGED"


def test_a_report_is_stored_before_it_is_receipted(post: Post) -> None:
    report = post.node.presses()
    receipt = post.node.is_receipted(report)
    kept = post.served.read(lambda uow: uow.incidents.report(report))
    assert (kept.node, kept.region, kept.incident) == (post.node.name, post.rt.code, receipt.incident)
    assert post.other.receipts == [], "it is told to nobody else"


def test_a_repeat_is_receipted_again_and_stored_once(post: Post) -> None:
    report = post.node.presses()
    first = post.node.is_receipted(report)
    for count in (2, 3):
        post.node.says(Report(report, "panic", "actual", 1, post.node.seq, None))
        post.node.until(lambda count=count: len(post.node.receipts) == count, "one more receipt")
    assert post.node.receipts == [first] * 3
    assert post.shown(first.incident)["reports"] == 1


def test_no_receipt_while_it_is_not_durable(post: Post) -> None:
    """The writer is held inside another job: the report has arrived, but it is not stored."""
    inside, go_on = threading.Event(), threading.Event()

    def hold(_: object) -> None:
        inside.set()
        assert go_on.wait(20)

    holder = threading.Thread(target=post.served.run, args=(hold,))
    holder.start()
    assert inside.wait(20)
    try:
        ignored = post.served.metric("kentongan_mqtt_ignored_total", reason="SealError")
        report = post.node.presses()
        post.node.publishes(topics.up(post.node.name, "report"), b"x")  # what follows it on the line is dealt with
        post.served.until(
            lambda: post.served.metric("kentongan_mqtt_ignored_total", reason="SealError") > ignored, "both arrived"
        )
        assert post.node.receipts == []
        assert post.served.read(lambda uow: uow.incidents.report(report)) is None
    finally:
        go_on.set()
        holder.join()
    post.node.is_receipted(report)


def damaged(post: Post, **fields: Any) -> bytes:
    """A well sealed report of this node with some fields wrong, or missing (`...`)."""
    name = f"{post.node.name}.1.1"
    good = {**Report(name, "panic", "actual", 1, 1, 0).fields(), "note": SECRET.decode()}
    body = {field: value for field, value in {**good, **fields}.items() if value is not ...}
    return sealed(post, json.dumps(body).encode())


def sealed(post: Post, body: bytes, purpose: str = "report", node: str | None = None) -> bytes:
    return seal.seal(post.node._key, purpose, node or post.node.name, body)


Bad = Callable[[Post], bytes]
BAD: dict[str, tuple[str, Bad]] = {
    "empty": ("SealError", lambda _: b""),
    "garbage": ("SealError", lambda _: bytes(range(256)) + SECRET),
    "not sealed": ("SealError", lambda post: codec.encode(Report(f"{post.node.name}.1.1", "panic", "actual", 1, 1, 0))),
    "a wrong seal": ("SealError", lambda _: b"0" * 64 + b" " + SECRET),
    "another node's seal": ("SealError", lambda post: seal.seal(post.other._key, "report", post.node.name, SECRET)),
    "sealed for another node": ("SealError", lambda post: sealed(post, SECRET, node=post.other.name)),
    "sealed as a state": ("SealError", lambda post: sealed(post, SECRET, purpose="state")),
    "no JSON": ("MessageError", lambda post: sealed(post, SECRET)),
    "not UTF-8": ("MessageError", lambda post: sealed(post, b'{"id":"\xff\xfe' + SECRET + b'"}')),
    "deep": ("MessageError", lambda post: sealed(post, b"[" * 4000)),
    "a huge number": ("MessageError", lambda post: sealed(post, b'{"id":' + b"9" * 4000 + b"}")),
    "as long as may be": ("MessageError", lambda post: sealed(post, b'{"id":"' + SECRET * 140 + b'"}')),
    "a list": ("MessageError", lambda post: sealed(post, b"[1]")),
    "a field missing": ("MessageError", lambda post: damaged(post, purpose=...)),
    "a field mistyped": ("MessageError", lambda post: damaged(post, seq="1")),
    "a negative age": ("MessageError", lambda post: damaged(post, age_ms=-1)),
    "NaN": ("MessageError", lambda post: damaged(post, age_ms=float("nan"))),
    "beyond 2^53": ("MessageError", lambda post: damaged(post, boot=2**53)),
    "an unknown kind": ("MessageError", lambda post: damaged(post, kind="picnic")),
    "another node's id": ("MessageError", lambda post: damaged(post, id=f"{post.other.name}.1.1")),
    "an id of no shape": ("MessageError", lambda post: damaged(post, id="x")),
    "half a character": ("MessageError", lambda post: sealed(post, rb'{"id":"\ud800"}')),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_report_is_counted_and_ignored(post: Post, name: str) -> None:
    reason, make = BAD[name]
    payload = make(post)
    before = post.served.metric("kentongan_mqtt_ignored_total", reason=reason)
    with capture_logs() as logs:
        post.node.publishes(topics.up(post.node.name, "report"), payload)
        genuine = post.node.presses(boot=2)
        post.node.is_receipted(genuine)
    assert post.served.metric("kentongan_mqtt_ignored_total", reason=reason) == before + 1
    assert len(post.node.receipts) == 1
    said = repr(logs)
    assert "message_ignored" in said
    assert SECRET.decode() not in said
    assert not any(part in said for part in (repr(payload)[2:40], payload[:40].hex()) if len(payload) > 40)


def test_a_kind_of_message_that_is_none_is_ignored(post: Post) -> None:
    before = post.served.metric("kentongan_mqtt_ignored_total", reason="TopicError")
    post.node.publishes(f"{topics.ROOT}/{post.node.name}/up/picnic", SECRET)
    post.node.is_receipted(post.node.presses())
    assert post.served.metric("kentongan_mqtt_ignored_total", reason="TopicError") == before + 1


def test_what_is_said_in_another_s_name_never_arrives(post: Post) -> None:
    """The broker's rules drop it; the seal would have told as well."""
    name = f"{post.other.name}.1.1"
    forged = Report(name, "panic", "actual", 1, 1, 0)
    post.node.publishes(topics.up(post.other.name, "report"), sealed(post, codec.encode(forged), node=post.other.name))
    post.node.is_receipted(post.node.presses())
    assert post.served.read(lambda uow: uow.incidents.report(name)) is None
    assert post.other.receipts == []


def test_one_who_says_too_much_is_cut_off_and_may_come_back(post: Post) -> None:
    post.node.publishes(topics.up(post.node.name, "report"), b"x" * 10_000, wait=False)
    post.node.until_cut_off()
    post.other.is_receipted(post.other.presses())
    post.node.connect()
    post.node.is_receipted(post.node.presses())


def test_a_flood_of_nonsense_delays_no_report(post: Post) -> None:
    for number in range(500):
        post.node.publishes(topics.up(post.node.name, "report"), SECRET + b"%d" % number, wait=False)
        if number % 100 == 0:
            post.other.is_receipted(post.other.presses())
    post.node.is_receipted(post.node.presses())


def test_a_node_of_no_city_gets_no_receipt(post: Post, line: Broker, hearing: Served) -> None:
    key = Key(node_key(hearing.master, 1, "ktg-stray"))
    before = hearing.metric("kentongan_mqtt_ignored_total", reason="unknown_node")
    with NodeTalker(line, "ktg-stray", key) as stray:
        stray.presses()
        stray.says(a_state())
        hearing.until(
            lambda: hearing.metric("kentongan_mqtt_ignored_total", reason="unknown_node") == before + 1, "it is counted"
        )
        post.node.is_receipted(post.node.presses())
        assert stray.receipts == []


@pytest.mark.slow
def test_a_store_that_takes_nothing_for_a_while_does_not_make_the_server_deaf(post: Post) -> None:
    """More messages than the broker's window fail to be stored; it must not wait for their PUBACKs for ever."""
    window = 1000
    with capture_logs() as logs:
        with closing(sqlite3.connect(Path(post.served.folder) / "kentongan.sqlite3")) as lock:
            lock.execute("BEGIN IMMEDIATE")  # as a full disk does: nothing is written until it is let go
            reports = [post.node.presses(wait=False) for _ in range(window + 50)]
            post.served.until(
                lambda: sum(entry["event"] == "report_not_stored" for entry in logs) > window,
                "more than the window has failed",
                seconds=90,
            )
            lock.rollback()
        post.other.is_receipted(post.other.presses())
    last = Report(reports[0], "panic", "actual", 1, 1, None)
    post.node.says(last)
    post.node.is_receipted(reports[0])
