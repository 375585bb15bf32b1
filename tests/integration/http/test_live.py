"""Server-sent events: what happened, to whoever may see it, from where they left off."""

import hashlib
import json
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from tests.integration.served import PATIENCE_S, Rt, Served

from kentongan_server.domain.events import Noted
from kentongan_server.domain.people import Membership, Person, Role
from kentongan_server.ports.unit_of_work import UnitOfWork

pytestmark = pytest.mark.real


@dataclass
class Stream:
    """A reader in a thread; events as they come, None at the end."""

    came: "queue.Queue[dict[str, Any] | None]" = field(default_factory=queue.Queue)

    def next(self) -> dict[str, Any]:
        event = self.came.get(timeout=PATIENCE_S)
        assert event is not None, "the stream ended"
        return event

    def until(self, name: str) -> list[dict[str, Any]]:
        """Every event up to the first of this name."""
        found = [self.next()]
        while found[-1]["event"] != name:
            found.append(self.next())
        return found

    def ends(self) -> bool:
        while self.came.get(timeout=PATIENCE_S) is not None:
            pass
        return True


@contextmanager
def listening(served: Served, token: str, after: int | str | None = None) -> Iterator[Stream]:
    """Read the live feed; returns once the server has begun to answer."""
    stream = Stream()
    headers = {"Authorization": f"Bearer {token}"}
    if after is not None:
        headers["Last-Event-ID"] = str(after)
    known = set(served.app.state.feed._readers)
    with (
        httpx.Client(timeout=httpx.Timeout(PATIENCE_S, read=None), trust_env=False) as client,
        client.stream("GET", f"{served.base_url}/api/v1/events", headers=headers) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        served.until(lambda: set(served.app.state.feed._readers) - known, "the reader is known")
        thread = threading.Thread(target=_read, args=(answer, stream), daemon=True)
        thread.start()
        yield stream
        _hang_up(answer)
        thread.join(PATIENCE_S)


def _hang_up(answer: httpx.Response) -> None:
    answer.extensions["network_stream"].get_extra_info("socket").shutdown(socket.SHUT_RDWR)


def _read(answer: httpx.Response, stream: Stream) -> None:
    event: dict[str, Any] = {}
    try:
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            if line == "" and "data" in event:
                stream.came.put({**json.loads(event["data"]), "id": event["id"], "named": event["event"]})
                event = {}
            elif name in ("id", "event", "data"):
                event[name] = value
    except httpx.HTTPError:
        pass  # hung up
    stream.came.put(None)


def note(served: Served, region: str | None, what: str = "noted", count: int = 1, **data: str) -> None:
    def job(uow: UnitOfWork) -> None:
        for _ in range(count):
            uow.happened(Noted(None, region, what=what, data=data))

    served.run(job)


def last_seq(served: Served) -> int:
    return served.read(lambda uow: uow.timeline.last_seq())


def test_a_report_is_told_as_it_happens(served: Served, rt: Rt) -> None:
    with listening(served, rt.token("resident")) as stream:
        incident = served.post("/api/v1/reports", rt.token("head"), json=rt.a_report()).json()["incident"]
        note(served, rt.code, "the_end")
        events = stream.until("the_end")
    names = [event["event"] for event in events if event["incident"] == incident]
    assert names[:3] == ["incident_opened", "report_taken", "alarm_raised"]
    assert {"forward_queued", "residents_told"} <= set(names)
    assert all(event["named"] == event["event"] and event["id"] == str(event["seq"]) for event in events)
    assert all(event["region"] == rt.code for event in events)
    raised = events[names.index("alarm_raised")]["data"]
    assert raised["nodes"] == list(rt.nodes)
    assert {"level", "pattern", "beats", "rounds", "colour"} <= set(raised)


def test_a_break_costs_nothing(served: Served, rt: Rt) -> None:
    with listening(served, rt.token("resident")) as stream:
        note(served, rt.code, "one")
        left_off = stream.next()["id"]
    note(served, rt.code, "two")
    note(served, rt.code, "three")
    with listening(served, rt.token("resident"), after=left_off) as stream:
        note(served, rt.code, "four")
        assert [stream.next()["event"] for _ in range(3)] == ["two", "three", "four"]


def test_without_a_number_it_begins_now(served: Served, rt: Rt) -> None:
    note(served, rt.code, "before")
    with listening(served, rt.token("resident")) as stream:
        note(served, rt.code, "after")
        assert stream.next()["event"] == "after"


@pytest.mark.parametrize("after", ["99999999999999999999", "12345678901234567890", "-1", "x", "1e3", "٣", "1.5"])
def test_a_number_that_is_none_of_ours_means_from_now_on(served: Served, rt: Rt, after: str) -> None:
    headers = {"Authorization": f"Bearer {rt.token('resident')}", "Last-Event-ID": after.encode()}
    note(served, rt.code, "before")
    with (
        httpx.Client(timeout=PATIENCE_S, trust_env=False) as client,
        client.stream("GET", f"{served.base_url}/api/v1/events", headers=headers) as answer,
    ):
        assert answer.status_code == 200
        served.until(lambda: served.app.state.feed._readers, "the reader is known")
        note(served, rt.code, "after")
        events = [line for line in _lines(answer, 2) if line.startswith("event:")]
    assert events == ["event: after"]


def _lines(answer: httpx.Response, count: int) -> list[str]:
    found: list[str] = []
    for line in answer.iter_lines():
        if line and not line.startswith(":"):
            found.append(line)
        if len(found) == count:
            break
    return found


def test_a_number_too_long_to_be_one_is_refused(served: Served, rt: Rt) -> None:
    answer = served.get("/api/v1/events", rt.token("resident"), headers={"Last-Event-ID": "9" * 5000})
    assert answer.status_code == 422


def test_each_hears_of_their_own_rt_and_the_city_of_all(served: Served, new_rt: Callable[[], Rt]) -> None:
    here, there = new_rt(), new_rt()
    start = last_seq(served)
    for region, what in ((here.code, "here"), (there.code, "there"), (None, "city")):
        note(served, region, what)
    for token, heard in (
        (here.token("resident"), ["here"]),
        (there.token("head"), ["there"]),
        (here.token("operator"), ["here", "there", "city"]),
        (here.token("admin"), ["here", "there", "city"]),
    ):
        with listening(served, token, after=start) as stream:
            assert [stream.next()["event"] for _ in heard] == heard


@pytest.mark.slow
def test_who_lost_their_token_hears_no_more(served: Served, rt: Rt) -> None:
    with listening(served, rt.token("resident")) as stream:
        note(served, rt.code, "while_known")
        assert stream.next()["event"] == "while_known"
        person = Person(rt.people["resident"], "Resident", (Membership(Role.RESIDENT, rt.code, True),))
        served.run(lambda uow: uow.people.put_person(person, None))
        served.until(lambda: served.get("/api/v1/me", rt.token("resident")).status_code == 401, "the token is dead")
        note(served, rt.code, "secret")
        assert stream.came.get(timeout=PATIENCE_S) is None


@pytest.mark.slow
def test_who_moved_hears_of_the_new_rt(served: Served, new_rt: Callable[[], Rt]) -> None:
    here, there = new_rt(), new_rt()
    token = here.token("resident")
    with listening(served, token) as stream:
        moved = Person(here.people["resident"], "Resident", (Membership(Role.RESIDENT, there.code, True),))
        served.run(lambda uow: uow.people.put_person(moved, hashlib.sha256(token.encode()).hexdigest()))
        served.until(
            lambda: [r["code"] for r in served.get("/api/v1/regions", token).json()] == [there.code], "they have moved"
        )
        note(served, here.code, "not_mine_now")
        note(served, there.code, "mine_now")
        heard = [event["event"] for event in stream.until("mine_now")]  # an older alarm nearby may wake the new RT
        assert "not_mine_now" not in heard


@pytest.mark.slow
def test_a_reader_that_does_not_read_holds_up_nobody(served: Served, rt: Rt) -> None:
    """Its socket is full, then its queue; it is let go, and the others have everything."""
    feed = served.app.state.feed
    address = urlsplit(served.base_url)
    with socket.socket() as deaf, listening(served, rt.token("resident")) as stream:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect((address.hostname, address.port))
        known = set(feed._readers)
        request = f"GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {rt.token('resident')}\r\n\r\n"
        deaf.sendall(request.encode())
        served.until(lambda: set(feed._readers) - known, "the deaf one is known")
        (reader,) = set(feed._readers) - known
        for number in range(200):
            note(served, rt.code, f"chunk_{number}", count=100, text="x" * 4000)
            assert [stream.next()["event"] for _ in range(100)] == [f"chunk_{number}"] * 100
            if reader not in feed._readers:
                break
        assert reader not in feed._readers, "the deaf one is let go"


def test_a_reader_that_leaves_is_forgotten(served: Served, rt: Rt) -> None:
    feed = served.app.state.feed
    before = set(feed._readers)
    with listening(served, rt.token("resident")):
        (reader,) = set(feed._readers) - before
    served.until(lambda: reader not in feed._readers, "it is forgotten")


def test_the_police_hear_nothing_of_community_news_live_or_afterwards(served: Served, rt: Rt) -> None:
    start = last_seq(served)
    with listening(served, rt.token("operator")) as live:
        notice = served.post("/api/v1/reports", rt.token("head"), json=rt.a_report(kind="death_notice")).json()[
            "incident"
        ]
        crime = served.post("/api/v1/reports", rt.token("head"), json=rt.a_report()).json()["incident"]
        note(served, rt.code, "the_end")
        told = live.until("the_end")
    with listening(served, rt.token("operator"), after=start) as resumed:
        told += resumed.until("the_end")
    incidents = {event["incident"] for event in told}
    assert crime in incidents
    assert notice not in incidents
