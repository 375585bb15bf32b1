import os

from scene import Scene

from kentongan_contract import codec, messages


def test_a_press_sounds_is_written_down_and_shown():
    scene = Scene()
    scene.press()
    names = [event for event, _ in scene.told]
    assert names.index("siren") < names.index("pressed")
    assert scene.board.strikes > 0
    assert scene.board.lamp == "red"
    (report,) = scene.node.outbox.pending()
    assert report == "ktg-1." + str(scene.node.boot) + ".0"
    state = scene.state()
    assert (state.siren, state.report, state.stage) == ("sounding", report, None)
    scene.clear()


def test_a_short_touch_is_nothing():
    scene = Scene()
    scene.press(hold=200)
    assert scene.node.outbox.pending() == []
    assert scene.board.strikes == 0
    scene.clear()


def test_without_a_flash_the_siren_sounds_and_the_report_is_kept_in_memory():
    scene = Scene("/tmp/kentongan-node-missing/x")
    scene.press()
    assert scene.board.strikes > 0
    assert len(scene.node.outbox.pending()) == 1
    assert scene.node.outbox.keep() == []
    assert scene.node.outbox.write_errors == 1


def test_the_receipt_ends_the_repeats_and_drives_the_lamp():
    scene = Scene()
    scene.press()
    (report,) = scene.node.outbox.pending()
    scene.tell("receipt", messages.Receipt("ktg-1.1.999", "stored", None))
    assert scene.node.outbox.pending() == [report]
    scene.tell("receipt", messages.Receipt(report, "stored", "i1"))
    assert scene.node.outbox.pending() == []
    scene.tell("receipt", messages.Receipt(report, "police_saw", "i1"))
    scene.tell("receipt", messages.Receipt(report, "stored", "i1"))
    assert [fields["stage"] for fields in scene.heard("indicator")] == ["stored", "police_saw"]
    assert scene.state().stage == "police_saw"
    scene.clear()


def test_a_power_cut_after_the_press_loses_no_report():
    scene = Scene()
    scene.press()
    (report,) = scene.node.outbox.keep()
    again = Scene(scene.folder)
    assert again.node.boot == scene.node.boot + 1
    assert again.node.outbox.pending() == [report]
    assert again.node.indicator.report == report
    assert again.board.strikes == 0
    again.tell("receipt", messages.Receipt(report, "stored", None))
    again.node.outbox.keep()
    third = Scene(scene.folder)
    assert third.node.outbox.pending() == []
    third.tell("receipt", messages.Receipt(report, "on_the_way", None))  # news of the press before the reboot
    assert third.state().stage == "on_the_way"
    scene.clear()


def test_noise_from_the_wire_is_counted_and_harmless():
    scene = Scene()
    for kind in ("command", "receipt", "state", "x", ""):
        for payload in (b"", b"\x00" * 100, b"a" * 64 + b" {}", b"\xff" * 5000):
            for retained in (True, False):
                scene.node.message(kind, payload, retained)
    assert scene.node.inbox.refusals() == 40
    assert scene.heard("trouble") == []
    assert scene.state().refused == 40
    scene.clear()


def test_the_silence_key_ends_the_noise_and_never_the_report():
    scene = Scene()
    scene.press()
    scene.board.close_silence(True)
    for now in range(1_500, 1_600, 5):
        scene.node.step(now)
    assert scene.node.sounder.state == "silent"
    assert scene.board.striking is False
    assert len(scene.node.outbox.pending()) == 1
    scene.clear()


def test_states_are_numbered_through_a_boot():
    scene = Scene()
    assert [scene.state().seq for _ in range(3)] == [1, 2, 3]
    scene.clear()


def test_the_key_held_on_tests_the_siren_for_two_seconds_and_says_how_it_went():
    for wire, outcome in (("whole", "completed"), ("cut", "failed")):
        scene = Scene()
        scene.board.wire("siren", wire)
        scene.board.close_silence(True)
        scene.run(0, 3_100)
        assert scene.board.striking
        scene.run(3_100, 5_200)
        assert not scene.board.striking
        ((id, found),) = scene.state().commands
        assert (id.startswith("self-test."), found) == (True, outcome)
        scene.clear()


def test_the_button_inside_the_box_tests_at_a_touch():
    scene = Scene()
    scene.board.test_pressed = True
    scene.run(0, 100)
    scene.board.test_pressed = False
    assert scene.board.striking
    scene.run(100, 2_300)
    assert not scene.board.striking
    ((id, found),) = scene.state().commands
    assert (id.startswith("self-test."), found) == (True, "completed")
    scene.clear()


def test_a_press_that_came_and_went_while_the_loop_was_held_up_is_heard():
    for held_ms, alarms in ((40, 1), (100, 1), (15, 0)):  # the debounce is as it was
        scene = Scene(hold_ms=0, cancel_pattern=None, duress_pattern=None)
        scene.node.step(1_000)
        scene.board.panic_edges = Latched(1_010, 1_010 + held_ms)
        scene.node.step(1_400)  # 400 ms later: the contact has long been open again
        assert (scene.node.sounder.local_soundings, scene.board.striking) == (alarms, alarms == 1)
        scene.clear()


class Latched:
    """What the interrupt kept of one press."""

    def __init__(self, closed_at, opened_at):
        self._edges = [(closed_at, True), (opened_at, False)]

    def __call__(self, _now_ms):
        edges, self._edges = self._edges, []
        return edges


def test_the_key_that_silences_does_not_go_on_to_test():
    scene = Scene()
    scene.press()
    scene.board.close_silence(True)
    scene.run(2_000, 8_000)
    assert scene.state().commands == []
    assert not scene.board.striking
    scene.clear()


def test_a_command_that_nobody_could_hear_failed():
    for wire in ("silent", "cut"):
        scene = Scene()
        scene.board.wire("siren", wire)
        scene.command()
        now = scene.node.clock.now_ms()
        scene.run(now, now + 1_000)
        state = scene.state()
        assert (state.commands, state.heard_itself, state.troubles) == ([["c1", "failed"]], wire, ["siren_" + wire])
        assert scene.board.strikes >= 3  # driven all the same: it may be the ear that is broken
        scene.run(now + 1_000, now + 3_000)
        assert scene.state().commands == [["c1", "failed"]]
        scene.clear()


def test_a_command_that_ended_is_a_repeat_after_a_reset_and_one_cut_off_sounds_again():
    scene = Scene()
    scene.command("c1")
    now = scene.node.clock.now_ms()
    scene.run(now, now + 3_000)
    scene.command("c2", counter=2, duration_ms=60_000)
    scene.node.log.keep()
    again = Scene(scene.folder)
    assert again.state().commands == [["c1", "completed"]]
    again.command("c1")
    assert (again.node.inbox.repeats, again.board.strikes) == (1, 0)
    again.command("c2")
    assert again.state().commands == [["c1", "completed"], ["c2", "sounding"]]
    scene.clear()


def test_a_city_is_obeyed_at_once_and_answered_at_leisure_but_a_finger_never_waits():
    scene = Scene()
    said = []
    scene.node._messenger.changed = lambda leisure_ms=0: said.append(leisure_ms)
    scene.command(leisure_ms=5_000, duration_ms=500)
    assert scene.board.strikes > 0
    now = scene.node.clock.now_ms()
    scene.run(now, now + 600)
    assert set(said) == {5_000}  # its beginning and its end
    for moved in (lambda: scene.command("c1", leisure_ms=5_000), lambda: scene.press(now + 1_000)):
        said.clear()
        moved()  # asked again, or touched
        assert set(said) == {0}
    scene.clear()


def test_a_codebook_and_the_time_come_sealed_fresh_and_once():
    scene = Scene()
    book = messages.Codebook(2, "rt-5", [["panic", "fast", [60, 60], 100, 20_000, "red"]])
    scene.tell("codebook", book)
    scene.tell("codebook", messages.Codebook(1, "old", [["panic", "slow", [500, 500], 100, 20_000, "red"]]))
    scene.node.message("codebook", b"0" * 64 + b" " + codec.encode(messages.Codebook(9, "forged", book.codes)), False)
    assert (scene.state().codebook, scene.node.sounder._local._beats) == (2, [60, 60])
    assert scene.state().minute is None
    scene.command("c1", class_="community")
    assert scene.state().commands == [["c1", "failed"]]  # it might be night
    nonce = scene.node._messenger._freshness.issue(b"abcdefgh", 0)
    scene.tell("time", messages.Time(1_790_000_000, 420, "0" * 16))
    assert scene.state().minute is None
    scene.tell("time", messages.Time(1_790_000_000, 420, nonce))
    assert scene.state().minute in (1_273, 1_274)
    scene.command("c2", class_="community", counter=2)
    assert scene.state().commands[-1] == ["c2", "sounding"]
    assert scene.state().refusals == {"seal": 1, "nonce": 1}
    scene.clear()


def test_the_state_says_why_it_began_and_what_stands():
    scene = Scene()
    scene.board.reset_word = "watchdog"
    scene.board.mains = lambda: False
    scene.board.battery_mv = lambda: 11_000
    state = scene.state()
    assert (state.reset_cause, state.troubles) == ("watchdog", ["battery_low", "mains_lost"])
    scene.clear()


def test_sixty_four_presses_write_no_counter():
    scene = Scene()
    with open(scene.folder + "/boot.journal", "rb") as file:
        before = file.read()
    for number in range(64):
        scene.press(1_000 + number * 1_000)
        (report,) = scene.node.outbox.pending()
        scene.node.outbox.keep()
        scene.tell("receipt", messages.Receipt(report, "stored", None))
        scene.node.outbox.keep()
    with open(scene.folder + "/boot.journal", "rb") as file:
        assert file.read() == before
    assert sorted(os.listdir(scene.folder)) == ["boot.journal", "report.journal"]
    scene.clear()
