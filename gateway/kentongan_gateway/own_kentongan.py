"""The gateway as a kentongan: says its own state, obeys its own sealed commands, reads its own receipts.

A command is obeyed when its seal fits, it is not retained, it is fresh (contract.freshness) and new. Everything else is
counted in `refused` and makes no noise; a command seen before is answered with its outcome, without a second sounding. What a whole
city was told is answered at leisure, as the command asks.
"""

from collections.abc import Callable

from kentongan_contract import codec
from kentongan_contract.errors import ContractError, StaleError
from kentongan_contract.freshness import NONCE_BYTES, Freshness
from kentongan_contract.messages import MINOR, Command, Receipt, Report, State, report_id
from kentongan_contract.seal import Key, seal, unseal
from kentongan_gateway.outcomes import Outcomes
from kentongan_gateway.own_siren import ALARM, COMMUNITY, COMPLETED, EXERCISE, Cause, OwnSiren

TEST_MS = 2_000
# In the order of good news, as the nodes show them: a late or repeated receipt never takes news back.
STAGES = ("stored", "neighbours_called", "not_delivered", "police_saw", "on_the_way", "resolved")


class OwnKentongan:
    """State, freshness and outcomes of one node; `changed` is called whenever a new state is worth saying, with the
    milliseconds within which that may be."""

    def __init__(
        self,
        node: str,
        key: Key,
        boot: int,
        firmware: str,
        siren: OwnSiren,
        clock_ms: Callable[[], int],
        random: Callable[[int], bytes],
        nonce_ms: int,
        changed: Callable[[int], None],
    ) -> None:
        self.node = node
        self._key = key
        self._boot = boot
        self._firmware = firmware
        self._siren = siren
        self._clock_ms = clock_ms
        self._random = random
        self._nonce_ms = nonce_ms
        self._changed = changed
        self._began_ms = clock_ms()
        self._freshness = Freshness()
        self._outcomes = Outcomes()
        self._nonce: str | None = None
        self._nonce_at_ms = 0
        self._session = 0
        self._seq = 0
        self._leisure_ms = 0
        self._presses = 0
        self._report: str | None = None
        self.stage: str | None = None
        self.refused = 0

    def last_will(self) -> bytes:
        """The sealed state that the broker says for us when the next session dies."""
        return self._sealed("offline", self._session + 1)

    def birth(self) -> bytes:
        """The first sealed state of a new session."""
        self._session += 1
        return self.heartbeat()

    def heartbeat(self) -> bytes:
        """A sealed state with a new nonce, unless the newest one is younger than a heartbeat."""
        now_ms = self._clock_ms()
        if self._nonce is None or now_ms - self._nonce_at_ms >= self._nonce_ms:
            self._nonce = self._freshness.issue(self._random(NONCE_BYTES), now_ms)
            self._nonce_at_ms = now_ms
        return self.state()

    def state(self) -> bytes:
        """A sealed state with the newest nonce."""
        self._seq += 1
        return self._sealed("online", self._session)

    def farewell(self) -> bytes:
        """The sealed state of a gateway that is switched off on purpose."""
        self._seq += 1
        return self._sealed("offline", self._session)

    def press(self) -> Report:
        """The report of one press of this gateway's own button; its id is new for ever."""
        self._presses += 1
        self._report, self.stage = report_id(self.node, self._boot, self._presses), None
        return Report(self._report, "panic", "actual", self._boot, self._presses, 0)

    def report_bytes(self, report: Report, age_ms: int | None) -> bytes:
        """The sealed report as it goes out now."""
        aged = Report(report.id, report.kind, report.purpose, report.boot, report.seq, age_ms)
        return seal(self._key, Report.KIND, self.node, codec.encode(aged))

    def siren_told(self, cause: Cause, outcome: str | None) -> None:
        """Note what the siren does; every change of it is a state worth saying."""
        if cause.command is not None:
            self._outcomes.note(cause.command, outcome or "sounding")
        self._changed(0 if cause.command is None else self._leisure_ms)

    def take_receipt(self, payload: bytes, *, retained: bool) -> Receipt | None:
        """The receipt when it is truly ours, shown on the indicator; None otherwise."""
        receipt = self._open(Receipt.KIND, payload, retained=retained)
        if not isinstance(receipt, Receipt):
            return None
        news = self.stage is None or STAGES.index(receipt.stage) > STAGES.index(self.stage)
        if receipt.report == self._report and news:
            self.stage = receipt.stage
            self._changed(0)
        return receipt

    def take_command(self, payload: bytes, *, retained: bool) -> None:
        """Obey, or count a refusal."""
        command = self._open(Command.KIND, payload, retained=retained)
        if not isinstance(command, Command):
            return
        leisure_ms = 0
        if not self._outcomes.is_known(command.id):
            try:
                self._freshness.accept(command.nonce, command.counter, command.ttl_ms, self._clock_ms())
            except StaleError:
                self.refused += 1
                self._outcomes.expired(command.id)
            else:
                self._leisure_ms = leisure_ms = command.leisure_ms
                self._outcomes.note(command.id, "device_acked")
                self._obey(command)
        self._changed(leisure_ms)

    def _obey(self, command: Command) -> None:
        if command.action in ("silence", "all_clear") and self._siren.concerns(command.incident):
            self._siren.stop()
        if command.action == "silence" or (command.action == "all_clear" and not any(command.beats[::2])):
            self._outcomes.note(command.id, COMPLETED)
            return
        duration_ms = min(command.duration_ms, TEST_MS) if command.action == "test" else command.duration_ms
        cause = Cause(command.id, None, command.incident, _rank(command))
        outcome = self._siren.sound(cause, command.beats, command.rounds, duration_ms)
        if outcome is not None:
            self._outcomes.note(command.id, outcome)

    def _open(self, kind: str, payload: bytes, *, retained: bool) -> object:
        try:
            if retained:
                raise ContractError("retained")
            return codec.decode(kind, unseal(self._key, kind, self.node, payload))
        except ContractError:
            self.refused += 1
            return None

    def _sealed(self, presence: str, session: int) -> bytes:
        online = presence == "online"
        state = State(
            presence=presence,
            boot=self._boot,
            session=session,
            seq=self._seq,
            nonce=self._nonce if online else None,
            siren="sounding" if online and self._siren.sounding else "silent",
            commands=self._outcomes.last(),
            refused=self.refused,
            report=self._report,
            stage=self.stage,
            uptime_ms=self._clock_ms() - self._began_ms,
            firmware=self._firmware,
            minor=MINOR,
            rssi_dbm=None,
            battery_mv=None,
            mains=None,
        )
        return seal(self._key, State.KIND, self.node, codec.encode(state))


def _rank(command: Command) -> int:
    if command.purpose != "actual" or command.action == "test":
        return EXERCISE
    return COMMUNITY if command.class_ == "community" else ALARM
