"""Ties the guard post's parts together: what came in, from where, and who must hear of it.

The order is always the same: first the siren, then the broker, then the disk. A press is heard with the internet away,
with the broker away and with a full disk.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from structlog.typing import FilteringBoundLogger

from kentongan_contract import topics
from kentongan_contract.errors import TopicError
from kentongan_contract.messages import Command, Receipt
from kentongan_gateway.broker_link import BrokerLink
from kentongan_gateway.lines import Lines
from kentongan_gateway.local_alarm import SOUND, LocalAlarm
from kentongan_gateway.own_kentongan import OwnKentongan
from kentongan_gateway.own_siren import Cause, OwnSiren
from kentongan_gateway.relay import RefusedError, Relay, Upward
from kentongan_gateway.reports import Reports
from kentongan_gateway.spool import Heard, Note, Sounded

BLOCKED_MS = 50
STATE_FRESH_MS = 30_000
COUNTER_BLOCK = 256
JITTER = 0.2


class Gateway:
    """One RT's gateway; everything here runs in the event loop.

    `line_keys` gives the fingerprint of each serial node's line key, `note` has something written to the spool soon
    and `on_disk` says that all of it is, `tell(event)` hears what a watcher may want to see. Fit link and lines before anything else.
    """

    def __init__(
        self,
        *,
        kentongan: OwnKentongan,
        siren: OwnSiren,
        alarm: LocalAlarm,
        relay: Relay,
        reports: Reports,
        line_keys: Mapping[str, str],
        heartbeat_ms: int,
        clock_ms: Callable[[], int],
        random: Callable[[], float],
        note: Callable[[Note], None],
        on_disk: Callable[[], bool],
        log: FilteringBoundLogger,
        tell: Callable[[dict[str, Any]], None],
    ) -> None:
        self._kentongan = kentongan
        self._own_state = topics.up(kentongan.node, "state")
        self._siren = siren
        self._alarm = alarm
        self._relay = relay
        self._reports = reports
        self._line_keys = line_keys
        self._heartbeat_ms = heartbeat_ms
        self._clock_ms = clock_ms
        self._random = random
        self._note = note
        self._on_disk = on_disk
        self._log = log
        self._tell = tell
        self._wake = asyncio.Event()
        self._state_at_ms: int | None = None
        self._heartbeat_at_ms = 0
        self._refused_said = 0
        self._noted_counters: dict[str, int] = {}
        self._newest_states: dict[str, tuple[int, Upward]] = {}

    def fit(self, link: BrokerLink, lines: Lines) -> None:
        """Give it its two ways out."""
        self._link = link
        self._lines = lines

    async def run(self) -> None:
        """Say what is due, for ever: heartbeats, changed states, reports without a receipt."""
        while True:
            self._wake.clear()
            wait_ms = self._say_due() if self._link.connected else None
            try:
                await asyncio.wait_for(self._wake.wait(), None if wait_ms is None else wait_ms / 1000)
            except TimeoutError:
                pass

    async def leave(self) -> None:
        """Silence, and a farewell to the broker."""
        self._siren.stop()
        await self._link.leave(self._own_state, self._kentongan.farewell())

    def last_will(self) -> tuple[str, bytes]:
        """What the broker says for us when we are cut off."""
        return self._own_state, self._kentongan.last_will()

    def press(self) -> None:
        """The guard post's own button."""
        report = self._kentongan.press()
        self._siren.sound_locally(report.id)
        self._log.info("pressed", report=report.id)
        self._reports.take_own(report, self._clock_ms())
        self.state_changed()

    def turn_key(self) -> None:
        """The silence key: ends the noise here, not the alarm."""
        if self._siren.turn_key():
            self._log.info("silenced by key")
            self.state_changed()

    def from_line(self, data: bytes, line: str) -> None:
        """One frame, without its closing zero."""
        try:
            said = self._relay.up(data)
        except RefusedError:
            return
        now_ms = self._clock_ms()
        self._lines.heard(said.node, line)
        if said.report is None:
            self._newest_states[said.node] = (now_ms, said)
            self._note_counter(said, at_once=False)
            self._link.publish(said.topic, said.payload, retain=said.retain)
            return
        if self._alarm.hear(said.node, said.report) == SOUND:
            self._siren.sound_locally(said.report.id)
            self._log.info("sounded for", report=said.report.id)
            self._note(Sounded(said.node, said.report.id))
        is_new = self._reports.take(said.node, said.report.id, said.payload, now_ms)
        self._note_counter(said, at_once=is_new)
        self._wake.set()

    def from_broker(self, topic: str, payload: bytes, retained: bool) -> None:
        """One message for us or for a node on our lines."""
        try:
            node, _, kind = topics.parse(topic)
        except TopicError:
            node = kind = ""
        if node != self._kentongan.node:
            self._to_line(topic, payload, retained)
        elif kind == Command.KIND:
            self._kentongan.take_command(payload, retained=retained)
        elif kind == Receipt.KIND:
            receipt = self._kentongan.take_receipt(payload, retained=retained)
            if receipt is not None:
                self._received(node, receipt)

    def broker_up(self) -> None:
        """A session has begun: birth, then every report that waits, then what the nodes said last."""
        now_ms = self._clock_ms()
        self._log.info("connected")
        self._tell({"event": "connected"})
        self._link.publish(self._own_state, self._kentongan.birth(), retain=True)
        self._plan_heartbeat(now_ms)
        self._reports.say_everything(now_ms)
        for said_ms, said in self._newest_states.values():
            if now_ms - said_ms <= STATE_FRESH_MS:
                self._link.publish(said.topic, said.payload, retain=said.retain)
        self._wake.set()

    def broker_down(self, reason: str) -> None:
        """No session; told once for each reason."""
        self._log.warning("no broker", reason=reason)
        self._tell({"event": "disconnected", "reason": reason})

    def line_changed(self, line: str, is_open: bool, reason: str) -> None:
        """A serial device came or went."""
        if is_open:
            self._log.info("line open", line=line)
        else:
            self._log.warning("line gone", line=line, reason=reason)
        self._tell({"event": "line", "line": line, "open": is_open})

    def siren_told(self, cause: Cause, outcome: str | None) -> None:
        """The siren began (outcome None) or ended for this cause."""
        self._kentongan.siren_told(cause, outcome)
        event = {"event": "siren", "on": outcome is None, "command": cause.command, "report": cause.report}
        self._tell(event | {"outcome": outcome, "ms": self._clock_ms()})
        if outcome == "failed":
            self._log.error("the siren failed", command=cause.command, report=cause.report)

    def state_changed(self, leisure_ms: int = 0) -> None:
        """There is something new to say about ourselves: now, or at some moment of the next `leisure_ms`."""
        if leisure_ms and self._state_at_ms is not None:
            return  # said with what changed before
        self._state_at_ms = self._clock_ms() + round(leisure_ms * self._random())
        self._wake.set()

    def status(self) -> dict[str, Any]:
        """What a watcher sees."""
        return {
            "id": self._kentongan.node,
            "connected": self._link.connected,
            "siren": "sounding" if self._siren.sounding else "silent",
            "soundings": self._siren.soundings,
            "local_soundings": self._siren.local_soundings,
            "stage": self._kentongan.stage,
            "refused": self._kentongan.refused,
            "kept": self._reports.count(),
            "not_kept": self._reports.not_kept,
            "on_disk": self._on_disk(),
            "lines": self._lines.open_lines(),
            "relayed": {"up": self._relay.up_count, "down": self._relay.down_count},
            "refused_on_lines": dict(self._relay.refused) | {"noise": self._lines.dropped()},
        }

    def _note_counter(self, said: Upward, *, at_once: bool) -> None:
        """A new report's counter goes to the disk with it; others in blocks, which spares the SD card.

        What a recording from within the block could still do after a restart is say a state or a report again, and the
        server knows both already.
        """
        if at_once or said.counter - self._noted_counters.get(said.node, 0) >= COUNTER_BLOCK:
            self._noted_counters[said.node] = said.counter
            self._note(Heard(said.node, self._line_keys[said.node], said.counter))

    def _to_line(self, topic: str, payload: bytes, retained: bool) -> None:
        try:
            told = self._relay.down(topic, payload, retained=retained)
        except RefusedError:
            return
        self._lines.send(told.node, told.line)
        if told.receipt is not None:
            self._received(told.node, told.receipt)

    def _received(self, node: str, receipt: Receipt) -> None:
        if self._reports.forget(node, receipt.report):
            self._log.info("stored by the server", report=receipt.report)
        if receipt.incident is not None:
            self._siren.name_incident(receipt.report, receipt.incident)
        if node == self._kentongan.node:
            self._tell({"event": "indicator", "stage": self._kentongan.stage})

    def _say_due(self) -> int:
        """Say it; how long until the next is due, in ms."""
        now_ms = self._clock_ms()
        if now_ms >= self._heartbeat_at_ms:
            self._link.publish(self._own_state, self._kentongan.heartbeat(), retain=True)
            self._plan_heartbeat(now_ms)
            self._say_refused()
        elif self._is_state_due(now_ms) and self._link.publish(self._own_state, self._kentongan.state(), retain=True):
            self._state_at_ms = None
        self._reports.say_due(now_ms)
        due_ms = min(self._heartbeat_at_ms, self._reports.next_ms() or self._heartbeat_at_ms)
        if self._state_at_ms is not None:
            due_ms = min(due_ms, self._state_at_ms)
        return max(BLOCKED_MS, due_ms - now_ms)

    def _is_state_due(self, now_ms: int) -> bool:
        return self._state_at_ms is not None and now_ms >= self._state_at_ms

    def _plan_heartbeat(self, now_ms: int) -> None:
        self._state_at_ms = None
        self._heartbeat_at_ms = now_ms + round(self._heartbeat_ms * (1 + JITTER * (2 * self._random() - 1)))

    def _say_refused(self) -> None:
        """At most once a heartbeat: a babbling line must not fill the log."""
        refused = sum(self._relay.refused.values())
        if refused != self._refused_said:
            self._refused_said = refused
            self._log.warning("frames or messages refused", **self._relay.refused)
