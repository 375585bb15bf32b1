"""The outcome of each command, so that one id sounds once and a lost message loses no transition."""

REMEMBERED = 64
TOLD = 4
EXPIRED = "expired"


class Outcomes:
    """The last commands with their outcomes, newest last."""

    def __init__(self) -> None:
        self._outcomes: dict[str, str] = {}

    def is_known(self, command: str) -> bool:
        """True when this id was obeyed before; one that came too late may come again."""
        return self._outcomes.get(command, EXPIRED) != EXPIRED

    def note(self, command: str, outcome: str) -> None:
        """The command has this outcome now."""
        self._outcomes[command] = outcome
        while len(self._outcomes) > REMEMBERED:
            del self._outcomes[next(iter(self._outcomes))]

    def expired(self, command: str) -> None:
        """It came too late. Only one such is kept: a flood of stale commands must not push out the others."""
        for late in [name for name, outcome in self._outcomes.items() if outcome == EXPIRED]:
            del self._outcomes[late]
        self.note(command, EXPIRED)

    def last(self) -> list[list[str]]:
        """The last four as [id, outcome], for the state message."""
        return [[name, outcome] for name, outcome in list(self._outcomes.items())[-TOLD:]]
