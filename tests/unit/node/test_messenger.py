from kentongan_contract import codec, messages, seal
from kentongan_contract.freshness import Freshness
from kentongan_node.messenger import Messenger

KEY = seal.Key(bytes(range(32)))


class Time:
    def __init__(self):
        self.now = 0

    def now_ms(self):
        return self.now


class Settings:
    node = "ktg-1"
    heartbeat_ms = 10_000


class Way:
    """An uplink that writes down what it is given and takes `room` messages."""

    def __init__(self):
        self.connected = True
        self.room = 100
        self.said = []

    def send(self, kind, payload):
        if self.room == 0:
            return False
        self.room -= 1
        self.said.append((kind, codec.decode(kind, seal.unseal(KEY, kind, "ktg-1", payload))))
        return True


class Shelf:
    """An outbox of one report."""

    def __init__(self):
        self.reports = []
        self.hurried = []

    def due(self, now):
        return list(self.reports)

    def expire(self, now):
        pass

    def sent(self, id, now):
        self.reports = [report for report in self.reports if report.id != id]

    def hurry(self, now):
        self.hurried.append(now)

    def next_due_ms(self):
        return None


class Scene:
    def __init__(self):
        self.time = Time()
        self.way = Way()
        self.shelf = Shelf()
        self.seq = 0
        self.messenger = Messenger(
            Settings,
            self.time,
            lambda size: bytes([self.time.now // 100 % 256]) * size,
            KEY,
            self.shelf,
            Freshness(),
            self.compose,
            self.hear,
        )
        self.messenger.uplink = self.way

    def hear(self, event, **fields):
        raise AssertionError(event)

    def compose(self, presence, nonce):
        self.seq += 1
        return messages.State(
            presence, 1, 1, self.seq, nonce, "silent", [], 0, None, None, 0, "0.1.0", 0, None, None, None
        )

    def speak(self, at):
        self.time.now = at
        wait = self.messenger._speak()
        said, self.way.said = self.way.said, []
        return said, wait


def test_birth_brings_a_nonce_and_a_change_repeats_it():
    scene = Scene()
    scene.messenger.up()
    ((kind, birth),), wait = scene.speak(0)
    assert (kind, birth.presence) == ("state", "online")
    assert birth.nonce is not None
    assert 9_000 <= wait <= 11_000
    scene.messenger.changed()
    ((_, change),), _ = scene.speak(50)
    assert change.nonce == birth.nonce
    assert scene.speak(60) == ([], wait - 60)


def test_one_of_a_crowd_says_what_changed_at_a_moment_of_its_own():
    scene = Scene()
    scene.messenger.up()
    scene.speak(0)
    scene.time.now = 100  # the draw is 1/256 of the leisure
    scene.messenger.changed(2_560)
    said, wait = scene.speak(100)
    assert (said, wait) == ([], 10)
    scene.messenger.changed(2_560)  # what changes meanwhile is said with it, and no later
    assert scene.speak(109) == ([], 1)
    ((kind, _),), _ = scene.speak(110)
    assert kind == "state"
    scene.messenger.changed(256_000)
    scene.messenger.changed()  # and what is urgent waits for no leisure
    assert len(scene.speak(111)[0]) == 1
    assert scene.speak(112)[0] == []


def test_a_heartbeat_waits_for_no_leisure():
    scene = Scene()
    scene.messenger.up()
    _, wait = scene.speak(0)
    scene.time.now = wait - 100
    scene.messenger.changed(600_000)
    assert len(scene.speak(wait)[0]) == 1
    assert scene.speak(wait + 1)[0] == []


def test_each_heartbeat_brings_a_new_nonce():
    scene = Scene()
    scene.messenger.up()
    nonces = []
    now = 0
    for _ in range(5):
        ((_, state),), wait = scene.speak(now)
        nonces.append(state.nonce)
        now += wait
    assert len(set(nonces)) == 5


def test_a_flapping_line_issues_no_storm_of_nonces():
    scene = Scene()
    nonces = set()
    for at in range(0, 5_000, 100):
        scene.messenger.up()
        ((_, birth),), _ = scene.speak(at)
        nonces.add(birth.nonce)
    assert len(nonces) == 1


def test_reports_go_before_states():
    scene = Scene()
    scene.shelf.reports = [messages.Report("ktg-1.1.0", "panic", "actual", 1, 0, 5)]
    scene.messenger.changed()
    said, _ = scene.speak(0)
    assert [kind for kind, _ in said] == ["report", "state"]


def test_nothing_is_lost_when_the_window_is_full():
    scene = Scene()
    scene.shelf.reports = [messages.Report("ktg-1.1.0", "panic", "actual", 1, 0, 5)]
    scene.way.room = 0
    scene.messenger.changed()
    said, wait = scene.speak(0)
    assert (said, wait <= 1000) == ([], True)
    scene.way.room = 1
    assert [kind for kind, _ in scene.speak(1)[0]] == ["report"]
    scene.way.room = 5
    assert [kind for kind, _ in scene.speak(2)[0]] == ["state"]


def test_while_the_way_is_closed_it_waits_without_a_timer():
    scene = Scene()
    scene.way.connected = False
    assert scene.speak(0) == ([], None)


def test_a_new_session_hurries_the_reports():
    scene = Scene()
    scene.time.now = 77
    scene.messenger.up()
    assert scene.shelf.hurried == [77]


def test_the_will_is_sealed_and_says_offline():
    scene = Scene()
    will = codec.decode("state", seal.unseal(KEY, "state", "ktg-1", scene.messenger.will()))
    assert (will.presence, will.nonce) == ("offline", None)
