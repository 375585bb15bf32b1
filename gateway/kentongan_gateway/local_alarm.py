"""Whether a report sounds the RT's siren here and now, without asking any server.

The line's tag has already shown that the report comes from an enrolled node of this RT. It sounds once: the node
repeats it until the server's receipt, and the server answers it with a command of its own.
"""

from collections import deque
from collections.abc import Iterable

from kentongan_contract.messages import Report, belongs_to

KINDS = ("panic",)
PATTERN = "titir"
BEATS = (90, 110)
ROUNDS = 0
DURATION_MS = 60_000
OLD_MS = 600_000
REMEMBERED = 64

SOUND = "sound"
HEARD_BEFORE = "heard_before"
NOT_AN_ALARM = "not_an_alarm"
OLD = "old"
FOREIGN = "foreign"


class LocalAlarm:
    """Decides; remembers the last reports of each node that sounded."""

    def __init__(self, sounded: Iterable[tuple[str, str]] = ()) -> None:
        self._sounded: dict[str, deque[str]] = {}
        for node, report in sounded:
            self._remember(node, report)

    def hear(self, node: str, report: Report) -> str:
        """SOUND, at most once for each report id, or the reason why not.

        A report of unknown age sounds: the node lost its power after the press, and somebody may still need help.
        """
        if not belongs_to(report, node):
            return FOREIGN
        if report.kind not in KINDS or report.purpose != "actual":
            return NOT_AN_ALARM
        if report.age_ms is not None and report.age_ms > OLD_MS:
            return OLD
        if report.id in self._sounded.get(node, ()):
            return HEARD_BEFORE
        self._remember(node, report.id)
        return SOUND

    def _remember(self, node: str, report: str) -> None:
        self._sounded.setdefault(node, deque(maxlen=REMEMBERED)).append(report)
