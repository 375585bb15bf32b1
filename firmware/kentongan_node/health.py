"""The boot count, which makes every report id unique without a clock: one write to the flash per boot. And the count of
short lives: a node that was reset again and again within a minute of its start begins in safe mode.
"""

from .journal import Journal

SHORT_LIVES = 5
LIVED_MS = 60_000


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


def begin_life(folder: str, reset_cause: str) -> bool:
    """Count this life as a short one until `lived`; True when there were so many that safe mode is due.

    Power switched on anew begins the count again and costs no write: a mains failure is no fault of the program. After safe
    mode one whole start is tried; its failing leads straight back.
    """
    journal = Journal(folder + "/lives.journal")
    short = _short_lives(journal)
    if reset_cause == "power_on":
        if short:
            _write_lives(journal, 0)
        return False
    is_loop = short >= SHORT_LIVES
    _write_lives(journal, SHORT_LIVES - 1 if is_loop else short + 1)
    return is_loop


def lived(folder: str) -> None:
    """This life was no short one."""
    journal = Journal(folder + "/lives.journal")
    if _short_lives(journal):
        _write_lives(journal, 0)


def _short_lives(journal: Journal) -> int:
    found = [record["short"] for record in journal.load() if type(record.get("short")) is int]
    return found[-1] if found else 0


def _write_lives(journal: Journal, short: int) -> None:
    try:
        journal.rewrite([{"short": short}])
    except OSError:
        pass  # a flash that refuses cannot tell of a loop; the watchdog goes on trying
