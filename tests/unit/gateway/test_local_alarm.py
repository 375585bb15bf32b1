"""Which reports sound the RT's siren without any server."""

import pytest

from kentongan_contract.messages import Report, report_id
from kentongan_gateway.local_alarm import (
    FOREIGN,
    HEARD_BEFORE,
    NOT_AN_ALARM,
    OLD,
    OLD_MS,
    REMEMBERED,
    SOUND,
    LocalAlarm,
)

NODE = "ktg-0101-2"


def report(seq: int = 0, **changed) -> Report:
    fields = {"kind": "panic", "purpose": "actual", "age_ms": 0} | changed
    return Report(
        report_id(changed.pop("node", NODE), 7, seq), fields["kind"], fields["purpose"], 7, seq, fields["age_ms"]
    )


def test_a_panic_sounds_once_however_often_it_is_repeated():
    alarm = LocalAlarm()
    assert alarm.hear(NODE, report()) == SOUND
    assert [alarm.hear(NODE, report(age_ms=ms)) for ms in (500, 1500, 3500)] == [HEARD_BEFORE] * 3
    assert alarm.hear(NODE, report(seq=1)) == SOUND


def test_it_remembers_what_sounded_before_a_restart():
    assert LocalAlarm([(NODE, report().id)]).hear(NODE, report()) == HEARD_BEFORE


@pytest.mark.parametrize("kind", ["theft", "fire", "community_work", "panik"])
def test_only_panic_sounds(kind):
    assert LocalAlarm().hear(NODE, report(kind=kind)) == NOT_AN_ALARM


@pytest.mark.parametrize("purpose", ["drill", "test"])
def test_drills_and_tests_do_not_sound(purpose):
    assert LocalAlarm().hear(NODE, report(purpose=purpose)) == NOT_AN_ALARM


def test_an_old_report_does_not_sound_and_one_of_unknown_age_does():
    alarm = LocalAlarm()
    assert alarm.hear(NODE, report(age_ms=OLD_MS + 1)) == OLD
    assert alarm.hear(NODE, report(age_ms=OLD_MS)) == SOUND
    assert alarm.hear(NODE, report(seq=1, age_ms=None)) == SOUND


def test_a_node_speaks_for_itself_alone():
    assert LocalAlarm().hear("ktg-0101-3", report()) == FOREIGN


def test_one_node_cannot_make_it_forget_another():
    alarm = LocalAlarm()
    assert alarm.hear(NODE, report()) == SOUND
    for seq in range(REMEMBERED * 2):
        assert alarm.hear("ktg-0101-3", report(seq, node="ktg-0101-3")) == SOUND
    assert alarm.hear(NODE, report()) == HEARD_BEFORE
