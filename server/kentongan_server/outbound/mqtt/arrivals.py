"""What has arrived from the broker and waits to be read: reports first, then what kentongan say of themselves.

A crowd says more than can be read at once, and each state tells all that the one before did. So of a kentongan's waiting states
the newest two are kept and no more: two, because the newest may be its last will, composed when the connection began.
"""

from collections import deque
from collections.abc import Callable, Hashable
from typing import Generic, Protocol, TypeVar

from kentongan_contract.messages import Report, State

REPORTS, STATES = f"/{Report.KIND}", f"/{State.KIND}"
READ_AT_ONCE = 64  # states in the reader's hands: two groups of the writer
KEPT = 2


class Said(Protocol):
    """A message as it came."""

    @property
    def topic(self) -> str:
        """Where it was said."""
        ...


Message = TypeVar("Message", bound=Said)


class Arrivals(Generic[Message]):
    """Used from the event loop alone; `now` tells seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._reports: deque[Message] = deque()
        self._states: dict[str, list[tuple[Message, float]]] = {}  # by topic, the longest waiting first
        self._being_read: dict[Hashable, float] = {}

    def add(self, message: Message) -> None:
        """Keep it until its turn."""
        if message.topic.endswith(REPORTS):
            self._reports.append(message)
            return
        waiting = self._states.setdefault(message.topic, [])
        waiting.append((message, self._now()))
        if len(waiting) > KEPT and message.topic.endswith(STATES):
            _, since = waiting.pop(0)
            waiting[0] = (waiting[0][0], since)  # what the older one said is in it too, and has waited as long

    def following(self, *, states: bool) -> tuple[Message, Callable[[], None] | None] | None:
        """The next to be read, and for a state what to call once it was; none while `states` is False or enough are read."""
        if self._reports:
            return self._reports.popleft(), None
        if not (states and self._states) or len(self._being_read) >= READ_AT_ONCE:
            return None
        topic = next(iter(self._states))
        waiting = self._states[topic]
        message, at = waiting.pop(0)
        if not waiting:
            del self._states[topic]
        reading = object()
        self._being_read[reading] = at

        def was_read() -> None:
            self._being_read.pop(reading, None)

        return message, was_read

    def behind(self) -> float:
        """How many seconds ago that arrived which waits longest among the states that were not read to the end."""
        first = next(iter(self._being_read.values()), None)
        if first is None:
            first = next((waiting[0][1] for waiting in self._states.values()), None)
        return 0.0 if first is None else self._now() - first
