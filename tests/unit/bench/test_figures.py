"""The arithmetic under every figure."""

import math

from bench.figures import Goal, median_spread, number, percentile, spread


def test_a_percentile_is_a_sample_that_enough_others_do_not_exceed() -> None:
    samples = [float(value) for value in range(1, 101)]
    assert (percentile(samples, 50), percentile(samples, 99), percentile(samples, 100)) == (50.0, 99.0, 100.0)
    assert percentile([7.0], 99) == 7.0
    assert percentile([3.0, 1.0, 2.0], 50) == 2.0


def test_without_samples_there_is_no_figure_and_no_goal_is_met() -> None:
    nothing = spread([])
    assert (nothing.count, number(nothing.p50)) == (0, None)
    assert math.isnan(nothing.max)
    for at_most in (True, False):
        assert not Goal("p50", nothing.p50, 8.0, at_most=at_most, unit="ms").met


def test_rounds_give_medians_and_the_worst_maximum() -> None:
    rounds = [spread([1.0, 2.0]), spread([5.0, 9.0]), spread([3.0, 4.0])]
    assert median_spread(rounds).p50 == 3.0
    assert median_spread(rounds).max == 9.0
    assert median_spread(rounds).count == 6


def test_a_goal_is_met_at_its_own_figure() -> None:
    assert Goal("ratio", 0.35, 0.35, at_most=False, unit="x").met
    assert not Goal("ratio", 0.349, 0.35, at_most=False, unit="x").met
    assert Goal("p99", 40.0, 40.0, at_most=True, unit="ms").met
    assert Goal("p99", 40.1, 40.0, at_most=True, unit="ms").as_json()["met"] is False
