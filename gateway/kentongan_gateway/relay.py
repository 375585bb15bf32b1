"""Frames of the serial line to MQTT messages, and back. Pure: bytes in, bytes out.

The sealed payload passes through untouched: the gateway can neither read it with a key nor forge it. What it checks is
its own line: the tag, the rising counter, the size, and that a node speaks only as itself. A retained command is
refused here too, because the line has no retained flag that the node could see.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from kentongan_contract import codec, frames, topics
from kentongan_contract.errors import ContractError, FrameError
from kentongan_contract.messages import Receipt, Report, belongs_to
from kentongan_contract.seal import TAG_HEX, Key

LONGEST = TAG_HEX + 1 + codec.LONGEST
_HIGHEST_COUNTER = 2**63 - 1


class RefusedError(Exception):
    """Not relayed; `reason` is one word for the counters."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Upward:
    """What a serial node said. `report` is set for reports alone."""

    node: str
    topic: str
    retain: bool
    payload: bytes
    counter: int
    report: Report | None


@dataclass(frozen=True, slots=True)
class Downward:
    """What a serial node is told. `receipt` is what it reads as, its seal unchecked: only the node can do that."""

    node: str
    line: bytes
    receipt: Receipt | None


class Relay:
    """Both directions for the nodes enrolled on this gateway's lines; counts what it refuses.

    `heard` is the last counter of each node and `counter` the first of ours: both must rise across restarts.
    """

    def __init__(self, keys: Mapping[str, Key], heard: Mapping[str, int], counter: int) -> None:
        self._keys = dict(keys)
        self._heard = dict(heard)
        self._counter = counter
        self.up_count = 0
        self.down_count = 0
        self.refused: Counter[str] = Counter()

    def up(self, data: bytes) -> Upward:
        """The message in one frame (without the closing zero); RefusedError for everything else."""
        try:
            return self._up(data)
        except RefusedError as refused:
            self.refused[refused.reason] += 1
            raise

    def down(self, topic: str, payload: bytes, *, retained: bool) -> Downward:
        """The frame for the line, with its zeros; RefusedError for everything else."""
        try:
            return self._down(topic, payload, retained=retained)
        except RefusedError as refused:
            self.refused[refused.reason] += 1
            raise

    def _up(self, data: bytes) -> Upward:
        try:
            frame = frames.decode(self._keys, data)
        except FrameError as error:
            raise RefusedError("frame") from error
        if frame.kind not in topics.UP_KINDS:
            raise RefusedError("direction")
        if len(frame.payload) > LONGEST:
            raise RefusedError("size")
        if not self._heard.get(frame.node, -1) < frame.counter <= _HIGHEST_COUNTER:
            raise RefusedError("counter")
        report = None
        if frame.kind == Report.KIND:
            report = _report(frame.payload)
            if not belongs_to(report, frame.node):
                raise RefusedError("foreign")
        self._heard[frame.node] = frame.counter
        self.up_count += 1
        topic = topics.up(frame.node, frame.kind)
        return Upward(frame.node, topic, frame.kind == "state", frame.payload, frame.counter, report)

    def _down(self, topic: str, payload: bytes, *, retained: bool) -> Downward:
        try:
            node, direction, kind = topics.parse(topic)
        except ContractError as error:
            raise RefusedError("topic") from error
        if direction != "down" or node not in self._keys:
            raise RefusedError("topic")
        if retained:
            raise RefusedError("retained")
        if len(payload) > LONGEST:
            raise RefusedError("size")
        receipt = _receipt(payload) if kind == Receipt.KIND else None
        self._counter += 1
        self.down_count += 1
        # The leading zero ends whatever noise the line has picked up since the last frame.
        line = b"\0" + frames.encode(self._keys[node], frames.Frame(node, kind, self._counter, payload))
        return Downward(node, line, receipt)


def _body(payload: bytes) -> bytes:
    return payload[TAG_HEX + 1 :] if payload[TAG_HEX : TAG_HEX + 1] == b" " else b""


def _report(payload: bytes) -> Report:
    try:
        message = codec.decode(Report.KIND, _body(payload))
    except ContractError as error:
        raise RefusedError("report") from error
    assert isinstance(message, Report)  # noqa: S101 -- tells mypy what decode promises for this kind
    return message


def _receipt(payload: bytes) -> Receipt | None:
    try:
        message = codec.decode(Receipt.KIND, _body(payload))
    except ContractError:
        return None  # the node judges what it is told; we only read along
    assert isinstance(message, Receipt)  # noqa: S101 -- tells mypy what decode promises for this kind
    return message
