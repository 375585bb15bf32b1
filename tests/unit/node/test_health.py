import binascii
import os

from kentongan_node.health import next_boot


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
