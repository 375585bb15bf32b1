"""The door for what nodes say: what is taken, what is ignored and counted, and when a receipt may go out."""

import json
from typing import Any

import pytest
from structlog.testing import capture_logs
from tests.fakes.sounder import FakeSounder
from tests.unit.server.town import RT1, Town
from tests.unit.server.waiting import until

from kentongan_contract import codec, seal, topics
from kentongan_contract.messages import Report, State, report_id
from kentongan_contract.updates import Fetch
from kentongan_server.domain.lifecycle import CommandState
from kentongan_server.domain.place import Presence
from kentongan_server.domain.release import Release, Ring
from kentongan_server.inbound.metrics import Metrics
from kentongan_server.inbound.mqtt.codebook_watch import CodebookWatch
from kentongan_server.inbound.mqtt.listener import Listener
from kentongan_server.outbound.mqtt.signer import Signer
from kentongan_server.ports.telemetry import Heartbeat

MASTER = bytes(range(32))
KEYS = Signer(MASTER)


def a_report(node: str = "ktg-1", seq: int = 1, **different: Any) -> Report:
    plain = {"id": report_id(node, 7, seq), "kind": "panic", "purpose": "actual", "boot": 7, "seq": seq, "age_ms": 40}
    return Report(**{**plain, **different})


def a_state(seq: int = 1, **different: Any) -> State:
    plain: dict[str, Any] = {
        "presence": "online",
        "boot": 7,
        "session": 1,
        "seq": seq,
        "nonce": "a" * 16,
        "siren": "silent",
        "commands": [],
        "refused": 2,
        "report": None,
        "stage": None,
        "uptime_ms": 5000,
        "firmware": "0.1.0",
        "minor": 0,
        "rssi_dbm": -60,
        "battery_mv": None,
        "mains": True,
    }
    return State(**{**plain, **different})


class Door:
    """A town's listener, and what went out of it."""

    def __init__(self) -> None:
        self.town = Town()
        self.sounder = FakeSounder()
        self.metrics = Metrics()
        self.heartbeats: list[Heartbeat] = []
        self.acknowledged = 0
        watch = CodebookWatch(self.town.store, self.sounder)
        self.listener = Listener(self.town.store, KEYS, self.sounder, self.metrics, self.heartbeats.append, watch)

    async def receives(self, topic: str, payload: bytes) -> None:
        """Hand a message in and wait until it is dealt with."""
        before = self.acknowledged
        self.listener.receive(topic, payload, False, self._acknowledge)
        await until(lambda: self.acknowledged > before, "the PUBACK")
        await until(lambda: not self.listener._under_way)

    async def hears(self, node: str, message: Report | State | Fetch, key_of: str | None = None) -> None:
        """`node` says a sealed message (with another's key, where one is named)."""
        body = seal.seal(KEYS.key(key_of or node), message.KIND, node, codec.encode(message))
        await self.receives(topics.up(node, message.KIND), body)

    def ignored(self, reason: str) -> float:
        return self.metrics.registry.get_sample_value("kentongan_mqtt_ignored_total", {"reason": reason}) or 0.0

    def taken(self, kind: str) -> float:
        return self.metrics.registry.get_sample_value("kentongan_mqtt_messages_total", {"kind": kind}) or 0.0

    def _acknowledge(self) -> None:
        self.acknowledged += 1


@pytest.fixture
def door() -> Door:
    return Door()


async def test_a_report_is_stored_and_receipted(door: Door) -> None:
    await door.hears("ktg-1", a_report())
    report = door.town.store.incidents.reports["ktg-1.7.1"]
    assert (report.region, report.node, report.reporter) == (RT1, "ktg-1", None)
    assert (door.town.clock.now() - report.happened_at).total_seconds() == 0.04
    assert door.sounder.shown == [("ktg-1", "ktg-1.7.1", "stored", report.incident)]
    assert door.taken("report") == 1


async def test_a_repeat_is_receipted_again(door: Door) -> None:
    for _ in range(3):
        await door.hears("ktg-1", a_report(age_ms=None))
    assert len(door.sounder.shown) == 3
    counted = {"source": "call_point", "class": "crime"}
    assert door.metrics.registry.get_sample_value("kentongan_reports_total", counted) == 1
    assert len(door.town.store.incidents.incidents) == 1
    assert door.town.store.incidents.reports["ktg-1.7.1"].happened_at is None


async def test_a_report_older_than_anybody_can_say_is_taken_all_the_same(door: Door) -> None:
    await door.hears("ktg-1", a_report(age_ms=9007199254740991))
    assert door.sounder.shown


async def test_no_receipt_before_the_report_is_durable(door: Door) -> None:
    door.town.store.full = True
    with capture_logs() as logs:
        await door.hears("ktg-1", a_report())
        await door.receives(*sealed_state(a_state()))
    assert door.sounder.shown == []
    assert door.acknowledged == 2, "the line is kept clear: a broker waits for its PUBACKs"
    assert [entry["event"] for entry in logs] == ["report_not_stored", "state_not_stored"]
    door.town.store.full = False
    await door.hears("ktg-1", a_report())
    assert len(door.sounder.shown) == 1


async def test_a_receipt_that_could_not_be_sent_is_sent_with_the_repeat(door: Door) -> None:
    door.sounder.away = True
    await door.hears("ktg-1", a_report())
    door.sounder.away = False
    await door.hears("ktg-1", a_report())
    assert len(door.sounder.shown) == 1


def sealed_state(state: State, node: str = "ktg-1") -> tuple[str, bytes]:
    return topics.up(node, "state"), seal.seal(KEYS.key(node), "state", node, codec.encode(state))


async def test_a_state_is_kept_and_its_outcomes_believed(door: Door) -> None:
    taken = door.town.press("ktg-1")
    command = door.town.command_to("ktg-1", taken.incident)
    state = a_state(siren="sounding", commands=[["old", "completed"], [command.id, "sounding"]])
    await door.hears("ktg-1", state)
    node = door.town.store.places.nodes["ktg-1"]
    assert (node.siren, node.boot, node.session, node.seq, node.nonce) == ("sounding", 7, 1, 1, "a" * 16)
    assert door.town.command_to("ktg-1", taken.incident).state is CommandState.SOUNDING
    (heartbeat,) = door.heartbeats
    assert (heartbeat.node, heartbeat.region, heartbeat.uptime_ms, heartbeat.refused) == ("ktg-1", RT1, 5000, 2)
    assert (heartbeat.rssi_dbm, heartbeat.battery_mv, heartbeat.mains) == (-60, None, True)


async def test_an_old_state_is_taken_off_the_line_and_changes_nothing(door: Door) -> None:
    await door.hears("ktg-1", a_state(seq=5))
    await door.hears("ktg-1", a_state(seq=4, siren="sounding"))
    assert door.town.store.places.nodes["ktg-1"].siren == "silent"
    assert len(door.heartbeats) == 1


async def test_a_last_will_is_no_heartbeat(door: Door) -> None:
    await door.hears("ktg-1", a_state(seq=5))
    await door.hears("ktg-1", a_state(seq=0, presence="offline"))
    assert door.town.store.places.nodes["ktg-1"].presence is Presence.OFFLINE
    assert len(door.heartbeats) == 1


SECRET = b"PAYLOAD-THAT-MUST-NOT-BE-LOGGED"


def sealed(kind: str, body: bytes, node: str = "ktg-1") -> bytes:
    return seal.seal(KEYS.key(node), kind, node, body)


def damaged(**fields: Any) -> bytes:
    """A sealed report in which some fields are wrong (a value) or missing (`...`)."""
    found = {**a_report().fields(), "note": SECRET.decode(), **fields}
    body = json.dumps({name: value for name, value in found.items() if value is not ...}, allow_nan=True)
    return sealed("report", body.encode())


UP = "kentongan/v1/ktg-1/up/report"
BAD = {
    "empty": (UP, b"", "SealError"),
    "garbage": (UP, b"\x00\xff\xfe" + SECRET, "SealError"),
    "no seal": (UP, codec.encode(a_report()), "SealError"),
    "seal of zeros": (UP, b"0" * 64 + b" " + SECRET, "SealError"),
    "another's seal": (UP, seal.seal(KEYS.key("ktg-2"), "report", "ktg-1", SECRET), "SealError"),
    "seal for a command": (UP, seal.seal(KEYS.key("ktg-1"), "command", "ktg-1", SECRET), "SealError"),
    "seal in capitals": (UP, sealed("report", SECRET)[:64].upper() + b" " + SECRET, "SealError"),
    "one bit off": (UP, sealed("report", SECRET)[:-1] + b"\x00", "SealError"),
    "not JSON": (UP, sealed("report", SECRET), "MessageError"),
    "not UTF-8": (UP, sealed("report", b'{"id": "\xff' + SECRET + b'"}'), "MessageError"),
    "not an object": (UP, sealed("report", b'["' + SECRET + b'"]'), "MessageError"),
    "deep": (UP, sealed("report", b"[" * 4000), "MessageError"),
    "huge": (UP, sealed("report", b'{"id": "' + SECRET * 100_000 + b'"}'), "MessageError"),
    "huge number": (UP, sealed("report", b'{"id": ' + b"9" * 4000 + b"}"), "MessageError"),
    "missing field": (UP, damaged(kind=...), "MessageError"),
    "mistyped field": (UP, damaged(boot="7"), "MessageError"),
    "true is no number": (UP, damaged(seq=True), "MessageError"),
    "not a number": (UP, damaged(age_ms=float("nan")), "MessageError"),
    "infinity": (UP, damaged(age_ms=float("inf")), "MessageError"),
    "half a character": (UP, sealed("report", rb'{"id": "\ud800"}'), "MessageError"),
    "NUL": (UP, damaged(id="ktg-1.7.1\x00"), "MessageError"),
    "unknown kind of incident": (UP, damaged(kind="picnic"), "MessageError"),
    "another node's report": (UP, damaged(id="ktg-2.7.1"), "MessageError"),
    "another boot's report": (UP, damaged(id="ktg-1.8.1"), "MessageError"),
    "unknown kind of message": ("kentongan/v1/ktg-1/up/picnic", SECRET, "TopicError"),
    "downwards": ("kentongan/v1/ktg-1/down/command", sealed("command", SECRET), "ContractError"),
    "another version": ("kentongan/v2/ktg-1/up/report", SECRET, "TopicError"),
    "no topic of ours": ("weather/semarang", SECRET, "TopicError"),
    "an odd name": ("kentongan/v1/KTG-1/up/report", SECRET, "TopicError"),
    "a long name": (f"kentongan/v1/{'k' * 33}/up/report", SECRET, "TopicError"),
    "an empty name": ("kentongan/v1//up/report", SECRET, "TopicError"),
}


@pytest.mark.parametrize("name", BAD)
async def test_what_is_no_message_is_counted_and_ignored_and_never_logged(door: Door, name: str) -> None:
    topic, payload, reason = BAD[name]
    with capture_logs() as logs:
        await door.receives(topic, payload)
    assert door.ignored(reason) == 1
    assert door.town.store.incidents.reports == {}
    assert door.sounder.shown == []
    assert len(logs) == 1
    assert SECRET.decode() not in repr(logs)
    await door.hears("ktg-1", a_report())
    assert door.sounder.shown, "a genuine report right after is taken"


async def test_a_node_of_no_city_gets_no_receipt(door: Door) -> None:
    await door.hears("ktg-stray", a_report("ktg-stray"))
    await door.hears("ktg-stray", a_state())
    assert door.ignored("unknown_node") == 1
    assert door.sounder.shown == []
    assert "ktg-stray" not in door.town.store.places.nodes


async def test_a_report_that_the_core_refuses_is_ignored(door: Door) -> None:
    """The same press said twice with another kind: the first word stands."""
    await door.hears("ktg-1", a_report())
    await door.hears("ktg-1", a_report(kind="fire"))
    assert door.ignored("ConflictError") == 1
    assert len(door.sounder.shown) == 1


async def test_an_opened_box_is_told_to_the_operators_once_and_is_no_incident(door: Door) -> None:
    for _ in range(3):
        await door.hears("ktg-1", a_report(kind="tamper"))
    assert door.town.store.incidents.incidents == {}
    assert door.sounder.shown == [("ktg-1", "ktg-1.7.1", "stored", None)] * 3
    told = [entry for entry in door.town.store.timeline.entries if entry.event == "box_opened"]
    assert [(entry.incident, entry.region, entry.actor) for entry in told] == [(None, RT1, "ktg-1")]
    assert door.taken("notice") == 3


async def test_a_tapped_pin_is_a_notice_that_names_its_report(door: Door) -> None:
    await door.hears("ktg-1", a_report(seq=1))
    for seq, kind in ((2, "cancel"), (3, "duress")):
        await door.hears("ktg-1", a_report(seq=seq, kind=kind, of="ktg-1.7.1"))
    told = {e.event: e for e in door.town.store.timeline.entries if e.event in ("cancel_tapped", "duress_tapped")}
    assert {name: entry.facts["report"] for name, entry in told.items()} == dict.fromkeys(told, "ktg-1.7.1")
    assert {entry.incident for entry in told.values()} == {None}, "no neighbour's page may show it"
    assert len(door.town.store.incidents.reports) == 1


async def test_a_notice_with_another_nodes_id_or_of_an_unknown_node_is_nothing(door: Door) -> None:
    await door.hears("ktg-1", a_report("ktg-2", kind="tamper"), key_of="ktg-1")
    await door.hears("ktg-99", a_report("ktg-99", kind="tamper"))
    assert door.sounder.shown == []
    assert (door.ignored("MessageError"), door.ignored("unknown_node")) == (1, 1)


async def test_no_receipt_for_a_notice_that_is_not_durable(door: Door) -> None:
    door.town.store.full = True
    with capture_logs():
        await door.hears("ktg-1", a_report(kind="tamper"))
    assert (door.sounder.shown, door.acknowledged) == ([], 1)


async def test_troubles_are_kept_and_told_as_they_come_and_go(door: Door) -> None:
    await door.hears("ktg-1", a_state(1, troubles=["tamper_open"]))
    await door.hears("ktg-1", a_state(2, troubles=["tamper_open"]))
    await door.hears("ktg-1", a_state(3, troubles=["siren_cut"]))
    assert door.town.store.places.nodes["ktg-1"].troubles == ("siren_cut",)
    told = [e.facts for e in door.town.store.timeline.entries if e.event == "troubles_changed"]
    assert [(facts["came"], facts["went"]) for facts in told] == [
        (["tamper_open"], []), (["siren_cut"], ["tamper_open"])]  # fmt: skip


async def test_a_node_without_time_or_beats_is_told_and_an_old_one_is_left_alone(door: Door) -> None:
    await door.hears("ktg-1", a_state(1))
    assert (door.sounder.timed, door.sounder.taught) == ([], [])
    await door.hears("ktg-1", a_state(2, minor=2))
    assert door.sounder.timed == [("ktg-1", "a" * 16, door.town.clock.now())]
    assert door.sounder.taught == [("ktg-1", "semarang-1")]
    await door.hears("ktg-1", a_state(3, minor=2, minute=600, codebook=1))
    door.sounder.away = True
    await door.hears("ktg-1", a_state(4, minor=2))
    assert (len(door.sounder.timed), len(door.sounder.taught)) == (1, 1)


async def test_a_piece_is_given_while_its_release_is_given_out_and_to_nobody_else(door: Door) -> None:
    release = Release(7, "0.7", RT1, 9, Ring.FEW, door.town.clock.now(), "tono", door.town.clock.now())
    door.town.store.releases.put(release)
    door.town.store.releases.put_file(7, "a.mpy", b"0123456789")
    await door.hears("ktg-1", Fetch(7, "a.mpy", 4, 3))
    assert door.sounder.given == [("ktg-1", 7, "a.mpy", 4, b"456")]
    await door.hears("ktg-1", Fetch(7, "b.mpy", 0, 3))
    door.town.store.releases.put(release.moved(Ring.HALTED, door.town.clock.now(), "it blinks"))
    await door.hears("ktg-1", Fetch(7, "a.mpy", 4, 3))
    assert (len(door.sounder.given), door.ignored("no_release")) == (1, 2)
