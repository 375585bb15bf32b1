import binascii
import os

from kentongan_node.slots import MOST_STARTS, Slots


def _folder():
    path = "/tmp/kentongan-slots-" + binascii.hexlify(os.urandom(6)).decode()
    os.mkdir(path)
    return path


def test_a_new_board_runs_its_image():
    slots = Slots(_folder())
    assert slots.choose() is None
    assert (slots.spare(), slots.sequence, slots.is_trial()) == ("a", 0, False)


def test_a_trial_that_proves_itself_stays():
    folder = _folder()
    Slots(folder).begin_trial("a", 5)
    slots = Slots(folder)
    assert slots.choose() == "a"
    assert slots.commit("a")
    assert not slots.commit("a")
    again = Slots(folder)
    assert (again.choose(), again.sequence, again.spare(), again.is_trial()) == ("a", 5, "b", False)


def test_a_trial_that_never_proves_itself_is_rolled_back_for_good():
    folder = _folder()
    Slots(folder).begin_trial("a", 5)
    Slots(folder).choose()
    Slots(folder).commit("a")
    Slots(folder).begin_trial("b", 6)
    assert [Slots(folder).choose() for _ in range(MOST_STARTS + 3)] == ["b"] * MOST_STARTS + ["a"] * 3
    assert (Slots(folder).sequence, Slots(folder).is_trial()) == (5, False)


def test_what_was_not_on_trial_commits_nothing():
    folder = _folder()
    Slots(folder).begin_trial("a", 5)
    assert not Slots(folder).commit(None)
    assert not Slots(folder).commit("b")


def test_a_flash_that_refuses_starts_the_old_program():
    slots = Slots("/tmp/kentongan-nowhere/x")
    slots._kept["trial"] = "a"
    assert slots.choose() is None


def test_a_record_of_no_sense_is_no_record():
    folder = _folder()
    Slots(folder)._journal.rewrite(
        [{"running": "c", "trial": None, "sequence": 1, "trial_sequence": 0, "starts": 0}, {}]
    )
    assert Slots(folder).choose() is None
