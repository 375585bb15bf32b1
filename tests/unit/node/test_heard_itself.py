from kentongan_node.heard_itself import HeardItself


def stroke(ear, milliamps, heard=None):
    ear.listen(5, 9_999, None)  # too early to mean anything
    for at in (20, 50, 90):
        ear.listen(at, milliamps, heard)
    return ear.stroke_ended()


def test_one_stroke_heard_is_enough_and_said_once():
    ear = HeardItself(20, 100)
    assert [stroke(ear, 350) for _ in range(3)] == [True, False, False]
    assert (ear.verdict, ear.trouble()) == ("sounded", None)


def test_three_strokes_unheard_are_a_fault_by_its_name():
    for milliamps, verdict in ((60, "silent"), (0, "cut")):
        ear = HeardItself(20, 100)
        assert [stroke(ear, milliamps) for _ in range(4)] == [False, False, True, False]
        assert (ear.verdict, ear.trouble()) == (verdict, "siren_" + verdict)
        ear.begin()
        assert [stroke(ear, milliamps) for _ in range(3)] == [False, False, True]  # each sounding has its own
        assert stroke(ear, 350)
        assert ear.trouble() is None


def test_current_that_nobody_hears_is_silence():
    ear = HeardItself(20, 100)
    assert [stroke(ear, 350, False) for _ in range(3)][-1]
    assert ear.verdict == "silent"
    assert stroke(ear, 350, True)
    assert ear.verdict == "sounded"


def test_a_board_that_measures_nothing_says_nothing():
    ear = HeardItself(20, 100)
    assert not any(stroke(ear, None) for _ in range(9))
    assert ear.verdict is None
