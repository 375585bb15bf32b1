from kentongan_node.pace import Backoff, around, draw


def _fixed(byte):
    return lambda size: bytes([byte]) * size


def test_the_wait_grows_to_its_cap():
    backoff = Backoff(_fixed(255), 100, 5000, 0)
    assert [backoff.next_ms() for _ in range(8)] == [100, 200, 400, 800, 1600, 3200, 5000, 5000]
    for _ in range(100):
        backoff.next_ms()
    assert backoff.next_ms() == 5000


def test_full_jitter_reaches_from_nothing_to_the_ceiling():
    low = Backoff(_fixed(0))
    assert [low.next_ms() for _ in range(5)] == [0, 0, 0, 0, 0]


def test_a_lost_session_is_spread_and_only_once():
    backoff = Backoff(_fixed(255), 100, 5000, 30_000)
    backoff.next_ms()
    backoff.lost()
    assert backoff.next_ms() == 30_000
    assert backoff.next_ms() == 200


def test_a_crowd_that_waited_long_is_as_spread_as_one_that_waited_briefly():
    backoff = Backoff(_fixed(255), 100, 800, 30_000)
    assert [backoff.next_ms() for _ in range(11)][-3:] == [25_600, 30_000, 30_000]


def test_a_waiting_report_skips_the_spread():
    backoff = Backoff(_fixed(255), 100, 5000, 30_000)
    backoff.lost()
    assert backoff.next_ms(urgent=True) == 100
    for _ in range(20):
        assert backoff.next_ms(urgent=True) <= 1000


def test_draws_stay_within():
    for byte in range(256):
        assert 0 <= draw(_fixed(byte), 10) <= 10
        assert 80 <= around(_fixed(byte), 100, 20) <= 120
    assert around(_fixed(0), 100, 20) == 80
    assert around(_fixed(255), 100, 20) == 120
