"""One virtual kentongan: a twin board, the node's own code, and the verbs that a script has. Portable like the node.

`unplug` takes the power away in the middle of whatever it does: no farewell to the broker, RAM lost, folder kept.
"""

import asyncio
import sys

from kentongan_node.clock import sleep_ms
from kentongan_node.composition import peers_for, uplink_for
from kentongan_node.node import Node

from .board_twin import TwinBoard

_SILENCE_TOUCH_MS = 100
_TAP_MS = 90
_GROUP_PAUSE_MS = 1_100
_WIRES = {
    "panic": ("normal", "cut", "short"),
    "tamper": ("normal", "cut", "short"),
    "siren": ("whole", "silent", "cut"),
}


def _slot_in(folder: str) -> "str | None":
    """The slot that this process was started from by `unix_boot.py`, None for the code of the checkout."""
    return sys.path[0][-1] if sys.path[0] in (folder + "/a", folder + "/b") else None


class VerbError(ValueError):
    """A request that no node can do; the message is a sentence."""


class VirtualNode:
    """`tell(event, **fields)` hears everything; `ms` in it is the node's own clock."""

    def __init__(self, settings, folder: str, tell, polled: bool = False, open_port=None, board_type=TwinBoard):
        self.id = settings.node
        self._settings = settings
        self._folder = folder
        self._listener = tell
        self._polled = polled
        self._open_port = open_port
        self._board_type = board_type
        self._board = board_type(self._tell, polled)
        self._wires = self._board.wires  # they outlive the power
        self._node = None
        self._running = None
        self._proving = None
        self._fingers = []  # tasks that let go of a contact later

    def plug(self) -> None:
        """Power on; harmless while it is on."""
        if self._running is not None:
            return
        self._board = self._board_type(self._tell, self._polled, self._wires)
        node = Node(self._settings, self._board, self._folder, self._tell)
        self._node = node
        uplink = uplink_for(node, self._board.random, self._open_port)
        peers = peers_for(node, self._folder, self._board.random, self._tell)
        self._running = asyncio.create_task(node.run(uplink, peers))
        if node.updater is not None:
            from kentongan_node.updater import prove

            self._proving = asyncio.create_task(prove(node, _slot_in(self._folder)))

    def unplug(self) -> None:
        """Power off; harmless while it is off."""
        running, self._running = self._running, None
        self._node = None
        for task in [running, self._proving] + self._fingers:
            if task is not None:
                task.cancel()
        self._fingers = []

    def do(self, request: dict) -> dict:
        """Obey {"do": press|release|tap|silence|wire|unplug|plug|status, …}; VerbError for anything else."""
        verb = request.get("do")
        if verb == "press":
            self._press(request.get("hold_ms"))
        elif verb == "release":
            self._on_board().close_panic(False)
        elif verb == "silence":
            held = request.get("hold_ms", _SILENCE_TOUCH_MS)
            _assert_hold(held)
            self._on_board().close_silence(True)
            self._let_go(self._board.close_silence, held)
        elif verb == "tap":
            self._tap(request.get("groups"))
        elif verb == "wire":
            self._move_wire(request.get("which"), request.get("state"))
        elif verb == "unplug":
            self.unplug()
        elif verb == "plug":
            self.plug()
        elif verb == "status":
            return self.status()
        else:
            raise VerbError("a node cannot " + str(verb))
        return {}

    def is_connected(self) -> bool:
        """True while it is plugged in and has its way up."""
        node = self._node
        return node is not None and node.uplink is not None and node.uplink.connected

    def status(self) -> dict:
        """What the node is doing, as the control protocol says it."""
        node = self._node
        status = {"id": self.id, "plugged": node is not None, "connected": self.is_connected()}
        if node is None:
            status.update({"siren": "silent", "stage": None, "soundings": 0, "local_soundings": 0, "refused": 0})
            return status
        status.update(
            {
                "siren": "silent" if node.sounder.state == "silent" else "sounding",
                "stage": node.indicator.stage,
                "soundings": node.sounder.soundings,
                "local_soundings": node.sounder.local_soundings,
                "peer_soundings": node.sounder.peer_soundings,
                "peers": None if node.peers is None else node.peers.present(),
                "peers_refused": {} if node.peers is None else dict(node.peers.refused),
                "refused": node.inbox.refusals(),
                "refusals": dict(node.inbox.refused),
                "repeats": node.inbox.repeats,
                "report": node.indicator.report,
                "pending": node.outbox.pending(),
                "kept": node.outbox.is_kept(),
                "strikes": self._board.strikes,
                "lamp": self._board.lamp,
                "boot": node.boot,
                "troubles": node.troubles(),
                "heard_itself": node.ear.verdict,
                "codebook": node.codebook.revision,
                "beacon": self._board.beacon_on,
                "longest_unfed_ms": self._board.longest_unfed_ms,
            }
        )
        return status

    def _press(self, hold_ms) -> None:
        if hold_ms is not None:
            _assert_hold(hold_ms)
        self._on_board().close_panic(True)
        if hold_ms is not None:
            self._let_go(self._board.close_panic, hold_ms)

    def _tap(self, groups) -> None:
        if type(groups) is not list or not all([type(taps) is int and 0 < taps < 10 for taps in groups]):
            raise VerbError("groups must be a list of 1 to 9 taps each")
        self._fingers.append(asyncio.create_task(_tap_groups(self._on_board().close_panic, groups)))

    def _move_wire(self, which, state) -> None:
        if type(which) is not str or state not in _WIRES.get(which, ()):
            raise VerbError("which must be panic, tamper or siren, state one of its own: " + str(_WIRES))
        self._on_board().wire(which, state)

    def _let_go(self, close, ms: int) -> None:
        self._fingers = [task for task in self._fingers if not task.done()]
        self._fingers.append(asyncio.create_task(_later(close, ms)))

    def _on_board(self) -> TwinBoard:
        if self._node is None:
            raise VerbError(self.id + " is unplugged")
        return self._board

    def _tell(self, event: str, **fields) -> None:
        fields["ms"] = 0 if self._node is None else self._node.clock.now_ms()
        self._listener(event, **fields)


async def _later(close, ms: int) -> None:
    await sleep_ms(ms)
    close(False)


async def _tap_groups(close, groups: list) -> None:
    for taps in groups:
        for _ in range(taps):
            close(True)
            await sleep_ms(_TAP_MS)
            close(False)
            await sleep_ms(2 * _TAP_MS)
        await sleep_ms(_GROUP_PAUSE_MS)


def _assert_hold(hold_ms) -> None:
    if type(hold_ms) is not int or not 0 <= hold_ms <= 600_000:
        raise VerbError("hold_ms must be 0 to 600000, or absent to hold until released")
