from kentongan_node.limits import HOUR_MS, HOURLY_MS, LONGEST_MS, PAUSE_MS, SILENCE_MS, Limits


def _sound(limits, begin, end):
    limits.begin(begin)
    limits.end(end)


def test_one_sounding_is_three_minutes_at_most():
    limits = Limits()
    assert limits.allowance_ms(0) == LONGEST_MS
    limits.begin(0)
    assert limits.allowance_ms(170_000) == 10_000
    assert limits.allowance_ms(999_000) == 0


def test_soundings_without_a_pause_are_one():
    limits = Limits()
    _sound(limits, 0, 100_000)
    assert limits.allowance_ms(100_000 + PAUSE_MS - 1) == LONGEST_MS - 100_000 - PAUSE_MS + 1
    limits.begin(100_001)
    limits.end(180_000)
    assert limits.allowance_ms(180_001) == 0
    assert limits.allowance_ms(180_000 + PAUSE_MS) == LONGEST_MS


def test_an_hour_holds_fifteen_minutes_whatever_the_pattern_of_soundings():
    for length, pause in ((180_000, 6_000), (1_000, 6_000), (30_000, 30_000), (200, 5_100)):
        limits = Limits()
        heard, now = [], 0
        while now < 2 * HOUR_MS:
            allowed = min(length, limits.allowance_ms(now))
            if allowed:
                _sound(limits, now, now + allowed)
                heard.append((now, now + allowed))
            now += max(allowed, 1) + pause
            recent = [min(end, now) - max(begin, now - HOUR_MS) for begin, end in heard if end > now - HOUR_MS]
            assert sum(recent) <= HOURLY_MS


def test_the_hour_rolls():
    limits = Limits()
    for turn in range(5):
        _sound(limits, turn * 200_000, turn * 200_000 + 180_000)
    assert limits.allowance_ms(1_000_000) == 0
    assert limits.allowance_ms(HOUR_MS) == 0
    assert limits.allowance_ms(HOUR_MS + 60_000) == 60_000


def test_the_ledger_stays_small_and_only_overstates():
    limits = Limits()
    for turn in range(1000):
        _sound(limits, turn * 6_000, turn * 6_000 + 100)
    assert len(limits._past) <= 64
    assert limits.allowance_ms(1000 * 6_000) <= HOURLY_MS - 600 * 100


def test_quiet_hours_over_midnight_and_within_a_day():
    night = Limits((22 * 60, 5 * 60))
    assert [night.is_quiet_hour(minute) for minute in (0, 299, 300, 1319, 1320, None)] == [
        True, True, False, False, True, True]  # fmt: skip
    noon = Limits((720, 780))
    assert [noon.is_quiet_hour(minute) for minute in (719, 720, 779, 780)] == [False, True, True, False]
    assert not Limits().is_quiet_hour(0)


def test_the_key_holds_for_one_incident_and_ten_minutes():
    limits = Limits()
    limits.silence("one", 0)
    assert limits.is_silenced("one", SILENCE_MS - 1)
    assert not limits.is_silenced("one", SILENCE_MS)
    assert not limits.is_silenced("two", 0)
    assert not limits.is_silenced(None, 0)
    for turn in range(50):
        limits.silence("many" + str(turn), 0)
    assert len(limits._silenced) <= 8
    assert limits.is_silenced("many49", 1)
