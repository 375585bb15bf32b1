"""Said again at the contract's pace until answered, and nothing before its turn."""

from itertools import pairwise

from kentongan_gateway.repeats import OWN_MS, RELAYED_MS, Repeats


def times(steps: tuple[int, ...], draw: float, count: int) -> list[int]:
    repeats, now_ms, said = Repeats(lambda: draw), 0, []
    repeats.add("a", steps, now_ms)
    while len(said) < count:
        now_ms = repeats.next_ms()
        assert repeats.due(now_ms - 1) == []
        assert repeats.due(now_ms) == ["a"]
        repeats.said("a", now_ms)
        said.append(now_ms)
    return [later - earlier for earlier, later in pairwise(said)]


def test_the_own_report_goes_out_at_the_contracts_pace():
    assert times(OWN_MS, 0.5, 7) == [500, 1000, 2000, 4000, 5000, 5000]


def test_jitter_is_a_fifth_either_way():
    assert times(OWN_MS, 0.0, 3) == [400, 800]
    assert times(OWN_MS, 1.0, 3) == [600, 1200]


def test_a_node_that_repeats_by_itself_is_never_spoken_for():
    repeats, now_ms = Repeats(lambda: 0.0), 0
    repeats.add("a", RELAYED_MS, now_ms)
    repeats.said("a", now_ms)
    for pause in [*(ms * 1.2 for ms in OWN_MS), 6000, 6000, 6000]:
        now_ms += round(pause)
        # The first waits of a node and of the gateway may meet; from then on the node is always earlier.
        assert pause < 4800 or repeats.due(now_ms - 500) == []
        repeats.said("a", now_ms)


def test_the_broker_is_back_everything_is_due_in_its_order():
    repeats = Repeats(lambda: 0.5)
    for name in ("c", "a", "b"):
        repeats.add(name, OWN_MS, 0)
        repeats.said(name, 0)
    assert repeats.due(100) == []
    repeats.all_due(100)
    assert repeats.due(100) == ["c", "a", "b"]


def test_what_was_answered_is_silent_and_adding_twice_changes_nothing():
    repeats = Repeats(lambda: 0.5)
    repeats.add("a", OWN_MS, 0)
    repeats.said("a", 0)
    repeats.add("a", OWN_MS, 0)
    assert repeats.due(499) == []
    repeats.forget("a")
    repeats.said("a", 0)
    assert repeats.next_ms() is None
