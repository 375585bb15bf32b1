from kentongan_contract.messages import Command
from kentongan_node.command_log import CommandLog
from kentongan_node.limits import LONGEST_MS, Limits
from kentongan_node.sounder import TEST_MS, Sounder


class Board:
    """The pin with its history, and a wall clock to set."""

    def __init__(self):
        self.pin = []
        self.local_minute = None

    def siren(self, on):
        self.pin.append(on)

    def minute(self):
        return self.local_minute


class Scene:
    """A sounder whose time the test moves."""

    def __init__(self, quiet=None):
        self.board = Board()
        self.log = CommandLog()
        self.told = []
        self.limits = Limits(quiet)
        self.sounder = Sounder(self.board, self.limits, self.log, self._hear, [90, 110], 30_000)
        self.now = 0
        self.count = 0

    def _hear(self, event, **fields):
        self.told.append((event, fields))

    def obey(self, action="sound", incident="i1", class_="crime", purpose="actual", beats=None, rounds=10_000,
             duration_ms=60_000, colour="red", report=None):  # fmt: skip
        self.count += 1
        id = "c" + str(self.count)
        beats = [200, 300] if beats is None else beats
        self.sounder.obey(
            Command(id, action, incident, class_, purpose, "p", beats, rounds, duration_ms, colour, "0" * 16,
                    self.count, 30_000, report), self.now)  # fmt: skip
        return id

    def run(self, ms):
        """Follow the sounder's own times for `ms`; the milliseconds in which the pin was on."""
        end, loud = self.now + ms, 0
        while self.now < end:
            due = self.sounder.step(self.now)
            after = end if due is None else min(due, end)
            if self.board.pin and self.board.pin[-1]:
                loud += after - self.now
            self.now = after
        return loud

    def outcome(self, id):
        return dict([tuple(entry) for entry in self.log._entries]).get(id)


def test_a_press_sounds_at_once_and_ends_by_itself():
    scene = Scene()
    scene.sounder.press("r1", 0)
    assert scene.board.pin == [True]
    assert scene.told == [("siren", {"on": True, "command": None})]
    assert scene.run(31_000) == 150 * 90
    assert scene.sounder.state == "silent"
    assert scene.board.pin[-1] is False
    assert (scene.sounder.local_soundings, scene.sounder.soundings) == (1, 0)


def test_a_command_sounds_its_rounds_and_says_completed():
    scene = Scene()
    id = scene.obey(rounds=2)
    assert scene.outcome(id) == "sounding"
    assert scene.board.pin == [True]
    assert scene.run(5_000) == 400
    assert scene.outcome(id) == "completed"
    assert scene.sounder.colour() is None


def test_the_command_for_our_own_press_takes_over_without_a_gap_and_once():
    scene = Scene()
    scene.sounder.press("r1", 0)
    scene.run(50)
    id = scene.obey()
    assert scene.board.pin == [True]  # never off in between
    assert (scene.sounder.soundings, scene.sounder.local_soundings) == (1, 1)
    scene.run(59_000)
    assert scene.outcome(id) == "sounding"  # the local half minute is over long since
    scene.run(2_000)
    assert scene.outcome(id) == "completed"
    ons = [fields for event, fields in scene.told if event == "siren" and not fields["on"]]
    assert len(ons) == 1


def test_a_press_interrupts_the_community_and_not_a_real_alarm():
    for class_, purpose, expected in (("community", "actual", "local"), ("crime", "drill", "local"),
                                      ("emergency", "actual", "commanded"), ("crime", "actual", "commanded")):  # fmt: skip
        scene = Scene()
        id = scene.obey(class_=class_, purpose=purpose)
        scene.sounder.press("r1", 10)
        assert scene.sounder.state == expected
        assert scene.outcome(id) == ("silenced" if expected == "local" else "sounding")


def test_a_press_is_heard_its_full_time_whatever_was_about_to_end():
    scene = Scene()
    short = scene.obey(beats=[1000, 0], rounds=2)
    scene.run(1_000)
    scene.sounder.press("r1", scene.now)
    assert scene.outcome(short) == "completed"
    assert scene.sounder.state == "local"
    scene.run(29_000)
    assert scene.sounder.state == "local"
    scene = Scene()
    scene.obey(incident="i1")
    clear = scene.obey(action="all_clear", incident="i1", beats=[500, 500], rounds=60)
    scene.sounder.press("r1", scene.now)
    assert (scene.sounder.state, scene.outcome(clear)) == ("local", "silenced")


def test_a_lesser_matter_never_takes_over():
    scene = Scene()
    scene.sounder.press("r1", 0)
    for id in (scene.obey(class_="community"), scene.obey(purpose="drill"), scene.obey(action="test")):
        assert scene.outcome(id) == "failed"
    assert scene.sounder.state == "local"
    loud = scene.obey(class_="emergency")
    assert scene.outcome(scene.obey(class_="community")) == "failed"
    assert scene.outcome(loud) == "sounding"
    again = scene.obey(incident="i2")
    assert (scene.outcome(loud), scene.outcome(again)) == ("silenced", "sounding")


def test_silence_by_the_server_stops_its_incident_and_no_other():
    scene = Scene()
    id = scene.obey(incident="i1")
    other = scene.obey(action="silence", incident="i2")
    assert (scene.outcome(id), scene.outcome(other)) == ("sounding", "completed")
    mine = scene.obey(action="silence", incident="i1")
    assert (scene.outcome(id), scene.outcome(mine)) == ("silenced", "completed")
    assert scene.board.pin[-1] is False
    assert scene.outcome(scene.obey(action="silence", incident="i1")) == "completed"


def test_all_clear_stops_and_plays_its_own_pattern():
    scene = Scene()
    id = scene.obey(incident="i1")
    clear = scene.obey(action="all_clear", beats=[500, 500], rounds=2, class_="crime", colour="green")
    assert (scene.outcome(id), scene.outcome(clear)) == ("silenced", "sounding")
    assert scene.sounder.colour() == "green"
    scene.run(3_000)
    assert scene.outcome(clear) == "completed"
    assert scene.sounder.soundings == 1
    assert scene.outcome(scene.obey(action="all_clear", beats=[])) == "completed"


def test_the_all_clear_of_another_incident_does_not_quieten_this_one():
    scene = Scene()
    id = scene.obey(incident="i1")
    clear = scene.obey(action="all_clear", incident="i2", beats=[500, 500], rounds=2)
    assert (scene.outcome(id), scene.outcome(clear)) == ("sounding", "failed")


def test_a_test_tone_is_two_seconds_at_most():
    scene = Scene()
    scene.obey(action="test", beats=[1000, 0], duration_ms=60_000)
    assert scene.run(60_000) == TEST_MS
    assert scene.sounder.soundings == 0


def test_no_command_sounds_past_the_limit_of_a_sounding():
    scene = Scene()
    id = scene.obey(duration_ms=900_000, beats=[1000, 0])
    assert scene.run(900_000) == LONGEST_MS
    assert scene.outcome(id) == "completed"


def test_commands_one_after_another_are_one_sounding():
    scene = Scene()
    loud = 0
    for _ in range(100):
        scene.obey(duration_ms=10_000, beats=[1000, 0])
        loud += scene.run(10_000)
    assert loud <= LONGEST_MS * 1_000_000 // (LONGEST_MS + 5_000) + LONGEST_MS
    refused = [fields["reason"] for event, fields in scene.told if event == "not_sounded"]
    assert refused
    assert set(refused) == {"noise limit"}


def test_the_button_sounds_even_when_the_hour_is_used_up():
    scene = Scene()
    while scene.limits.allowance_ms(scene.now):
        scene.obey(duration_ms=180_000, beats=[1000, 0])
        scene.run(186_000)
    assert scene.outcome(scene.obey()) == "failed"
    scene.sounder.press("r1", scene.now)
    assert scene.sounder.state == "local"


def test_quiet_hours_keep_the_community_out_and_nobody_else():
    scene = Scene((1320, 300))
    scene.board.local_minute = 60
    assert scene.outcome(scene.obey(class_="community")) == "failed"
    assert scene.outcome(scene.obey(class_="crime")) == "sounding"
    scene = Scene((1320, 300))
    assert scene.outcome(scene.obey(class_="community")) == "failed"  # the time is not known


def test_the_silence_key_holds_for_the_incident():
    scene = Scene()
    id = scene.obey(incident="i1")
    scene.sounder.key(100)
    assert scene.outcome(id) == "silenced"
    scene.now = 20_000
    again = scene.obey(incident="i1")
    assert scene.outcome(again) == "silenced"
    assert scene.sounder.state == "silent"
    assert scene.outcome(scene.obey(incident="i2")) == "sounding"


def test_the_key_turned_on_our_own_press_holds_for_the_incident_it_becomes():
    scene = Scene()
    scene.sounder.press("r1", 0)
    scene.sounder.key(1_000)
    scene.sounder.name_incident("r1", "i1", 1_500)
    assert scene.outcome(scene.obey(incident="i1")) == "silenced"
    scene = Scene()
    scene.sounder.press("r1", 0)
    scene.sounder.name_incident("r1", "i1", 500)  # the receipt came before the key
    scene.sounder.key(1_000)
    assert scene.outcome(scene.obey(incident="i1")) == "silenced"


def test_the_key_without_noise_does_nothing():
    scene = Scene()
    scene.sounder.key(0)
    assert scene.board.pin == []
    assert scene.outcome(scene.obey()) == "sounding"


def test_a_command_with_nothing_to_hear_fails():
    for nothing in ({"beats": []}, {"rounds": 0}, {"duration_ms": 0}, {"beats": [0, 100]}):
        scene = Scene()
        assert scene.outcome(scene.obey(**nothing)) == "failed"
        assert scene.board.pin == []


def test_whatever_happens_the_pin_the_log_and_the_limits_agree():
    draw = 12345
    for scenario in range(40):
        scene = Scene()
        ids = []
        for _ in range(120):
            draw = (draw * 1103515245 + 12345) & 0x7FFFFFFF
            kind = (draw >> 8) % 8
            incident = "i" + str((draw >> 12) % 3)
            if kind == 0:
                scene.sounder.press("r" + str(draw), scene.now)
                assert scene.sounder.state != "silent"
            elif kind == 1:
                scene.sounder.key(scene.now)
                assert scene.sounder.state == "silent"
            else:
                action = ("sound", "sound", "sound", "silence", "all_clear", "test")[kind - 2]
                class_ = ("crime", "emergency", "community")[(draw >> 16) % 3]
                ids.append(scene.obey(action, incident, class_, beats=[] if action == "silence" else [500, 100],
                                      duration_ms=(draw >> 4) % 400_000))  # fmt: skip
            scene.run((draw >> 6) % 40_000)
            scene.board.pin, scene.told = scene.board.pin[-1:], []  # MicroPython's heap is small
            sounding = [id for id in ids if scene.outcome(id) == "sounding"]
            if scene.sounder.state == "commanded":
                assert sounding == [scene.sounder.command.id]
            else:
                assert sounding == []
            if scene.sounder.state == "silent":
                assert not scene.board.pin or scene.board.pin[-1] is False
        assert scene.limits._noise_ms(scene.now) <= 900_000 + 30_000 * scene.sounder.local_soundings
        assert "device_acked" not in [outcome for _, outcome in scene.log._entries], scenario


def test_a_neighbours_alarm_is_taken_over_by_the_command_without_a_gap():
    scene = Scene()
    assert scene.sounder.hear("ktg-2.5.0", 0) is None
    scene.run(50)
    id = scene.obey(report="ktg-2.5.0")
    assert scene.board.pin == [True]
    assert (scene.sounder.peer_soundings, scene.sounder.soundings) == (1, 1)
    scene.run(61_000)
    assert scene.outcome(id) == "completed"


def test_one_event_sounds_once_however_late_the_command_comes():
    scene = Scene()
    scene.sounder.hear("ktg-2.5.0", 0)
    scene.run(31_000)
    strikes = len(scene.board.pin)
    id = scene.obey(report="ktg-2.5.0")
    assert scene.outcome(id) == "completed"
    assert scene.sounder.state == "silent"
    assert len(scene.board.pin) == strikes
    other = scene.obey(incident="i2", report="ktg-2.5.1")
    assert scene.outcome(other) == "sounding"


def test_what_sounded_before_a_reset_is_asked_of_who_remembers():
    scene = Scene()
    scene.sounder.heard_of = lambda report: report == "ktg-2.5.0"
    assert scene.outcome(scene.obey(report="ktg-2.5.0")) == "completed"
    assert scene.outcome(scene.obey(report="ktg-2.5.1")) == "sounding"


def test_a_neighbours_alarm_waits_for_no_greater_noise_and_breaks_a_smaller():
    for class_, purpose, sounds in (
        ("community", "actual", True),
        ("crime", "drill", True),
        ("crime", "actual", False),
    ):
        scene = Scene()
        id = scene.obey(class_=class_, purpose=purpose)
        assert (scene.sounder.hear("ktg-2.5.0", 10) is None) == sounds
        assert scene.outcome(id) == ("silenced" if sounds else "sounding")


def test_a_neighbours_alarm_stands_below_the_limits_and_the_key():
    scene = Scene()
    scene.sounder.hear("ktg-2.5.0", 0)
    scene.sounder.key(100)
    assert scene.sounder.hear("ktg-2.5.0", 200) == "silenced here"
    assert scene.outcome(scene.obey(report="ktg-2.5.0")) == "silenced"
    loud = Scene()
    loud.limits.begin(0)
    loud.limits.end(LONGEST_MS)
    assert loud.sounder.hear("ktg-2.5.0", LONGEST_MS + 1) == "noise limit"
    assert loud.board.pin == []
