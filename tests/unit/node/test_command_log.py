from kentongan_node.command_log import REMEMBERED, REPORTED, CommandLog
from kentongan_node.lifecycle import IllegalEvent


def test_a_command_goes_its_way():
    log = CommandLog()
    log.move("a", "taken")
    log.move("a", "started")
    assert log.recent() == [["a", "sounding"]]
    log.move("a", "ended")
    assert log.recent() == [["a", "completed"]]
    assert log.is_known("a")


def test_what_cannot_happen_changes_nothing():
    log = CommandLog()
    log.move("a", "taken")
    for id, event in (("a", "taken"), ("a", "stale"), ("b", "ended"), ("b", "started")):
        try:
            log.move(id, event)
            raise AssertionError((id, event))
        except IllegalEvent:
            assert log.recent() == [["a", "device_acked"]]


def test_one_that_came_too_late_may_come_again():
    log = CommandLog()
    log.move("a", "stale")
    assert log.recent() == [["a", "expired"]]
    assert not log.is_known("a")
    log.move("a", "taken")
    assert log.recent() == [["a", "device_acked"]]


def test_stale_commands_push_out_one_line_at_most():
    log = CommandLog()
    for id in ("a", "b", "c", "d"):
        log.move(id, "taken")
    for turn in range(100):
        log.move("stale" + str(turn), "stale")
    assert [id for id, _ in log.recent()] == ["b", "c", "d", "stale99"]


def test_a_flood_never_forgets_the_one_that_sounds():
    log = CommandLog()
    log.move("loud", "taken")
    log.move("loud", "started")
    for turn in range(100):
        log.move(str(turn), "taken")
        log.move(str(turn), "refused")
    log.move("loud", "ended")
    assert log.is_known("loud")
    assert len(log._entries) <= REMEMBERED
    assert len(log.recent()) == REPORTED


def test_the_lines_given_are_copies():
    log = CommandLog()
    log.move("a", "taken")
    log.recent()[0][1] = "failed"
    assert log.recent() == [["a", "device_acked"]]
