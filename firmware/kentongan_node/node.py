"""One kentongan: ties the events to the parts. A press sounds here before anyone is asked.

`watch` (contacts, siren, lamp) never awaits the network; what goes up and comes down has tasks of its own.
"""

import asyncio
import gc

from kentongan_contract import messages, seal
from kentongan_contract.freshness import Freshness

from .beacon import Beacon
from .clock import Clock, sleep_ms
from .codebook import Codebook
from .command_log import CommandLog
from .contacts import Contacts
from .health import LIVED_MS, lived, next_boot
from .heard_itself import HeardItself
from .inbox import Inbox
from .indicator import Indicator
from .journal import Journal
from .limits import Limits
from .messenger import Messenger
from .outbox import Outbox
from .present_state import present_state, troubles
from .sounder import TEST_MS, Sounder

_AFTER_TROUBLE_MS = 100
_TEST_BEATS = [220, 110]  # strokes enough for the ear to be sure
_TAMPER_BEATS = [400, 200]
_TAMPER_PAUSE_MS = 60_000  # a lid that rattles is one notice a minute
_TAKE_BACK_MS = 600_000


class Node:
    """`board` is hardware or twin, `folder` keeps the journals, `tell(event, **fields)` hears what happens."""

    def __init__(self, settings, board, folder: str, tell, radio=None):
        self.settings = settings
        self.clock = Clock()
        self.boot = next_boot(folder, board)
        self.session = 0
        self.uplink = None
        self.peers = None  # where the RT has a peer alarm
        self.board = board
        self.radio = radio
        self._folder = folder
        self._tell = tell
        self._seq = 0
        self._tests = 0
        self._leisure_ms = 0  # of the command obeyed last, for its end too
        self._why_unreachable = None
        self._pressed_at = None  # our newest press of this boot
        self._opened_at = None
        self._taken_back = None  # the report that the PIN took back
        self._key_silenced = False
        self._known_troubles = []
        key = seal.Key(settings.secret())
        freshness = Freshness()
        quiet = settings.quiet_hours
        self.log = CommandLog(Journal(folder + "/command.journal"))
        self.codebook = Codebook(Journal(folder + "/codebook.journal"))
        self._limits = Limits(tuple(quiet) if quiet else None)
        self.ear = HeardItself(*(settings.siren_ma or (0, 0)))
        ear = self.ear if settings.siren_ma else None
        self.sounder = Sounder(
            board, self._limits, self.log, self._on_sound, self._local_beats(), settings.local_ms, ear
        )
        self.indicator = Indicator()
        self._beacon = Beacon(board)
        self.inbox = Inbox(settings.node, key, freshness, self.log)
        self.outbox = Outbox(Journal(folder + "/report.journal"), settings.node, self.boot, board.random)
        self.contacts = Contacts(board, settings)
        self._messenger = Messenger(
            settings,
            self.clock,
            board.random,
            key,
            self.outbox,
            freshness,
            self._state,
            tell,
            (self.log, self.codebook),
        )
        self.updater = self._updater() if settings.update_key else None
        latest = self.outbox.latest
        if latest is not None and latest in self.outbox.pending():
            self.indicator.press(latest, self.clock.now_ms())

    async def run(self, uplink, peers=None) -> None:
        """Work until cancelled, with this way up and this way to the neighbours."""
        self.uplink = uplink
        self.peers = peers
        self._messenger.uplink = uplink
        _tidy()
        parts = [self._watch, self._messenger.run, uplink.run, self._outlive]
        if peers is not None:
            parts.append(peers.run)
        if self.updater is not None:
            parts.append(self.updater.run)
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

    def standing(self) -> tuple:
        """(release that runs, release offered, what became of it) for the state."""
        return (0, 0, None) if self.updater is None else (self.updater.release,) + self.updater.standing()

    def tell(self, event: str, **fields) -> None:
        """To whoever listens to this node."""
        self._tell(event, **fields)

    def said_anew(self) -> None:
        """Something changed that only the state tells."""
        self._messenger.changed()

    def is_calm(self) -> bool:
        """No finger on the button, no siren."""
        return self.sounder.state == "silent" and not self.contacts.is_touched()

    def troubles(self) -> list:
        """The faults that stand now."""
        return troubles(self)

    def flash_errors(self) -> int:
        """How often the flash refused, since we began."""
        return self.outbox.write_errors + self.log.write_errors + self.codebook.write_errors

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
            leisure = 0
            if verdict == "obey":
                self._leisure_ms = leisure = found.leisure_ms
                self.sounder.obey(found, now)
            elif verdict == "expired":
                self.log.move(found.id, "stale")
                self._tell("expired", command=found.id)
            elif verdict == "codebook":
                self._learn(found)
            elif verdict == "offer" or verdict == "piece":
                if self.updater is not None:
                    self.updater.take(found)
                return
            elif verdict == "time":
                self.board.set_time(found.unix_s, found.utc_offset_minutes)
            self._messenger.changed(leisure)  # a repeat gets its outcome said again
            self.board.nudge()
        except Exception as error:
            self._tell("trouble", part="message", error=type(error).__name__ + ": " + str(error))

    def step(self, now_ms: int) -> "int | None":
        """One look at the contacts, the siren and the lamp; when the next is due, None while all rest."""
        for event in self.contacts.sample(now_ms):
            self._moved(event, now_ms)
        siren = self.sounder.step(now_ms)
        colour = self.sounder.colour()
        self.board.light(self.indicator.light(now_ms, colour))
        dues = (siren, self.contacts.due_ms(), self._beacon.step(now_ms, colour is not None, self.sounder.is_real()))
        waiting = [due for due in dues if due is not None]
        return min(waiting) if waiting else None

    async def _watch(self) -> None:
        while True:
            now = self.clock.now_ms()
            due = self.step(now)
            self.board.feed()  # this loop alone: a broker that is away never reboots a kentongan
            await self.board.pause(None if due is None else due - now)

    async def _outlive(self) -> None:
        await sleep_ms(LIVED_MS)
        lived(self._folder)
        await asyncio.Event().wait()

    def _moved(self, event: str, now_ms: int) -> None:
        self._leisure_ms = 0
        if event == "alarm":
            self._press(now_ms)
        elif event == "silence":
            self._key_silenced = self.sounder.state != "silent"
            self.sounder.key(now_ms)
        elif event == "test":
            self._test(now_ms)
        elif event == "cancel" or event == "duress":
            self._take_back(event, now_ms)
        elif event == "tamper":
            self._opened(now_ms)
        elif event == "wrong":
            self._tell("wrong_pattern")
        known = self.troubles()
        if known != self._known_troubles:
            self._known_troubles = known
            self._tell("troubles", now=known)
            self._messenger.changed()

    def _press(self, now_ms: int) -> None:
        report = self.outbox.next_id()
        self.sounder.press(report, now_ms)  # before the network, before the flash
        self.indicator.press(report, now_ms)
        if self.peers is not None:
            self.peers.say(int(report.rsplit(".", 1)[1]), "panic", "crime", now_ms)
        self._pressed_at = now_ms
        self.outbox.add("panic", "actual", now_ms)
        self._tell("pressed", report=report)
        self._hurry()

    def _take_back(self, event: str, now_ms: int) -> None:
        """The rhythm of the PIN: only for a press made here, and not long ago. Both rhythms look and sound the same."""
        report = self.indicator.report
        if report is None or self._pressed_at is None or now_ms - self._pressed_at > _TAKE_BACK_MS:
            return
        self._pressed_at = None
        self._taken_back = report
        self.sounder.take_back(report, now_ms)
        if self.peers is not None and event == "cancel":
            self.peers.stop()  # under duress the neighbours go on hearing it
        self.indicator.take_back(now_ms)
        self.outbox.add(event, "actual", now_ms, report)
        self._tell("taken_back", report=report)
        self._hurry()

    def _opened(self, now_ms: int) -> None:
        if self._opened_at is not None and now_ms - self._opened_at < _TAMPER_PAUSE_MS:
            return
        self._opened_at = now_ms
        report = self.outbox.next_id()
        if self.settings.tamper_sounds:
            self.sounder.press(report, now_ms, _TAMPER_BEATS)
        self.outbox.add("tamper", "actual", now_ms)
        self._hurry()

    def _test(self, now_ms: int) -> None:
        """The silence key held on while nothing sounds: two seconds of siren, lamp and beacon, and what they brought."""
        if self._key_silenced or self.sounder.state != "silent":
            return
        self._tests += 1
        id = "self-test." + str(self.boot) + "." + str(self._tests)
        self.sounder.obey(
            messages.Command(
                id, "test", None, "emergency", "test", "test", _TEST_BEATS, 6, TEST_MS, "white", "0" * 16, 0, 0
            ),
            now_ms,
        )

    def _hurry(self) -> None:
        self._messenger.changed()
        if self.uplink is not None:
            self.uplink.hurry()

    def _learn(self, message) -> None:
        if self.codebook.take(message):
            self.sounder.learn(self._local_beats())
            self._tell("codebook", revision=message.revision)

    def beats_of(self, kind: str) -> "list | None":
        """What a neighbour's report of this kind sounds like here; None as our own button does."""
        code = self.codebook.code(kind)
        return None if kind == "panic" or code is None or not code.beats else code.beats

    def _updater(self):
        from .slots import Slots  # a node without a key for releases has no such room
        from .updater import Updater

        return Updater(
            self.settings.update_public(),
            Slots(self._folder),
            asyncio.Event(),
            lambda: self.is_calm() and not self.is_urgent(),
            self._messenger.ask,
            self._messenger.changed,
            self._tell,
            self.board.restart,
        )

    def _local_beats(self) -> list:
        code = self.codebook.code("panic")
        return self.settings.local_beats or (code.beats if code is not None and code.beats else [90, 110])

    def _take_receipt(self, receipt, now_ms: int) -> None:
        is_ours = receipt.report == self.outbox.latest and receipt.report != self._taken_back
        if self.indicator.report is None and is_ours:
            self.indicator.press(receipt.report, now_ms)  # news of the press before our reboot
        if self.outbox.forget(receipt.report):
            self._tell("confirmed", report=receipt.report)
            self._messenger.wake()
        if receipt.incident is not None:
            self.sounder.name_incident(receipt.report, receipt.incident, now_ms)
        if self.indicator.receipt(receipt.report, receipt.stage, now_ms):
            self._tell("indicator", report=receipt.report, stage=receipt.stage)
            self._messenger.changed()
            self.board.nudge()

    def _on_sound(self, event: str, **fields) -> None:
        self._tell(event, **fields)
        self._messenger.changed(self._leisure_ms)

    def _state(self, presence: str, nonce: "str | None") -> messages.State:
        self._seq += 1
        return present_state(self, presence, self._seq, nonce)

    async def _supervise(self, part) -> None:
        """A part that fails is told of and begun again: a node with one part dead is a dead node."""
        while True:
            try:
                await part()
            except Exception as error:
                self._tell("trouble", part=str(part), error=type(error).__name__ + ": " + str(error))
            await sleep_ms(_AFTER_TROUBLE_MS)


def _tidy() -> None:
    """Collect early from now on: a heap that is only swept when full is full of holes, and a state wants 600 bytes in one."""
    gc.collect()
    if hasattr(gc, "mem_free"):
        gc.threshold(gc.mem_free() // 4)
