import binascii
import os

from kentongan_contract import peers, seal
from kentongan_node.command_log import CommandLog
from kentongan_node.journal import Journal
from kentongan_node.limits import Limits
from kentongan_node.peer_alarm import MOST_AN_HOUR, PeerAlarm
from kentongan_node.peer_ledger import PeerLedger
from kentongan_node.provisioning import Settings
from kentongan_node.sounder import Sounder

RT = "33.74.01.1001/RW01/RT01"
OLD, NEW, FOREIGN = "01" * 32, "02" * 32, "03" * 32


class Air:
    """Keeps what is sent; refuses when the network is gone."""

    def __init__(self):
        self.said = []
        self.gone = False

    def send(self, data):
        if self.gone:
            raise OSError(101)
        self.said.append(data)


class Clock:
    now = 0

    def now_ms(self):
        return self.now


class Board:
    def siren(self, on):
        pass

    def minute(self):
        return None


class House:
    """One kentongan on the air, with the time in the test's hand."""

    def __init__(self, node="ktg-1", keys=None, rt=RT):
        settings = Settings({"node": node, "key": "07" * 32, "host": "h", "password": "p", "rt": rt,
                             "group_keys": keys or [OLD], "peer": "udp"})  # fmt: skip
        self.told = []
        self.clock = Clock()
        self.air = Air()
        self.sounder = Sounder(Board(), Limits(), CommandLog(), self.hear, [90, 110], 30_000)
        self.path = "/tmp/kentongan-peer-" + binascii.hexlify(os.urandom(6)).decode()
        ledger = PeerLedger(Journal(self.path), node, settings.group_secrets()[0])
        self.peers = PeerAlarm(
            settings, 9, self.clock, os.urandom, ledger, self.sounder, self.beats_of, self.hear, None
        )
        self.peers._air = self.air

    def beats_of(self, kind):
        return [600, 400] if kind == "fire" else None

    def hear(self, event, **fields):
        self.told.append((event, fields))

    def live(self, ms):
        """Let time pass as the speaking task does; what was said, with its time."""
        end, said = self.clock.now + ms, []
        while self.clock.now < end:
            wait = self.peers._speak(self.clock.now)
            said += [(self.clock.now, data) for data in self.air.said]
            self.air.said = []
            self.clock.now = min(end, self.clock.now + wait)
            self.sounder.step(self.clock.now)
        return said


def _word(data, key=OLD):
    return peers.unpack([seal.Key(binascii.unhexlify(key))], RT, data)


def _alarms(said, key=OLD):
    return [(at, _word(data, key)) for at, data in said if _word(data, key).seq is not None]


def test_a_press_is_said_at_once_ever_more_rarely_and_not_for_ever():
    house = House()
    house.peers.say(3, "panic", "crime", 0)
    first = _word(house.air.said[0])  # before any task had a turn
    assert (first.report(), first.kind, first.class_, first.age_ms) == ("ktg-1.9.3", "panic", "crime", 0)
    alarms = _alarms(house.live(300_000))
    times = [at for at, _ in alarms]
    assert len(times) == 9
    assert 15_000 < times[-1] < 26_000
    assert [word.age_ms for _, word in alarms] == times
    assert {word.seq for _, word in alarms} == {3}


def test_greetings_come_about_once_a_minute():
    said = House().live(600_000)
    assert 9 <= len(said) <= 13
    assert all(_word(data).seq is None for _, data in said)


def test_community_news_is_never_said_and_what_is_taken_back_falls_silent():
    house = House()
    house.peers.say(0, "community_work", "community", 0)
    assert _alarms(house.live(30_000)) == []
    house.peers.say(1, "fire", "emergency", house.clock.now)
    house.peers.stop()
    house.air.said = []
    assert _alarms(house.live(30_000)) == []


def test_the_neighbours_sound_once_pass_it_on_once_and_say_whose_it_is():
    one, two = House("ktg-1"), House("ktg-2")
    one.peers.say(0, "panic", "crime", 0)
    for _, data in [(0, one.air.said[0])] + one.live(25_000):
        two.peers.hear(data, two.clock.now)
    assert two.sounder.state == "peer"
    assert (two.sounder.peer_soundings, two.sounder.local_soundings) == (1, 0)
    heard = [fields for event, fields in two.told if event == "peer_alarm"]
    assert heard == [{"report": "ktg-1.9.0", "kind": "panic", "sounded": True, "reason": None}]
    assert len(two.peers._passing) == 1
    one.peers.hear(two.peers._passing[0], 0)  # the echo of our own voice
    assert one.sounder.state == "silent"


def test_passing_on_reaches_who_is_too_far_away():
    one, two, three = House("ktg-1"), House("ktg-2"), House("ktg-3")
    one.peers.say(0, "fire", "emergency", 0)
    two.peers.hear(one.air.said[0], 0)
    three.peers.hear(two.peers._passing[0], 0)
    assert three.sounder.state == "peer"
    assert three.sounder.report == "ktg-1.9.0"
    assert three.sounder.step(500) == 600  # the beats of a fire, and not those of a panic


def test_another_rt_other_keys_and_noise_are_silent_and_counted():
    house = House()
    strangers = [House("ktg-9", [FOREIGN]), House("ktg-9", rt=RT + "2")]
    for stranger in strangers:
        stranger.peers.say(0, "panic", "crime", 0)
        house.peers.hear(stranger.air.said[0], 0)
    for size in range(300):
        house.peers.hear(os.urandom(size), 0)
    assert house.sounder.state == "silent"
    assert house.peers.refused == {"seal": 302}


def test_while_the_key_changes_both_halves_understand():
    old, new = House("ktg-1", [OLD]), House("ktg-2", [NEW, OLD])
    new.peers.say(0, "panic", "crime", 0)
    assert _word(new.air.said[0], NEW) == _word(new.air.said[1], OLD)
    for data in new.air.said:
        old.peers.hear(data, 0)
    assert old.sounder.peer_soundings == 1
    old.peers.say(0, "panic", "crime", 0)
    new.peers.hear(old.air.said[0], 0)
    assert new.sounder.peer_soundings == 1


def test_a_thief_with_a_neighbours_kentongan_is_bounded():
    """Whoever holds the group key can sound this RT: ten times an hour, half a minute each, and not the fifteen minutes whole."""
    house = House("ktg-1")
    key = seal.Key(binascii.unhexlify(OLD))
    noise = 0
    for second in range(3600):
        word = peers.PeerWord("ktg-7", 1, second * 1000, second, "panic", "crime", 0)
        house.peers.hear(peers.pack(key, RT, word), second * 1000)
        for step in range(10):
            house.sounder.step(second * 1000 + step * 100)
        noise += house.sounder.state != "silent"
    assert house.sounder.peer_soundings <= MOST_AN_HOUR
    assert noise <= MOST_AN_HOUR * 30
    assert house.peers.refused["limit"] > 3000
    house.sounder.press("ktg-1.9.0", 3_600_000)  # our own button is never refused
    assert house.sounder.state == "local"


def test_an_old_alarm_and_the_silence_key():
    house = House("ktg-1")
    key = seal.Key(binascii.unhexlify(OLD))
    house.peers.hear(peers.pack(key, RT, peers.PeerWord("ktg-2", 1, 0, 0, "panic", "crime", 30_001)), 0)
    assert house.peers.refused == {"late": 1}
    house.peers.hear(peers.pack(key, RT, peers.PeerWord("ktg-3", 1, 0, 0, "panic", "crime", 0)), 0)
    house.sounder.key(100)
    house.peers.hear(peers.pack(key, RT, peers.PeerWord("ktg-3", 1, 200, 0, "panic", "crime", 200)), 200)
    assert house.sounder.state == "silent"


def test_a_network_that_is_gone_is_no_error():
    house = House()
    house.air.gone = True
    house.peers.say(0, "panic", "crime", 0)
    house.live(2_000)
    house.air.gone = False
    assert _alarms(house.live(20_000)) != []
    assert house.peers.refused["send"] > 0


def test_who_comes_late_is_greeted_soon_and_a_crowd_of_names_brings_no_storm():
    house = House("ktg-1")
    house.live(30_000)
    key = seal.Key(binascii.unhexlify(OLD))
    said = 0
    for number in range(200):
        word = peers.PeerWord("ktg-" + str(10 + number), 1, house.clock.now)
        house.peers.hear(peers.pack(key, RT, word), house.clock.now)
        said += len(house.live(50))
    assert 3 <= said <= 6
