from kentongan_node.supervised_loop import FAULT_MS, LoopWatch, band


def test_the_bands_hold_every_tolerance_of_the_parts():
    for low, high, name in ((0, 120, "short"), (960, 1240, "pressed"), (1440, 1790, "normal"), (2800, 3300, "cut")):
        assert [band(mv) for mv in (low, high)] == [name, name]
    assert band(1490) == "normal"  # a wet button


def test_a_fault_counts_once_it_has_stood():
    watch = LoopWatch()
    assert not watch.sample(0, "normal")
    assert not watch.sample(10, "cut")
    assert watch.due_ms() == 10 + FAULT_MS
    assert not watch.sample(10 + FAULT_MS - 1, "cut")
    assert watch.sample(10 + FAULT_MS, "cut")
    assert (watch.fault, watch.due_ms()) == ("cut", None)
    assert not watch.sample(1_000, "pressed")
    assert watch.sample(1_000 + FAULT_MS, "normal")
    assert watch.fault is None


def test_a_press_through_the_bands_is_no_fault():
    watch = LoopWatch()
    for now in range(0, 5_000, 5):
        reading = ("normal", "short", "pressed", "cut")[now // 50 % 4]
        assert not watch.sample(now, reading)
