"""Two folders for two programs, /a and /b, and the record of which one runs. The image's own program is the third, and for ever.

A new program is tried: each start of a trial is written down before it runs, and after three starts without a `commit` the old
one is back. Only the record, written in one step, says what runs: a power cut in the middle of an update changes nothing.
"""

import os

from .journal import Journal

MOST_STARTS = 3
NAMES = ("a", "b")


class Slots:
    """`folder` is the flash's root; `running` is `a`, `b` or None for the image's own."""

    def __init__(self, folder: str):
        self._folder = folder
        self._journal = Journal(folder + "/slots.journal")
        self._kept = {"running": None, "sequence": 0, "trial": None, "trial_sequence": 0, "starts": 0, "failed": 0}
        for record in self._journal.load():
            if _is_sound(record):
                self._kept = record
        self.running = self._kept["running"]

    @property
    def sequence(self) -> int:
        """That of the program that was committed last."""
        return self._kept["sequence"]

    @property
    def trial_sequence(self) -> int:
        """That of the program on trial, 0 while there is none."""
        return self._kept["trial_sequence"]

    @property
    def failed(self) -> int:
        """That of the last program that was tried and rolled back: it is not fetched again."""
        return self._kept.get("failed", 0)

    def is_trial(self) -> bool:
        """True while a new program has not proved itself."""
        return self._kept["trial"] is not None

    def spare(self) -> str:
        """The folder's name that an update may overwrite: never the running one."""
        return "b" if self._kept["running"] == "a" else "a"

    def path(self, slot: str) -> str:
        """Where a slot's files are."""
        return self._folder + "/" + slot

    def choose(self) -> "str | None":
        """What to start now; called once a boot. A flash that refuses to count a trial's start starts the old program."""
        trial = self._kept["trial"]
        if trial is None:
            return self.running
        starts = self._kept["starts"] + 1
        try:
            if starts > MOST_STARTS:
                self._write(trial=None, trial_sequence=0, starts=0, failed=self.trial_sequence)
                return self.running
            self._write(starts=starts)
        except OSError:
            return self.running
        self.running = trial
        return trial

    def begin_trial(self, slot: str, sequence: int) -> None:
        """Every file of the slot was checked: start it from the next boot on."""
        self._write(trial=slot, trial_sequence=sequence, starts=0)

    def commit(self, started: "str | None") -> bool:
        """What was started has proved itself; False when that is no trial."""
        trial = self._kept["trial"]
        if trial is None or started != trial:
            return False
        self._write(running=trial, sequence=self._kept["trial_sequence"], trial=None, trial_sequence=0, starts=0)
        return True

    def wipe(self, slot: str) -> None:
        """Empty a slot's folder."""
        _wipe(self.path(slot))

    def _write(self, **changes) -> None:
        kept = dict(self._kept)
        kept.update(changes)
        self._journal.rewrite([kept])
        self._kept = kept


def _is_sound(record: dict) -> bool:
    return (
        record.get("running") in (None, "a", "b")
        and record.get("trial") in (None, "a", "b")
        and all([type(record.get(name)) is int for name in ("sequence", "trial_sequence", "starts")])
    )


def _wipe(path: str) -> None:
    try:
        names = os.listdir(path)
    except OSError:
        return
    for name in names:
        child = path + "/" + name
        try:
            os.remove(child)
        except OSError:
            _wipe(child)
            os.rmdir(child)
