"""Limits: three minutes a sounding, fifteen an hour, and a hand on a button is always heard."""

from hypothesis import given
from hypothesis import strategies as st

from kentongan_gateway.limits import (
    HAND_MS,
    HOUR_MS,
    KEY_MS,
    LONGEST_MS,
    PAUSE_MS,
    PER_HOUR_MS,
    SilenceKey,
    SoundingLimits,
)


def sound(limits: SoundingLimits, at_ms: int, for_ms: int) -> None:
    limits.started(at_ms)
    limits.stopped(at_ms + for_ms)


def test_one_sounding_is_at_most_three_minutes():
    assert SoundingLimits().allowed_ms(0, by_hand=False) == LONGEST_MS == 180_000


def test_a_row_of_soundings_without_a_pause_is_one():
    limits = SoundingLimits()
    sound(limits, 0, 100_000)
    assert limits.allowed_ms(100_000 + PAUSE_MS - 1, by_hand=False) < 80_000
    assert limits.allowed_ms(100_000 + PAUSE_MS, by_hand=False) == LONGEST_MS


def test_taking_over_does_not_begin_anew():
    limits = SoundingLimits()
    limits.started(0)
    limits.started(170_000)
    assert limits.allowed_ms(170_000, by_hand=False) == 10_000


def test_an_hour_holds_fifteen_minutes_and_then_a_short_word_by_hand():
    limits = SoundingLimits()
    for turn in range(5):
        sound(limits, turn * 200_000, LONGEST_MS)
    assert limits.allowed_ms(1_000_000, by_hand=False) == 0
    assert limits.allowed_ms(1_000_000, by_hand=True) == HAND_MS
    assert limits.allowed_ms(HOUR_MS + 100_000, by_hand=False) == 100_000
    assert limits.allowed_ms(HOUR_MS + 1_000_000, by_hand=False) == LONGEST_MS


@given(st.lists(st.tuples(st.integers(0, 400_000), st.integers(0, 400_000)), max_size=60))
def test_no_history_of_commands_exceeds_an_hour(steps):
    limits, now_ms, spans = SoundingLimits(), 0, []
    for pause, wish in steps:
        now_ms += pause
        for_ms = min(wish, limits.allowed_ms(now_ms, by_hand=False))
        assert for_ms <= LONGEST_MS
        if for_ms:
            sound(limits, now_ms, for_ms)
            spans.append((now_ms, now_ms + for_ms))
            now_ms += for_ms
        used = sum(end - max(begin, now_ms - HOUR_MS) for begin, end in spans if end > now_ms - HOUR_MS)
        assert used <= PER_HOUR_MS


def test_the_silence_key_holds_ten_minutes_for_every_name_of_the_matter():
    key = SilenceKey()
    key.turn("report", 0)
    key.also("incident", "report", 1000)
    assert key.holds("incident", KEY_MS - 1)
    assert not key.holds("incident", KEY_MS)
    assert not key.holds("other", 1)
    assert not key.holds(None, 1)


def test_a_name_learned_after_the_key_has_run_out_sounds():
    key = SilenceKey()
    key.turn("report", 0)
    key.also("incident", "report", KEY_MS)
    assert not key.holds("incident", KEY_MS)


def test_the_key_remembers_a_bounded_number_and_the_newest():
    key = SilenceKey()
    for number in range(100):
        key.turn(f"incident-{number}", 0)
    assert key.holds("incident-99", 1)
    assert not key.holds("incident-0", 1)
