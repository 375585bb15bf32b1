import binascii
import os

from kentongan_node.journal import Journal


def _path():
    return "/tmp/kentongan-journal-" + binascii.hexlify(os.urandom(6)).decode()


def _read(path):
    with open(path, "rb") as file:
        return file.read()


def _write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def test_what_was_written_is_there_in_order():
    path = _path()
    assert Journal(path).load() == []
    journal = Journal(path)
    for number in range(20):
        journal.append({"number": number, "text": "a\nb\u00e9"})
    assert Journal(path).load() == [{"number": number, "text": "a\nb\u00e9"} for number in range(20)]
    os.remove(path)


def test_cut_at_every_byte_the_whole_records_stand_and_the_next_append_too():
    path = _path()
    journal = Journal(path)
    ends = [0]
    for number in range(4):
        journal.append({"number": number})
        ends.append(len(_read(path)))
    whole = _read(path)
    for cut in range(len(whole) + 1):
        _write(path, whole[:cut])
        # a record counts from its last byte on; the line end after it may be missing
        expected = [{"number": number} for number in range(4) if ends[number + 1] - 1 <= cut]
        reopened = Journal(path)
        assert reopened.load() == expected, cut
        reopened.append({"after": cut})
        assert Journal(path).load() == expected + [{"after": cut}], cut
    os.remove(path)


def test_every_flipped_bit_costs_its_own_record_at_most():
    path = _path()
    journal = Journal(path)
    for number in range(3):
        journal.append({"number": number})
    whole = _read(path)
    for at in range(len(whole)):
        for bit in range(8):
            _write(path, whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
            found = Journal(path).load()
            # a line end that is gone joins two lines, which spoils both
            assert len(found) >= (1 if whole[at] == 10 else 2), at
            for record in found:
                assert record in ({"number": 0}, {"number": 1}, {"number": 2})
    os.remove(path)


def test_a_cut_while_rewriting_leaves_the_old_or_the_new():
    path = _path()
    journal = Journal(path)
    journal.append({"old": 1})
    journal.rewrite([{"new": 1}, {"new": 2}])
    assert Journal(path).load() == [{"new": 1}, {"new": 2}]
    new = _read(path)
    for cut in range(len(new)):  # the power went before the rename: the file beside it counts for nothing
        _write(path + ".new", new[:cut])
        assert Journal(path).load() == [{"new": 1}, {"new": 2}]
    journal.rewrite([])
    assert Journal(path).load() == []
    os.remove(path)


def test_a_folder_that_is_not_there_is_an_oserror():
    journal = Journal("/tmp/kentongan-no-such-folder/journal")
    for write in (lambda: journal.append({}), lambda: journal.rewrite([{}])):
        try:
            write()
            raise AssertionError("written")
        except OSError:
            pass
