"""A bouncing contact is one press; a touch is none; a stuck button is one."""

from kentongan_gateway.call_point import DEBOUNCE_MS, CallPoint


def presses(point: CallPoint, levels: list[tuple[int, bool]], until_ms: int, step_ms: int = 5) -> list[int]:
    """When presses are told, sampling every 5 ms a contact that changes as `levels` say."""
    told, level, changes = [], False, list(levels)
    for now_ms in range(0, until_ms, step_ms):
        while changes and changes[0][0] <= now_ms:
            level = changes.pop(0)[1]
        if point.sample(level, now_ms):
            told.append(now_ms)
    return told


def test_a_held_button_is_told_once_when_the_hold_is_full():
    assert presses(CallPoint(1000), [(100, True)], 60_000) == [100 + DEBOUNCE_MS + 1000]


def test_a_touch_is_no_press():
    point = CallPoint(1000)
    assert presses(point, [(100, True), (900, False)], 5000) == []
    assert point.settled


def test_bounces_do_not_count_as_presses():
    bounce = [(100 + ms, ms % 10 == 0) for ms in range(0, 50, 5)] + [(160, True)]
    assert presses(CallPoint(0), bounce, 1000) == [160 + DEBOUNCE_MS]


def test_a_spike_shorter_than_the_debounce_is_nothing():
    assert presses(CallPoint(0), [(100, True), (100 + DEBOUNCE_MS - 5, False)], 1000) == []


def test_a_second_press_needs_a_release():
    point = CallPoint(0)
    assert len(presses(point, [(100, True), (300, False), (500, True)], 1000)) == 2


def test_it_is_settled_only_when_nothing_can_happen():
    point = CallPoint(1000)
    assert point.settled
    point.sample(True, 0)
    assert not point.settled
    point.sample(True, 30)
    assert not point.settled
    assert point.sample(True, 1030)
    assert point.settled
    point.sample(False, 1040)
    assert not point.settled
