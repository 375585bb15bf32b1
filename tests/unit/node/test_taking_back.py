from scene import Scene

from kentongan_contract import messages


def test_the_pin_takes_a_press_back_and_duress_looks_just_the_same():
    for groups, kind in (([2, 3], "cancel"), ([3, 2], "duress")):
        scene = Scene()
        scene.press()
        (report,) = scene.node.outbox.pending()
        now = scene.tap(2_000, groups)
        assert scene.reports() == [
            ("panic", None)
        ]  # first things first: what the server does not know cannot be undone
        assert scene.node.sounder.state == "silent"
        assert scene.board.lamp == "white"
        scene.tell("receipt", messages.Receipt(report, "police_saw", "i1"))  # the lamp must not betray it
        assert scene.reports() == [(kind, report)]
        scene.run(now + 3_000, now + 4_000)
        assert (scene.board.lamp, scene.board.striking) == (None, False)
        told = [event for event, _ in scene.told]
        assert told.count("taken_back") == 1
        assert kind not in str(told)
        scene.clear()


def test_a_wrong_rhythm_or_one_without_a_press_takes_nothing_back():
    scene = Scene()
    scene.tap(1_000, [2, 3])
    assert scene.reports() == []
    scene.press(20_000)
    scene.tap(22_000, [2, 2])
    assert scene.reports() == [("panic", None)]
    assert scene.node.sounder.state == "local"
    assert len(scene.heard("wrong_pattern")) == 1
    scene.clear()


def test_the_servers_command_for_a_press_taken_back_stays_silent_here():
    scene = Scene()
    scene.press()
    (report,) = scene.node.outbox.pending()
    scene.tell("receipt", messages.Receipt(report, "stored", "i1"))
    scene.tap(2_000, [2, 3])
    scene.command()
    assert scene.state().commands == [["c1", "silenced"]]
    scene.clear()


def test_an_opened_lid_is_a_notice_and_a_trouble_and_never_a_noise_unless_asked():
    for sounds in (False, True):
        scene = Scene(tamper_sounds=sounds)
        scene.board.wire("tamper", "cut")
        scene.run(0, 200)
        assert scene.reports() == [("tamper", None)]
        assert scene.state().troubles == ["tamper_open"]
        assert (scene.node.sounder.state == "local") is sounds
        assert scene.node.indicator.report is None
        scene.board.wire("tamper", "normal")
        scene.run(200, 400)
        scene.board.wire("tamper", "cut")
        scene.run(400, 600)
        assert scene.reports() == [("tamper", None)]  # a lid that rattles
        scene.press(1_000)
        assert scene.reports() == [("tamper", None), ("panic", None)]
        scene.clear()


def test_a_wire_cut_or_shorted_is_trouble_and_no_alarm():
    for state in ("cut", "short"):
        scene = Scene()
        scene.board.wire("panic", state)
        scene.run(0, 1_000)
        assert scene.state().troubles == ["panic_" + state]
        assert scene.reports() == []
        scene.board.wire("panic", "normal")
        scene.run(1_000, 2_000)
        assert scene.state().troubles == []
        scene.press(3_000)
        assert scene.reports() == [("panic", None)]
        scene.clear()


def test_a_stuck_button_is_one_alarm_and_a_trouble():
    scene = Scene()
    scene.board.close_panic(True)
    scene.run(0, 61_000)
    assert scene.reports() == [("panic", None)]
    assert scene.state().troubles == ["panic_stuck"]
    scene.board.close_panic(False)
    scene.run(61_000, 61_100)
    assert scene.state().troubles == []
    scene.clear()
