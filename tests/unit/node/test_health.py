import binascii
import os

from kentongan_node.health import SHORT_LIVES, begin_life, lived, next_boot


class Board:
    def __init__(self, seconds=None):
        self.seconds = seconds

    def wall_seconds(self):
        return self.seconds

    def random(self, size):
        return os.urandom(size)


def _folder():
    folder = "/tmp/kentongan-health-" + binascii.hexlify(os.urandom(6)).decode()
    os.mkdir(folder)
    return folder


def _clear(folder):
    for name in os.listdir(folder):
        os.remove(folder + "/" + name)
    os.rmdir(folder)


def test_each_boot_is_above_the_last():
    folder = _folder()
    boots = [next_boot(folder, Board(1000)) for _ in range(5)]
    assert boots == [1000, 1001, 1002, 1003, 1004]
    _clear(folder)


def test_an_empty_flash_without_a_clock_begins_at_random():
    folders = [_folder() for _ in range(8)]
    assert len({next_boot(folder, Board()) for folder in folders}) == 8
    for folder in folders:
        _clear(folder)


def test_a_torn_count_is_no_way_back_to_old_numbers():
    folder = _folder()
    first = next_boot(folder, Board(1000))
    with open(folder + "/boot.journal", "wb") as file:
        file.write(b"torn")
    assert next_boot(folder, Board(2000)) > first
    _clear(folder)


def test_a_flash_that_refuses_the_write_still_boots_with_fresh_numbers():
    missing = "/tmp/kentongan-health-missing/" + binascii.hexlify(os.urandom(6)).decode()
    boots = {next_boot(missing, Board(1000)) for _ in range(8)}
    assert len(boots) == 8
    assert min(boots) > 1000


def test_a_boot_loop_leads_to_safe_mode_and_one_more_try():
    folder = _folder()
    assert [begin_life(folder, "watchdog") for _ in range(SHORT_LIVES)] == [False] * SHORT_LIVES
    assert begin_life(folder, "watchdog")
    assert not begin_life(folder, "reset")  # one whole start after safe mode
    assert begin_life(folder, "watchdog")
    lived(folder)
    assert not begin_life(folder, "watchdog")
    _clear(folder)


def test_mains_that_come_and_go_are_no_boot_loop_and_cost_no_write():
    folder = _folder()
    assert not any(begin_life(folder, "power_on") for _ in range(50))
    assert os.listdir(folder) == []
    for _ in range(SHORT_LIVES):
        begin_life(folder, "watchdog")
    assert not begin_life(folder, "power_on")
    assert not begin_life(folder, "watchdog")
    _clear(folder)


def test_without_a_flash_it_is_never_safe_mode():
    assert not any(begin_life("/tmp/kentongan-missing/x", "watchdog") for _ in range(9))
