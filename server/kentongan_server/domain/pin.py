"""A person's PIN and duress PIN. The duress PIN is entered under threat: everything looks as if the PIN had fitted.

Only hashes are kept. A try is counted before it is checked, so that guessing in parallel gains nothing; after five wrong
ones the PIN rests for fifteen minutes. A PIN at rest cancels nothing: the alarm goes on, which is the safe side.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from kentongan_server.domain.errors import InvalidError

DIGITS = 6
MOST_TRIES = 5
RESTS_FOR = timedelta(minutes=15)


class PinVerdict(StrEnum):
    """What was entered. To the person who watches, `duress` must look exactly like `ok`."""

    OK = "ok"
    DURESS = "duress"
    WRONG = "wrong"
    RESTING = "resting"  # too many wrong tries; even the right PIN is not looked at
    UNSET = "unset"


@dataclass(frozen=True, slots=True)
class Pin:
    """The hashes of one person's PINs and the tries since one fitted."""

    person: str
    own_hash: str
    duress_hash: str | None
    tries: int = 0
    tried_at: datetime | None = None

    def is_resting(self, now: datetime) -> bool:
        """True while no try is taken."""
        return self.tries >= MOST_TRIES and self.tried_at is not None and now < self.tried_at + RESTS_FOR

    def tried(self, now: datetime) -> "Pin":
        """The PIN with one more try counted; a rest that is over begins a new count."""
        rested = self.tried_at is not None and self.tried_at + RESTS_FOR <= now
        return replace(self, tries=1 if rested else self.tries + 1, tried_at=now)

    def fitted(self) -> "Pin":
        """The PIN after one that fitted, be it the duress PIN."""
        return replace(self, tries=0, tried_at=None)


def assert_good_pins(pin: str, duress: str | None) -> None:
    """InvalidError for PINs that are guessed at once, or that one slip of a finger turns into each other."""
    for entered in (pin, duress):
        if entered is not None:
            _assert_good(entered)
    if duress is not None and sum(a != b for a, b in zip(pin, duress, strict=True)) < 2:
        raise InvalidError(
            "The duress PIN must differ from the PIN in at least two digits, so that no slip sets it off."
        )


def _assert_good(pin: str) -> None:
    if len(pin) != DIGITS or not (pin.isascii() and pin.isdigit()):
        raise InvalidError(f"A PIN has {DIGITS} digits.")
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    if len(steps) == 1 and steps <= {0, 1, 9}:
        raise InvalidError("That PIN is among the first to be guessed; choose digits that neither repeat nor count.")
