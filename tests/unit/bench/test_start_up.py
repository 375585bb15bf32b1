"""What the starts add up to: medians, and ratios taken within a round."""

from bench.start_up import SHORT, Start, StartUp, goals, summary

LONG = 1_000_000
FOUND = StartUp(
    starts={
        SHORT: [Start(900, 1000, 1010, 1020), Start(900, 3000, 3010, 3020), Start(900, 1100, 1110, 1120)],
        LONG: [Start(900, 1990, 2020, 2030), Start(900, 2980, 3010, 3020), Start(900, 1200, 1221, 1230)],
    },
    megabytes={SHORT: 3.0, LONG: 2400.0},
    filled_s={SHORT: 2.0, LONG: 230.0},
    fdatasync_ms=[0.2],
)


def test_each_record_has_its_median_and_its_worst() -> None:
    short, long = summary(FOUND)
    assert (short["incidents"], short["first_command_ms"], short["against_short"]) == (SHORT, 1110, 1.0)
    assert (long["first_command_ms"], long["worst_first_command_ms"], long["ready_ms"]) == (2020, 3010, 1990)
    assert long["against_short"] == 1.1, "2.0, 1.0 and 1.1: a slow moment of the machine met both of its round"


def test_a_start_is_held_against_two_seconds_and_against_the_short_record() -> None:
    assert [goal.met for goal in goals(FOUND)] == [False, True]
