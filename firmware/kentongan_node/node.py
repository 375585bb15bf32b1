"""One kentongan: ties the events to the parts. A press sounds here before anyone is asked.

`watch` (call point, silence key, siren, lamp) never awaits the network; what goes up and comes down has tasks of its own.
"""

import asyncio

from kentongan_contract import messages, seal
from kentongan_contract.freshness import Freshness

from . import VERSION
from .call_point import CallPoint
from .clock import Clock, sleep_ms
from .command_log import CommandLog
from .health import next_boot
from .inbox import Inbox
from .indicator import Indicator
from .journal import Journal
from .limits import Limits
from .messenger import Messenger
from .outbox import Outbox
from .sounder import Sounder

_AFTER_TROUBLE_MS = 100


class Node:
    """`board` is hardware or twin, `folder` keeps journal and boot count, `tell(event, **fields)` hears what happens."""

    def __init__(self, settings, board, folder: str, tell, radio=None):
        self.settings = settings
        self.clock = Clock()
        self.boot = next_boot(folder, board)
        self.session = 0
        self.uplink = None
        self.peers = None  # where the RT has a peer alarm
        self._board = board
        self._tell = tell
        self._radio = radio
        self._seq = 0
        self._why_unreachable = None
        key = seal.Key(settings.secret())
        log = CommandLog()
        freshness = Freshness()
        quiet = settings.quiet_hours
        self._log = log
        self._limits = Limits(tuple(quiet) if quiet else None)
        self.sounder = Sounder(board, self._limits, log, self._on_sound, settings.local_beats, settings.local_ms)
        self.indicator = Indicator()
        self.inbox = Inbox(settings.node, key, freshness, log)
        self.outbox = Outbox(Journal(folder + "/report.journal"), settings.node, self.boot, board.random)
        self._call_point = CallPoint(settings.hold_ms)
        self._silence_key = CallPoint(0)
        self._messenger = Messenger(settings, self.clock, board.random, key, self.outbox, freshness, self._state, tell)
        unconfirmed = self.outbox.pending()
        if unconfirmed:
            self.indicator.press(unconfirmed[-1], self.clock.now_ms())

    async def run(self, uplink, peers=None) -> None:
        """Work until cancelled, with this way up and this way to the neighbours."""
        self.uplink = uplink
        self.peers = peers
        self._messenger.uplink = uplink
        parts = [self._watch, self._messenger.run, uplink.run]
        if peers is not None:
            parts.append(peers.run)
        tasks = [asyncio.create_task(self._supervise(part)) for part in parts]
        try:
            await asyncio.Event().wait()
        finally:
            for task in tasks:
                task.cancel()

    def up(self) -> None:
        """The uplink has a session."""
        self.session += 1
        self._why_unreachable = None
        self._messenger.up()
        self._tell("connected", session=self.session)

    def down(self, reason: str) -> None:
        """The uplink has lost it."""
        self._tell("disconnected", reason=reason)

    def unreachable(self, reason: str) -> None:
        """The uplink could not get a session; told once a reason, for it is tried without end."""
        if reason != self._why_unreachable:
            self._why_unreachable = reason
            self._tell("unreachable", reason=reason)

    def room(self) -> None:
        """The uplink can take more."""
        self._messenger.wake()

    def will(self) -> bytes:
        """The sealed state for the time when we are gone."""
        return self._messenger.will()

    def is_urgent(self) -> bool:
        """A report waits for its receipt."""
        return len(self.outbox.pending()) > 0

    def is_calm(self) -> bool:
        """No finger on the button, no siren."""
        return self.sounder.state == "silent" and not self._call_point.is_closed()

    def message(self, kind: str, payload: bytes, retained: bool) -> None:
        """What came down the wire; never raises, for it may be anyone's."""
        now = self.clock.now_ms()
        try:
            verdict, found = self.inbox.take(kind, payload, retained, now)
            if verdict == "refused":
                self._tell("refused", reason=found)
                return
            if verdict == "receipt":
                self._take_receipt(found, now)
                return
            if verdict == "obey":
                self.sounder.obey(found, now)
            elif verdict == "expired":
                self._log.move(found.id, "stale")
                self._tell("expired", command=found.id)
            self._messenger.changed()  # a repeat gets its outcome said again
            self._board.nudge()
        except Exception as error:
            self._tell("trouble", part="message", error=type(error).__name__ + ": " + str(error))

    def step(self, now_ms: int) -> "int | None":
        """One look at the contacts, the siren and the lamp; when the next is due, None while all rest."""
        if self._call_point.sample(now_ms, self._board.panic_closed()) == "held":
            self._press(now_ms)
        if self._silence_key.sample(now_ms, self._board.silence_closed()) == "held":
            self.sounder.key(now_ms)
        dues = (self.sounder.step(now_ms), self._call_point.due_ms(), self._silence_key.due_ms())
        self._board.light(self.indicator.light(now_ms, self.sounder.colour()))
        waiting = [due for due in dues if due is not None]
        return min(waiting) if waiting else None

    async def _watch(self) -> None:
        while True:
            now = self.clock.now_ms()
            due = self.step(now)
            self._board.feed()
            await self._board.pause(None if due is None else due - now)

    def _press(self, now_ms: int) -> None:
        report = self.outbox.next_id()
        self.sounder.press(report, now_ms)  # before the network, before the flash
        self.indicator.press(report, now_ms)
        if self.peers is not None:
            self.peers.say(int(report.rsplit(".", 1)[1]), "panic", "crime", now_ms)
        self.outbox.add("panic", "actual", now_ms)
        self._tell("pressed", report=report)
        self._messenger.changed()
        if self.uplink is not None:
            self.uplink.hurry()

    def _take_receipt(self, receipt, now_ms: int) -> None:
        if self.indicator.report is None and receipt.report == self.outbox.latest:
            self.indicator.press(receipt.report, now_ms)  # news of the press before our reboot
        if self.outbox.forget(receipt.report):
            self._tell("confirmed", report=receipt.report)
            self._messenger.wake()
        if receipt.incident is not None:
            self.sounder.name_incident(receipt.report, receipt.incident, now_ms)
        if self.indicator.receipt(receipt.report, receipt.stage, now_ms):
            self._tell("indicator", report=receipt.report, stage=receipt.stage)
            self._messenger.changed()
            self._board.nudge()

    def _on_sound(self, event: str, **fields) -> None:
        self._tell(event, **fields)
        self._messenger.changed()

    def _state(self, presence: str, nonce: "str | None") -> messages.State:
        self._seq += 1
        return messages.State(
            presence=presence,
            boot=self.boot,
            session=self.session,
            seq=self._seq,
            nonce=nonce,
            siren="silent" if self.sounder.state == "silent" else "sounding",
            commands=self._log.recent(),
            refused=self.inbox.refusals(),
            report=self.indicator.report,
            stage=self.indicator.stage,
            uptime_ms=self.clock.now_ms(),
            firmware=VERSION,
            minor=messages.MINOR,
            rssi_dbm=None if self._radio is None else self._radio.rssi_dbm(),
            battery_mv=self._board.battery_mv(),
            mains=self._board.mains(),
            peers=None if self.peers is None else self.peers.present(),
        )

    async def _supervise(self, part) -> None:
        """A part that fails is told of and begun again: a node with one part dead is a dead node."""
        while True:
            try:
                await part()
            except Exception as error:
                self._tell("trouble", part=str(part), error=type(error).__name__ + ": " + str(error))
            await sleep_ms(_AFTER_TROUBLE_MS)
