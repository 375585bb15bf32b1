"""The law of states, cell by cell. The moves are written here once more, from the design, not read from the tables."""

import itertools

import pytest

from kentongan_server.domain.errors import IllegalTransitionError
from kentongan_server.domain.lifecycle import (
    ALARM,
    COMMAND,
    FINAL_COMMAND_STATES,
    INCIDENT,
    OPEN_INCIDENT_STATES,
    UNANSWERED_COMMAND_STATES,
    AlarmState,
    CommandState,
    IncidentStatus,
    advance,
    believe,
)

INCIDENT_MOVES = """
reported     acknowledge acknowledged | dispatch dispatched | arrive on_scene | resolve resolved
reported     cancel cancelled | merge merged
acknowledged dispatch dispatched | arrive on_scene | resolve resolved | cancel cancelled | merge merged
dispatched   arrive on_scene | resolve resolved | cancel cancelled | merge merged
on_scene     resolve resolved | merge merged
resolved     close closed | reopen reported
closed       reopen reported
cancelled    reopen reported
merged       unmerge reported
"""
ALARM_MOVES = """
requested gate gated | activate active | end ended
gated     activate active | end ended
active    ease easing | end ended
easing    resume active | end ended
"""
COMMAND_MOVES = """
queued       publish sent | expire expired | supersede superseded
sent         device_ack device_acked | time_out timed_out | fail failed | expire expired | supersede superseded
timed_out    requeue queued | expire expired | supersede superseded
device_acked sound sounding | complete completed | fail failed | expire expired | supersede superseded
sounding     silence silenced | complete completed | fail failed | supersede superseded
"""


def moves(text: str) -> dict[tuple[str, str], str]:
    found = {}
    for line in text.split("\n"):
        state, _, rest = line.partition(" ")
        for move in filter(None, rest.split("|")):
            event, following = move.split()
            found[state, event] = following
    return found


def cells() -> list[tuple[object, object, str, str | None]]:
    """(table, state, event, what follows or None) for every state and every event that any table knows."""
    found = []
    for table, states, text in (
        (INCIDENT, IncidentStatus, INCIDENT_MOVES),
        (ALARM, AlarmState, ALARM_MOVES),
        (COMMAND, CommandState, COMMAND_MOVES),
    ):
        legal = moves(text)
        events = {
            event for _, event in itertools.chain(moves(INCIDENT_MOVES), moves(ALARM_MOVES), moves(COMMAND_MOVES))
        }
        found += [(table, state, event, legal.get((state, event))) for state in states for event in sorted(events)]
    return found


@pytest.mark.parametrize(("table", "state", "event", "following"), cells())
def test_every_cell(table, state, event, following) -> None:
    if following is None:
        before = {key: dict(row) for key, row in table.items()}
        with pytest.raises(IllegalTransitionError, match=f"{event} is not possible while {state}"):
            advance(table, state, event)
        assert table == before
    else:
        assert advance(table, state, event) == following


def test_every_state_has_a_row() -> None:
    assert set(INCIDENT) == set(IncidentStatus)
    assert set(ALARM) == set(AlarmState)
    assert set(COMMAND) == set(CommandState)


def test_every_state_can_be_reached() -> None:
    for table, first in (
        (INCIDENT, IncidentStatus.REPORTED),
        (ALARM, AlarmState.REQUESTED),
        (COMMAND, CommandState.QUEUED),
    ):
        reached, frontier = {first}, [first]
        while frontier:
            for following in table[frontier.pop()].values():
                if following not in reached:
                    reached.add(following)
                    frontier.append(following)
        assert reached == set(table)


def test_the_sets_of_states() -> None:
    assert {*FINAL_COMMAND_STATES} == {"silenced", "completed", "expired", "failed", "superseded"}
    assert {*UNANSWERED_COMMAND_STATES} == {"queued", "sent", "timed_out"}
    assert {*OPEN_INCIDENT_STATES} == {"reported", "acknowledged", "dispatched", "on_scene"}


C = CommandState
BELIEVED = {
    # what is known: what the kentongan says → what is known then; all else is old news
    C.QUEUED: {"device_acked": C.DEVICE_ACKED, "sounding": C.SOUNDING, "completed": C.COMPLETED,
               "silenced": C.SILENCED, "failed": C.FAILED},
    C.SENT: {"device_acked": C.DEVICE_ACKED, "sounding": C.SOUNDING, "completed": C.COMPLETED,
             "silenced": C.SILENCED, "failed": C.FAILED},
    C.TIMED_OUT: {"device_acked": C.DEVICE_ACKED, "sounding": C.SOUNDING, "completed": C.COMPLETED,
                  "silenced": C.SILENCED, "failed": C.FAILED},
    C.DEVICE_ACKED: {"sounding": C.SOUNDING, "completed": C.COMPLETED, "silenced": C.SILENCED,
                     "failed": C.FAILED},
    C.SOUNDING: {"completed": C.COMPLETED, "silenced": C.SILENCED, "failed": C.FAILED},
}  # fmt: skip


@pytest.mark.parametrize(("state", "outcome"), list(itertools.product(CommandState, CommandState)))
def test_what_a_kentongan_says_is_believed_unless_it_is_old_news(state: C, outcome: C) -> None:
    assert believe(state, outcome) is BELIEVED.get(state, {}).get(outcome, state)


def test_words_that_arrive_in_any_order_never_take_back_an_end() -> None:
    for state, first, second in itertools.product(CommandState, repeat=3):
        after = believe(state, first)
        assert believe(after, first) is after
        if after in FINAL_COMMAND_STATES:
            assert believe(after, second) is after
