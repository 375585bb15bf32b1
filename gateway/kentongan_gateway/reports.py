"""Every report on its way up: said at once, kept on disk, said again until the server's receipt passes down.

A serial node says its own report again with a fresh age; the gateway keeps the newest wording and speaks up only when
the node has fallen silent. How long a report lay here before the node fell silent cannot be added to its age: it is
sealed. Of each node at most a thousand reports are kept; more are still relayed, and stay with the node.
"""

from collections import Counter
from collections.abc import Callable

from kentongan_contract import codec, topics
from kentongan_contract.errors import ContractError
from kentongan_contract.messages import Report
from kentongan_gateway.repeats import OWN_MS, RELAYED_MS, Repeats
from kentongan_gateway.spool import Forget, Keep, Kept, Note

MOST_OF_A_NODE = 1000

Wording = Callable[[int], bytes]


class Reports:
    """`publish(topic, payload)` says whether the broker's link took it; `note` has it written down soon."""

    def __init__(
        self,
        own: str,
        own_bytes: Callable[[Report, int | None], bytes],
        publish: Callable[[str, bytes], bool],
        note: Callable[[Note], None],
        random: Callable[[], float],
    ) -> None:
        self._own = own
        self._own_bytes = own_bytes
        self._publish = publish
        self._note = note
        self._repeats = Repeats(random)
        self._waiting: dict[str, tuple[str, Wording]] = {}
        self._of_node: Counter[str] = Counter()
        self.not_kept = 0

    def restore(self, kept: list[Kept], now_ms: int) -> None:
        """Take up what an earlier run left; an own press has lost its age with that run."""
        for report in kept:
            wording = self._restored(report)
            if wording is not None:
                self._add(report.id, report.node, wording, now_ms)

    def take(self, node: str, report: str, payload: bytes, now_ms: int) -> bool:
        """A serial node said this, for the first time or again: relay it now, whatever can be kept. True when kept anew."""

        def wording(_now_ms: int) -> bytes:
            return payload

        is_new = report not in self._waiting
        if not is_new:
            self._waiting[report] = (node, wording)
        elif self._of_node[node] >= MOST_OF_A_NODE:
            self.not_kept += 1
            self._publish(topics.up(node, Report.KIND), payload)
            return False
        else:
            self._add(report, node, wording, now_ms)
            self._note(Keep(Kept(report, node, payload)))
        self._say(report, now_ms)
        return is_new

    def take_own(self, report: Report, now_ms: int) -> None:
        """The gateway's own press."""
        self._add(report.id, self._own, lambda later_ms: self._own_bytes(report, later_ms - now_ms), now_ms)
        self._note(Keep(Kept(report.id, self._own, codec.encode(report))))
        self._say(report.id, now_ms)

    def forget(self, node: str, report: str) -> bool:
        """A receipt for `node` names this report; True when it was kept for that node."""
        if report not in self._waiting or self._waiting[report][0] != node:
            return False
        del self._waiting[report]
        self._of_node[node] -= 1
        self._repeats.forget(report)
        self._note(Forget(report))
        return True

    def say_everything(self, now_ms: int) -> None:
        """The broker is back: everything kept, oldest first."""
        self._repeats.all_due(now_ms)
        self.say_due(now_ms)

    def say_due(self, now_ms: int) -> None:
        """What is due, until the link takes no more."""
        for report in self._repeats.due(now_ms):
            if not self._say(report, now_ms):
                return

    def next_ms(self) -> int | None:
        """When something is due; None when nothing waits."""
        return self._repeats.next_ms()

    def count(self) -> int:
        """How many wait for their receipt."""
        return len(self._waiting)

    def _add(self, report: str, node: str, wording: Wording, now_ms: int) -> None:
        self._waiting[report] = (node, wording)
        self._of_node[node] += 1
        self._repeats.add(report, OWN_MS if node == self._own else RELAYED_MS, now_ms)

    def _say(self, report: str, now_ms: int) -> bool:
        node, wording = self._waiting[report]
        if not self._publish(topics.up(node, Report.KIND), wording(now_ms)):
            return False
        self._repeats.said(report, now_ms)
        return True

    def _restored(self, kept: Kept) -> Wording | None:
        if kept.node != self._own:
            return lambda _now_ms: kept.payload
        try:
            report = codec.decode(Report.KIND, kept.payload)
        except ContractError:
            self._note(Forget(kept.id))  # no version of ours wrote this: it can never be said
            return None
        assert isinstance(report, Report)  # noqa: S101 -- tells mypy what decode promises for this kind
        return lambda _now_ms: self._own_bytes(report, None)
