import binascii
import os

from kentongan_contract.peers import PeerWord
from kentongan_node.journal import Journal
from kentongan_node.peer_ledger import HEARD_MS, MOST_SENDERS, WINDOW_MS, PeerLedger

KEY = bytes(range(32))


def _path():
    return "/tmp/kentongan-peers-" + binascii.hexlify(os.urandom(6)).decode()


def _ledger(path=None, key=KEY):
    return PeerLedger(Journal(path or _path()), "ktg-1", key)


def _alarm(uptime, seq=0, boot=5, node="ktg-2"):
    return PeerWord(node, boot, uptime, seq, "panic", "crime", 0)


def _greeting(uptime, boot=5, node="ktg-2"):
    return PeerWord(node, boot, uptime)


def test_an_alarm_is_new_once_and_its_repeats_are_known():
    ledger = _ledger()
    assert ledger.take(_alarm(1_000), 0) == "new"
    assert ledger.keep(_alarm(1_000), True)
    for later in (0, 100, 5_000):
        assert ledger.take(_alarm(1_000 + later), later) == "again"
    assert ledger.take(_alarm(7_000, 1), 6_000) == "new"


def test_our_own_voice_is_no_neighbour():
    ledger = _ledger()
    assert ledger.take(_alarm(0, node="ktg-1"), 0) == "own"
    assert ledger.present(0) == 0


def test_a_recorded_alarm_dies_although_we_missed_the_original():
    ledger = _ledger()
    assert ledger.take(_greeting(1_000), 0) == "met"
    assert ledger.take(_greeting(1_000), 0) == "greeting"
    recorded = _alarm(11_000)  # said ten seconds after the greeting; we were out of reach
    assert ledger.take(recorded, 10_000 + WINDOW_MS) == "new"
    assert ledger.take(recorded, 10_000 + WINDOW_MS + 1_000) == "late"
    assert ledger.take(recorded, 80_000_000) == "late"


def test_a_recorded_greeting_does_not_turn_the_clock_back():
    ledger = _ledger()
    ledger.take(_greeting(100_000), 0)
    assert ledger.take(_greeting(91_000), 0) == "greeting"
    assert ledger.take(_alarm(89_000), 0) == "late"


def test_a_late_first_word_is_put_right_by_the_next():
    ledger = _ledger()
    ledger.take(_greeting(1_000), 500_000)  # recorded long ago, played to us first
    assert ledger.take(_greeting(501_000), 500_100) == "greeting"
    assert ledger.take(_alarm(2_000), 500_200) == "late"


def test_an_earlier_boot_is_refused_for_ever_and_a_later_one_starts_anew():
    path = _path()
    ledger = _ledger(path)
    ledger.take(_alarm(900_000), 0)
    ledger.keep(_alarm(900_000), True)
    assert ledger.take(_alarm(10, 0, boot=6), 1_000) == "new"
    ledger.keep(_alarm(10, 0, boot=6), True)
    assert ledger.take(_alarm(910_000, 9), 2_000) == "boot"
    again = _ledger(path)
    assert again.take(_alarm(910_000, 9), 0) == "boot"
    assert again.take(_alarm(10, 0, boot=6), 0) == "again"
    os.remove(path)


def test_what_sounded_is_known_by_its_report_across_a_reset_and_silence_is_no_sound():
    path = _path()
    ledger = _ledger(path)
    for node, sounded in (("ktg-2", True), ("ktg-3", False)):
        ledger.take(_alarm(0, 4, node=node), 0)
        ledger.keep(_alarm(0, 4, node=node), sounded)
    for known in (ledger, _ledger(path)):
        assert known.has_sounded("ktg-2.5.4")
        assert not known.has_sounded("ktg-3.5.4")
        assert not known.has_sounded("ktg-2.5.3")
    assert not _ledger(path, bytes(32)).has_sounded("ktg-2.5.4")  # a new group key begins anew
    os.remove(path)


def test_a_flash_that_refuses_makes_no_alarm_sound_twice():
    ledger = _ledger("/tmp/kentongan-nowhere/x")
    ledger.take(_alarm(0), 0)
    assert not ledger.keep(_alarm(0), True)
    assert ledger.take(_alarm(10), 10) == "again"


def test_a_greeting_costs_no_flash():
    path = _path()
    ledger = _ledger(path)
    for at in range(0, 10_000_000, 60_000):
        ledger.take(_greeting(at), at)
    assert _ledger(path).present(0) == 0
    try:
        os.stat(path)
        raise AssertionError("a greeting was written down")
    except OSError:
        pass


def test_presence_ends_and_the_memory_is_bounded():
    ledger = _ledger()
    for number in range(3 * MOST_SENDERS):
        ledger.take(_greeting(0, node="ktg-" + str(number + 10)), number)
    assert ledger.present(1_000) == MOST_SENDERS
    assert ledger.present(1_000 + HEARD_MS) == 0


def test_two_crystals_may_drift_for_weeks():
    ledger = _ledger()
    ledger.take(_greeting(0), 0)
    three_weeks = 21 * 86_400_000
    assert ledger.take(_alarm(three_weeks - three_weeks // 10_000), three_weeks) == "new"
