"""One sounding at a time, and only an equal or greater matter takes over."""

import pytest

from kentongan_gateway.limits import HAND_MS, KEY_MS, LONGEST_MS
from kentongan_gateway.local_alarm import BEATS, DURATION_MS, ROUNDS
from kentongan_gateway.own_siren import ALARM, COMMUNITY, EXERCISE, Cause, OwnSiren


class House:
    """A siren and what it told."""

    def __init__(self, player, clock) -> None:
        self.told: list[tuple[str | None, str | None]] = []
        self.player, self.clock = player, clock
        self.siren = OwnSiren(player, clock, lambda action: action(), self._hear)

    def _hear(self, cause: Cause, outcome: str | None) -> None:
        self.told.append((cause.command or cause.report, outcome))

    def command(self, name: str, rank: int = ALARM, incident: str | None = None, duration_ms: int = 60_000):
        return self.siren.sound(Cause(name, None, incident, rank), [90, 110], 0, duration_ms)


@pytest.fixture
def house(player, clock):
    return House(player, clock)


def test_a_hand_sounds_titir_at_once(house):
    house.siren.sound_locally("r1")
    assert house.player.playing == (list(BEATS), ROUNDS, DURATION_MS)
    assert (house.siren.sounding, house.siren.local_soundings, house.siren.soundings) == (True, 1, 0)
    assert house.told == [("r1", None)]


def test_the_servers_command_takes_the_local_alarm_over(house):
    house.siren.sound_locally("r1")
    assert house.command("c1") is None
    assert house.told == [("r1", None), ("r1", "silenced"), ("c1", None)]
    assert house.siren.soundings == 1


def test_a_press_does_not_disturb_a_real_alarm_that_sounds(house):
    house.command("c1")
    house.siren.sound_locally("r1")
    assert house.told == [("c1", None)]
    assert house.siren.local_soundings == 0


@pytest.mark.parametrize("rank", [COMMUNITY, EXERCISE])
def test_a_press_takes_over_what_is_less_than_an_alarm(house, rank):
    house.command("c1", rank)
    house.siren.sound_locally("r1")
    assert house.told[-2:] == [("c1", "silenced"), ("r1", None)]


@pytest.mark.parametrize("rank", [COMMUNITY, EXERCISE])
def test_a_lesser_matter_never_quietens_an_alarm(house, rank):
    house.siren.sound_locally("r1")
    assert house.command("c1", rank) == "failed"
    assert house.told == [("r1", None)]
    assert house.player.playing is not None


def test_exercises_are_not_counted_as_soundings(house):
    assert house.command("c1", EXERCISE) is None
    assert house.siren.soundings == 0


def test_the_end_is_told_once_with_its_outcome(house):
    house.command("c1")
    house.player.end()
    assert house.told == [("c1", None), ("c1", "completed")]
    assert not house.siren.sounding
    assert house.siren.stop() is False


def test_the_end_of_what_was_replaced_is_no_news(player, clock):
    waiting = []
    told = []
    siren = OwnSiren(player, clock, waiting.append, lambda cause, outcome: told.append((cause.command, outcome)))
    siren.sound(Cause("c1", None, None, ALARM), [90, 110], 0, 1000)
    player.end()  # in the player's thread; not yet handed over
    siren.sound(Cause("c2", None, None, ALARM), [90, 110], 0, 1000)
    waiting.pop()()
    assert told == [("c1", None), ("c1", "silenced"), ("c2", None)]
    assert siren.sounding


def test_the_limits_stand_above_the_command(house):
    house.command("c1", duration_ms=900_000)
    assert house.player.playing[2] == LONGEST_MS
    house.clock.ms += LONGEST_MS
    house.player.end()
    assert house.command("c2") == "failed"
    house.siren.sound_locally("r1")
    assert house.player.playing[2] == HAND_MS


@pytest.mark.parametrize("beats", [[], [0, 100], [0, 0]])
def test_a_pattern_without_strokes_is_failed(house, beats):
    assert house.siren.sound(Cause("c1", None, None, ALARM), beats, 3, 1000) == "failed"
    assert house.told == []


def test_the_key_silences_the_matter_under_every_name(house):
    house.siren.sound_locally("r1")
    assert house.siren.turn_key()
    assert not house.siren.sounding
    house.siren.name_incident("r1", "i1")
    assert house.command("c1", incident="i1") == "silenced"
    assert house.command("c2", incident="i2") is None
    house.siren.turn_key()
    assert house.command("c3", incident="i2") == "silenced"
    house.clock.ms += KEY_MS
    assert house.command("c4", incident="i1") is None


def test_the_key_without_a_sound_silences_nothing(house):
    assert house.siren.turn_key() is False
    assert house.command("c1") is None


def test_which_sounding_an_end_concerns(house):
    assert not house.siren.concerns(None)
    house.siren.sound_locally("r1")
    assert house.siren.concerns("i1")  # not yet named: it may be this one
    house.siren.name_incident("r1", "i1")
    assert house.siren.concerns("i1")
    assert not house.siren.concerns("i2")
    assert house.siren.concerns(None)
    house.command("c1", incident="i3")
    assert not house.siren.concerns("i1")


def test_a_broken_pin_is_told_as_failed(house):
    house.player.broken = True
    assert house.command("c1") == "failed"
    assert not house.siren.sounding
    house.player.broken = False
    house.command("c2")
    house.player.broken = True
    house.siren.stop()
    assert house.told[-1] == ("c2", "failed")


def test_a_pin_that_breaks_while_another_sounds_ends_both(house):
    house.command("c1")
    house.player.broken = True
    assert house.command("c2") == "failed"
    assert house.told == [("c1", None), ("c1", "failed")]
