"""The gateway as a kentongan: states it says, commands it obeys, receipts it believes."""

from itertools import count

import pytest

from kentongan_contract import codec
from kentongan_contract.messages import Command, Receipt, Report, State
from kentongan_contract.seal import Key, seal, unseal
from kentongan_gateway.outcomes import REMEMBERED, Outcomes
from kentongan_gateway.own_kentongan import STAGES, TEST_MS, OwnKentongan
from kentongan_gateway.own_siren import OwnSiren

NODE = "gw-0101"
KEY = Key(bytes(range(32)))
NONCE_MS = 7500


class House:
    """A kentongan with its siren, and the server's side of the talk."""

    def __init__(self, player, clock) -> None:
        self.player, self.clock = player, clock
        self.changes = 0
        self.leisure: list[int] = []
        self._random = count(1)
        self._counter = count(1)
        self.siren = OwnSiren(player, clock, lambda action: action(), self._siren_told)
        self.kentongan = OwnKentongan(
            NODE, KEY, 7, "gateway-test", self.siren, clock, self._bytes, NONCE_MS, self._changed
        )

    def _bytes(self, size: int) -> bytes:
        return next(self._random).to_bytes(size, "big")

    def _siren_told(self, *news) -> None:
        self.kentongan.siren_told(*news)

    def _changed(self, leisure_ms: int) -> None:
        self.changes += 1
        self.leisure.append(leisure_ms)

    def read(self, data: bytes) -> State:
        state = codec.decode("state", unseal(KEY, "state", NODE, data))
        assert isinstance(state, State)
        return state

    def state(self) -> State:
        return self.read(self.kentongan.state())

    def command(self, name: str, nonce: str, **changed) -> bytes:
        fields = {
            "action": "sound", "incident": "i1", "class_": "crime", "purpose": "actual", "pattern": "titir",
            "beats": [90, 110], "rounds": 0, "duration_ms": 60_000, "colour": "red", "counter": next(self._counter),
            "ttl_ms": 30_000,
        } | changed  # fmt: skip
        return seal(KEY, "command", NODE, codec.encode(Command(id=name, nonce=nonce, **fields)))

    def obey(self, name: str, retained: bool = False, **changed) -> None:
        nonce = changed.pop("nonce", None) or self.state().nonce
        self.kentongan.take_command(self.command(name, nonce, **changed), retained=retained)

    def receipt(self, report: str, stage: str, *, retained: bool = False, key: Key = KEY):
        data = seal(key, "receipt", NODE, codec.encode(Receipt(report, stage, "i1")))
        return self.kentongan.take_receipt(data, retained=retained)


@pytest.fixture
def house(player, clock):
    house = House(player, clock)
    house.kentongan.birth()
    return house


def test_birth_will_and_farewell(player, clock):
    house = House(player, clock)
    will = house.read(house.kentongan.last_will())
    birth = house.read(house.kentongan.birth())
    assert (will.presence, will.session, will.nonce, will.siren) == ("offline", 1, None, "silent")
    assert (birth.presence, birth.session, birth.boot, birth.firmware) == ("online", 1, 7, "gateway-test")
    assert birth.nonce is not None
    assert birth.seq > will.seq
    assert house.read(house.kentongan.last_will()).session == 2
    farewell = house.read(house.kentongan.farewell())
    assert (farewell.presence, farewell.nonce) == ("offline", None)
    assert farewell.seq > birth.seq


def test_a_change_repeats_the_nonce_and_a_heartbeat_renews_it(house):
    first = house.state()
    house.clock.ms += 1000
    assert house.state().nonce == first.nonce
    assert house.read(house.kentongan.birth()).nonce == first.nonce  # a flapping line must not use the nonces up
    house.clock.ms += NONCE_MS
    assert house.read(house.kentongan.heartbeat()).nonce != first.nonce
    assert house.state().uptime_ms == 1000 + NONCE_MS


def test_a_city_is_obeyed_at_once_and_answered_at_leisure(house):
    house.obey("c1", leisure_ms=5_000)
    assert house.player.playing is not None
    assert set(house.leisure) == {5_000}
    house.leisure.clear()
    house.obey("c1", leisure_ms=5_000)
    assert house.leisure == [0]  # asked again: somebody waits


def test_a_command_sounds_and_every_step_is_said(house):
    house.obey("c1")
    assert house.player.playing == ([90, 110], 0, 60_000)
    assert (house.state().siren, house.state().commands) == ("sounding", [["c1", "sounding"]])
    changes = house.changes
    house.player.end()
    assert house.changes > changes
    assert (house.state().siren, house.state().commands) == ("silent", [["c1", "completed"]])


def test_the_same_command_again_makes_no_second_noise(house):
    house.obey("c1")
    house.player.end()
    changes = house.changes
    house.obey("c1")
    assert house.player.playing is None
    assert house.siren.soundings == 1
    assert house.changes == changes + 1
    assert house.kentongan.refused == 0


def test_a_newer_command_takes_over_and_the_older_one_is_silenced(house):
    house.obey("c1")
    house.obey("c2")
    assert house.state().commands == [["c1", "silenced"], ["c2", "sounding"]]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: data[65:],
        lambda _data: b"",
        lambda data: seal(KEY, "receipt", NODE, data[65:]),
        lambda data: seal(KEY, "command", "gw-0102", data[65:]),
        lambda data: seal(Key(bytes(32)), "command", NODE, data[65:]),
        lambda _data: seal(KEY, "command", NODE, b"not json"),
        lambda data: seal(KEY, "command", NODE, data[65:].replace(b"sound", b"shout", 1)),
    ],
)
def test_what_is_not_a_sealed_command_is_counted_and_silent(house, spoil):
    house.kentongan.take_command(spoil(house.command("c1", house.state().nonce)), retained=False)
    assert (house.player.playing, house.kentongan.refused, house.state().commands) == (None, 1, [])
    assert house.state().refused == 1


def test_a_retained_command_or_receipt_is_refused(house):
    house.obey("c1", retained=True)
    assert house.receipt(house.kentongan.press().id, "stored", retained=True) is None
    assert (house.player.playing, house.kentongan.refused, house.kentongan.stage) == (None, 2, None)


def test_a_late_command_expires_and_may_come_again(house):
    nonce = house.state().nonce
    house.clock.ms += 30_001
    house.obey("c1", nonce=nonce)
    assert (house.player.playing, house.kentongan.refused) == (None, 1)
    assert house.state().commands == [["c1", "expired"]]
    house.kentongan.heartbeat()
    house.obey("c1")
    assert house.state().commands == [["c1", "sounding"]]


def test_replayed_and_unknown_nonces_are_refused(house):
    data = house.command("c1", house.state().nonce, counter=50)
    house.kentongan.take_command(data, retained=False)
    house.obey("c2", counter=50)
    house.obey("c3", nonce="00" * 8)
    assert house.kentongan.refused == 2
    assert house.state().commands == [["c1", "sounding"], ["c3", "expired"]]


def test_commands_of_an_earlier_life_die_with_it(house, player, clock):
    data = house.command("c1", house.state().nonce)
    reborn = House(player, clock)
    reborn._random = count(1000)
    reborn.kentongan.birth()
    reborn.kentongan.take_command(data, retained=False)
    assert (reborn.player.playing, reborn.kentongan.refused) == (None, 1)


@pytest.mark.parametrize("incident", ["i1", None])
def test_silence_ends_its_incident(house, incident):
    house.obey("c1")
    house.obey("c2", action="silence", incident=incident, beats=[])
    assert house.player.playing is None
    assert house.state().commands == [["c1", "silenced"], ["c2", "completed"]]


def test_silence_for_another_incident_ends_nothing(house):
    house.obey("c1")
    house.obey("c2", action="silence", incident="i9", beats=[])
    assert house.state().commands == [["c1", "sounding"], ["c2", "completed"]]


def test_all_clear_ends_the_alarm_and_plays_its_own_pattern(house):
    house.obey("c1")
    house.obey("c2", action="all_clear", beats=[400, 400], rounds=2)
    assert house.player.playing == ([400, 400], 2, 60_000)
    assert house.state().commands == [["c1", "silenced"], ["c2", "sounding"]]
    house.obey("c3", action="all_clear", beats=[])
    assert house.state().commands[-1] == ["c3", "completed"]


def test_a_test_is_short_and_lesser(house):
    house.obey("c1", action="test", purpose="test")
    assert house.player.playing[2] == TEST_MS
    house.obey("c2", class_="community")
    assert house.state().commands == [["c1", "silenced"], ["c2", "sounding"]]
    house.obey("c3")
    house.obey("c4", class_="community")
    assert house.state().commands[-1] == ["c4", "failed"]
    assert house.state().commands[-2] == ["c3", "sounding"]


def test_the_state_tells_the_last_four(house):
    for number in range(6):
        house.obey(f"c{number}")
    assert [name for name, _ in house.state().commands] == ["c2", "c3", "c4", "c5"]


def test_presses_have_ids_of_their_own_and_an_age(house):
    first, second = house.kentongan.press(), house.kentongan.press()
    assert (first.id, second.id) == ("gw-0101.7.1", "gw-0101.7.2")
    sealed = house.kentongan.report_bytes(first, 1234)
    assert codec.decode("report", unseal(KEY, "report", NODE, sealed)) == Report(
        "gw-0101.7.1", "panic", "actual", 7, 1, 1234
    )
    assert house.state().report == second.id


def test_receipts_move_the_indicator_forward_only(house):
    report = house.kentongan.press().id
    for stage in STAGES:
        assert house.receipt(report, stage) == Receipt(report, stage, "i1")
        assert house.state().stage == stage
    for stage in STAGES:
        house.receipt(report, stage)
        assert house.kentongan.stage == "resolved"


def test_a_receipt_for_an_older_press_is_believed_but_not_shown(house):
    older = house.kentongan.press().id
    newer = house.kentongan.press().id
    assert house.receipt(older, "police_saw") is not None
    assert (house.state().report, house.state().stage) == (newer, None)


def test_a_receipt_sealed_by_another_is_refused(house):
    report = house.kentongan.press().id
    assert house.receipt(report, "stored", key=Key(bytes(32))) is None
    assert (house.kentongan.stage, house.kentongan.refused) == (None, 1)


def test_outcomes_are_bounded_and_stale_floods_push_nothing_out():
    outcomes = Outcomes()
    outcomes.note("c1", "completed")
    for number in range(REMEMBERED * 2):
        outcomes.expired(f"late-{number}")
    assert outcomes.is_known("c1")
    assert not outcomes.is_known("late-127")
    for number in range(REMEMBERED * 2):
        outcomes.note(f"c{number}", "completed")
    assert not outcomes.is_known("c1")
