"""Freshness without a clock: obeyed once, soon, and never after a reboot."""

from refusal import refused

from kentongan_contract.errors import ContractError, StaleError
from kentongan_contract.freshness import Freshness

BEAT_MS = 10000


def node(heartbeats=1):
    """A node that has said so many heartbeats, and the nonces it said."""
    fresh = Freshness()
    return fresh, [fresh.issue(bytes([at] * 8), at * BEAT_MS) for at in range(heartbeats)]


def stale(fresh, nonce, counter, ttl_ms, now_ms):
    return refused(StaleError, fresh.accept, nonce, counter, ttl_ms, now_ms).reason


def test_a_nonce_is_16_hex_digits():
    assert Freshness().issue(b"\x00\x01\x7f\x80\xfe\xff\x0a\xa0", 0) == "00017f80feff0aa0"
    for length in (0, 7, 9):
        refused(ValueError, Freshness().issue, bytes(length), 0)


def test_a_command_is_obeyed_once():
    fresh, (nonce,) = node()
    fresh.accept(nonce, 1, 30000, 5)
    assert stale(fresh, nonce, 1, 30000, 5) == "counter"
    assert stale(fresh, nonce, 1, 30000, 29999) == "counter"
    assert stale(fresh, nonce, 0, 30000, 6) == "counter"
    fresh.accept(nonce, 2, 30000, 6)


def test_the_counter_starts_at_nothing():
    fresh, (nonce,) = node()
    fresh.accept(nonce, 0, 30000, 0)


def test_a_queued_command_dies_with_its_time():
    for ttl_ms in (0, 1, 30000):
        fresh, (nonce,) = node()
        assert stale(fresh, nonce, 1, ttl_ms, ttl_ms + 1) == "late"
        fresh.accept(nonce, 1, ttl_ms, ttl_ms)


def test_three_nonces_are_remembered_and_no_more():
    fresh, nonces = node(4)
    now_ms = 3 * BEAT_MS
    assert stale(fresh, nonces[0], 1, 600000, now_ms) == "nonce"
    for counter, nonce in enumerate(nonces[1:]):
        fresh.accept(nonce, counter, 600000, now_ms)


def test_each_nonce_has_its_own_time():
    fresh, nonces = node(3)
    now_ms = 2 * BEAT_MS
    assert stale(fresh, nonces[0], 1, BEAT_MS, now_ms) == "late"
    fresh.accept(nonces[1], 1, BEAT_MS, now_ms)
    fresh.accept(nonces[2], 2, BEAT_MS, now_ms)


def test_the_counter_rises_across_nonces():
    fresh, nonces = node(3)
    fresh.accept(nonces[2], 9, 600000, 20000)
    assert stale(fresh, nonces[1], 9, 600000, 20000) == "counter"
    assert stale(fresh, nonces[0], 8, 600000, 20000) == "counter"
    fresh.accept(nonces[0], 10, 600000, 20000)


def test_nothing_survives_a_reboot():
    nonces = node(3)[1]
    for nonce in nonces:
        assert stale(Freshness(), nonce, 99, 600000, 20000) == "nonce"
    rebooted = Freshness()
    rebooted.issue(b"rebooted", 0)
    for nonce in nonces:
        assert stale(rebooted, nonce, 99, 600000, 1) == "nonce"


def test_a_node_that_has_said_nothing_obeys_nobody():
    for nonce in ("", "0" * 16, "0" * 15):
        assert stale(Freshness(), nonce, 1, 600000, 0) == "nonce"


def test_a_refused_command_leaves_nothing_behind():
    fresh, nonces = node(3)
    assert stale(fresh, "f" * 16, 99, 600000, 20000) == "nonce"
    assert stale(fresh, nonces[0], 99, 1, 20000) == "late"
    fresh.accept(nonces[2], 1, 600000, 20000)
    assert stale(fresh, nonces[2], 1, 600000, 20000) == "counter"
    fresh.accept(nonces[2], 2, 600000, 20000)


def test_a_recorded_day_replayed_sounds_nothing():
    """Every command a node obeyed, sent again after every later heartbeat."""
    fresh, recorded = Freshness(), []
    for at in range(50):
        nonce = fresh.issue(bytes([at] * 8), at * BEAT_MS)
        for old in recorded:
            refused(StaleError, fresh.accept, old[0], old[1], 600000, at * BEAT_MS)
        fresh.accept(nonce, at, 600000, at * BEAT_MS)
        recorded.append((nonce, at))


def test_the_reason_is_in_the_words():
    problem = refused(StaleError, Freshness().accept, "0" * 16, 1, 1, 1)
    assert str(problem) == "stale command: nonce"
    assert issubclass(StaleError, ContractError)
