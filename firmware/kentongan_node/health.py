"""The boot count, which makes every report id unique without a clock: one write to the flash per boot."""

from .journal import Journal


def next_boot(folder: str, board) -> int:
    """This boot's number, above every earlier one and written down before it is used.

    A node whose flash is empty must not use the ids of its own past again: it begins at the time of day in seconds or,
    with no clock, at a random number. On a flash that refuses the write it leaps by a random number instead, for the
    next boot will read what this one read; such a node still sounds and still reports.
    """
    journal = Journal(folder + "/boot.journal")
    boots = [record["boot"] for record in journal.load() if type(record.get("boot")) is int]
    leap = 1 + (int.from_bytes(board.random(4), "big") >> 2)
    boot = max(boots) + 1 if boots else board.wall_seconds() or leap
    try:
        journal.rewrite([{"boot": boot}])
    except OSError:
        return boot + leap
    return boot
