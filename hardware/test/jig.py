"""The gateway as test jig: its Raspberry Pi asks the board over the cable what it measures, and listens on RS-485.

The node's readings come from the node, never from the tester's keyboard; the tester is asked only for what a meter shows, and to
move wires between two looks. `hands` hears what to do and returns when it is done; `meter` gives a number.
"""

import os
import time
from collections.abc import Callable
from typing import Any, Protocol

import serial

from hardware.test.limits import LINE, METER, Limit, setups

BAUD = 115_200
FRAMES = 1_000
BATCH = 100
FRAME_BYTES = 24
ECHO_S = 0.25  # what is not back by then is lost


class Node(Protocol):
    """The conversation with the board on the cable."""

    def ask(self, verb: str, **fields: Any) -> Any:
        """The answer, or an error with a sentence."""

    def say(self, verb: str, **fields: Any) -> None:
        """A request whose answer comes later."""

    def hear(self, within_s: float) -> Any:
        """That answer."""


def read_board(
    node: Node,
    limits: dict[str, Limit],
    hands: Callable[[str], None],
    meter: Callable[[Limit], float],
    line: str | None,
    ssid: str | None,
    code: str | None,
    frames: int = FRAMES,
) -> dict[str, float | None]:
    """Every limit's reading by name, set-up by set-up; None where the board does not measure it."""
    found: dict[str, float | None] = {}
    is_open = False
    for at, words in setups().items():
        here = [one for one in limits.values() if one.at == at]
        if not here:
            continue
        hands(f"{words['id']}\n{words['en']}")
        for one in here:
            if one.by == METER:
                found[one.name] = meter(one)
        readings: dict[str, Any] = {}
        if any(one.reading for one in here):
            if not is_open:
                node.ask("claim", code=code)
                is_open = True
            strikes = any(one.reading == "siren_ma" for one in here)
            readings = dict(node.ask("measure", strike=strikes, ssid=ssid)["readings"])
        for one in here:
            if one.reading:
                found[one.name] = readings.get(one.reading)
            elif one.by == LINE:
                found[one.name] = None if line is None else lost_frames(node, line, frames)
    return found


def lost_frames(node: Node, line: str, frames: int = FRAMES) -> int:
    """How many of so many random frames do not come back as they went."""
    lost = 0
    with serial.Serial(line, BAUD, timeout=ECHO_S, write_timeout=2.0, exclusive=True) as port:
        for start in range(0, frames, BATCH):
            batch = min(BATCH, frames - start)
            allowed_ms = 2_000 + batch * 40
            node.say("echo", ms=allowed_ms, bytes=batch * FRAME_BYTES)
            time.sleep(0.1)  # the node opens its line
            for _ in range(batch):
                sent = os.urandom(FRAME_BYTES)
                port.reset_input_buffer()
                port.write(sent)
                lost += port.read(FRAME_BYTES) != sent
            node.hear(allowed_ms / 1000 + 2)
    return lost
