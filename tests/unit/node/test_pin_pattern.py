from kentongan_node.pin_pattern import END_MS, LOCKED_MS, TRIES, PinPattern


def tapped(pattern, groups, at=0):
    """Tap the groups from `at` on; (what it said, when)."""
    for taps in groups:
        for _ in range(taps):
            pattern.tap(at)
            at += 250
        at += 1_000
    at -= 1_250
    assert pattern.step(at + END_MS) is None
    due = pattern.due_ms()
    return pattern.step(at + END_MS + 1 if due is None else due), at + END_MS + 1


def test_each_rhythm_says_its_word_and_only_its_own():
    for groups, word in (
        ([2, 3], "cancel"),
        ([3, 2], "duress"),
        ([2, 2], "wrong"),
        ([5], "wrong"),
        ([2, 3, 1], "wrong"),
    ):
        assert tapped(PinPattern([2, 3], [3, 2]), groups)[0] == word


def test_a_single_tap_and_a_node_without_a_pin_say_nothing():
    assert tapped(PinPattern([2, 3], None), [1])[0] is None
    assert tapped(PinPattern(None, None), [2, 3])[0] is None


def test_a_hold_in_the_middle_ends_the_rhythm():
    pattern = PinPattern([2, 3], None)
    pattern.tap(0)
    pattern.tap(250)
    pattern.interrupt()
    assert tapped(pattern, [3], 1_500)[0] == "wrong"


def test_guessing_locks_the_pin_for_ten_minutes():
    pattern = PinPattern([2, 3], None)
    now = 0
    for _ in range(TRIES):
        word, now = tapped(pattern, [4], now)
        assert word == "wrong"
    assert tapped(pattern, [2, 3], now)[0] == "wrong"
    assert tapped(pattern, [2, 3], now + LOCKED_MS)[0] == "cancel"


def test_ten_thousand_taps_take_no_memory():
    pattern = PinPattern([2, 3], None)
    for number in range(10_000):
        pattern.tap(number * 100)
    assert pattern.step(10_000 * 100 + END_MS) == "wrong"
