from kentongan_node.beat_player import BeatPlayer


def _heard(player):
    """The strokes as [(from, to)], found by following the player's own times."""
    heard, at = [], 0
    while at is not None:
        strike, change = player.at(at)
        if strike:
            heard.append((at, change))
        assert change is None or change > at
        at = change
    return heard


def test_two_rounds_of_a_two_stroke_pattern():
    player = BeatPlayer([100, 50, 100, 400], 2, 60_000)
    assert _heard(player) == [(0, 100), (150, 250), (650, 750), (800, 900)]
    assert player.total_ms == 1300


def test_the_duration_cuts_the_last_stroke():
    assert _heard(BeatPlayer([100, 100], 1000, 250)) == [(0, 100), (200, 250)]


def test_beats_of_no_length_are_no_beats():
    assert _heard(BeatPlayer([0, 30, 100, 0, 50, 20], 1, 9_999)) == [(30, 130), (130, 180)]


def test_a_late_caller_falls_into_the_right_stroke():
    player = BeatPlayer([90, 110], 10_000, 30_000)
    for elapsed in range(0, 30_000, 7):
        assert player.at(elapsed)[0] == (elapsed % 200 < 90)
    assert player.at(30_000) == (False, None)


def test_nothing_to_hear_is_empty():
    for player in (BeatPlayer([], 3, 1000), BeatPlayer([0, 100], 3, 1000), BeatPlayer([90, 10], 0, 1000),
                   BeatPlayer([90, 10], 3, 0)):  # fmt: skip
        assert player.is_empty()
        assert _heard(player) == []
    assert not BeatPlayer([90, 10], 1, 1).is_empty()
