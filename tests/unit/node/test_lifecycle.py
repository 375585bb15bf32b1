from kentongan_node.lifecycle import COMMAND, SIREN, IllegalEvent, following


def _states(table):
    return {state for state, _, _ in table} | {after for _, _, after in table}


def _refuses(table, state, event):
    try:
        following(table, state, event)
    except IllegalEvent:
        return True
    return False


def test_every_step_that_the_table_does_not_hold_raises():
    for table in (SIREN, COMMAND):
        for state in _states(table):
            for event in {event for _, event, _ in table}:
                afters = [after for before, happens, after in table if (before, happens) == (state, event)]
                if not afters:
                    assert _refuses(table, state, event), (state, event)
                else:
                    assert [following(table, state, event)] == afters  # and no step stands twice


def test_the_siren_can_always_fall_silent():
    for state in _states(SIREN) - {"silent"}:
        assert following(SIREN, state, "ended") == "silent"
        assert following(SIREN, state, "hushed") == "silent"


def test_an_ended_command_never_moves_again():
    for outcome in ("completed", "silenced", "failed"):
        assert not [1 for state, _, _ in COMMAND if state == outcome]


def test_the_outcomes_are_those_of_the_contract():
    from kentongan_contract.messages import OUTCOMES

    assert _states(COMMAND) - {"unseen"} == set(OUTCOMES)
