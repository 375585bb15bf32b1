"""One door for what nodes say: parse, unseal, decode, use case, commit, and only then the receipt.

What is not ours, not sealed or not a message is counted and dropped; its bytes are never logged. Nothing rests on the
PUBACK: a report that could not be stored gets no receipt and is said again, but it is taken off the line, for a broker
that waits for too many PUBACKs sends us nothing more.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

import structlog

from kentongan_contract import codec, topics
from kentongan_contract.errors import ContractError
from kentongan_contract.messages import NOTICES, Report, State
from kentongan_contract.seal import Key, unseal
from kentongan_contract.updates import Fetch
from kentongan_server.domain.errors import KentonganError
from kentongan_server.domain.incident import Source
from kentongan_server.domain.incident_kind import IncidentKind
from kentongan_server.inbound.metrics import Metrics
from kentongan_server.inbound.mqtt import translate
from kentongan_server.inbound.mqtt.codebook_watch import CodebookWatch
from kentongan_server.ports.sounder import LinkDownError, Sounder
from kentongan_server.ports.telemetry import Heartbeat
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork
from kentongan_server.use_cases.alarming.record_outcomes import record_outcomes
from kentongan_server.use_cases.informing.tell_reporter import shown
from kentongan_server.use_cases.reporting.take_report import Taken, take_report
from kentongan_server.use_cases.supervising.note_state import note_state
from kentongan_server.use_cases.supervising.roll_out import piece
from kentongan_server.use_cases.supervising.take_notice import take_notice

log = structlog.get_logger()
_LISTENS_SINCE = 1  # the minor version whose nodes know `time` and `codebook`


class Keys(Protocol):
    """Where the listener gets a node's key."""

    def key(self, node: str) -> Key:
        """The key of `node`."""
        ...


class Listener:
    """Receives from the link; `on_heartbeat` is handed the figures of every state that is news."""

    def __init__(
        self,
        transactions: Transactions,
        keys: Keys,
        sounder: Sounder,
        metrics: Metrics,
        on_heartbeat: Callable[[Heartbeat], None],
        codebooks: CodebookWatch,
    ) -> None:
        self._transactions = transactions
        self._keys = keys
        self._sounder = sounder
        self._metrics = metrics
        self._on_heartbeat = on_heartbeat
        self._codebooks = codebooks
        self._under_way: set[asyncio.Task[None]] = set()

    def receive(self, topic: str, payload: bytes, _retained: bool, acknowledge: Callable[[], None]) -> None:
        """Take one message; it is acknowledged once it is durable, or once it is known to be nothing."""
        try:
            node, direction, kind = topics.parse(topic)
            if direction != "up":
                raise ContractError("not said by a node")
            message = codec.decode(kind, unseal(self._keys.key(node), kind, node, payload))
        except ContractError as error:
            self._ignore(topic, error, acknowledge)
            return
        if isinstance(message, Report) and message.kind in NOTICES:
            work = self._take_notice(node, message, acknowledge)
        elif isinstance(message, Report):
            work = self._take_report(node, message, acknowledge)
        elif isinstance(message, State):
            work = self._take_state(node, message, acknowledge)
        elif isinstance(message, Fetch):
            work = self._give(node, message, acknowledge)
        else:
            raise AssertionError("the contract has no other message that nodes say")
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _take_report(self, node: str, report: Report, acknowledge: Callable[[], None]) -> None:
        begun = time.perf_counter()

        def job(uow: UnitOfWork) -> Taken | None:
            known = uow.places.node(node)
            if known is None:
                return None
            return take_report(uow, translate.said_by(node, known.region, report, uow.now()))

        try:
            taken = await self._transactions.run(job)
        except (ContractError, KentonganError) as error:
            self._ignore(node, error, acknowledge)
            return
        except Exception:
            log.exception("report_not_stored", node=node)  # no receipt: the node says it again
            acknowledge()
            return
        self._metrics.ingest_seconds.observe(time.perf_counter() - begun)
        acknowledge()
        if taken is None:
            self._count("unknown_node", node)
            return
        self._metrics.messages.labels("report").inc()
        if not taken.repeated:
            self._metrics.reports.labels(Source.CALL_POINT, IncidentKind(report.kind).incident_class).inc()
        try:
            await self._sounder.show(node, taken.report, "stored", taken.incident)
        except LinkDownError:
            log.info("receipt_not_sent", node=node)  # the node repeats its report and is answered then

    async def _take_state(self, node: str, state: State, acknowledge: Callable[[], None]) -> None:
        def job(uow: UnitOfWork) -> Heartbeat | None:
            known = note_state(uow, translate.node_of(node, state))
            if known is None:
                return None
            record_outcomes(uow, node, translate.outcomes_of(state), state.heard_itself)
            shown(uow, node, state.report, state.stage)
            if state.presence == "offline":
                return None  # a last will was written when the connection began: its figures are no news
            return translate.heartbeat_of(node, known.region, state, uow.now())

        try:
            heartbeat = await self._transactions.run(job, patient=True)
        except Exception:
            log.exception("state_not_stored", node=node)  # the next heartbeat says it again
            acknowledge()
            return
        acknowledge()
        self._metrics.messages.labels("state").inc()
        if heartbeat is not None:
            self._on_heartbeat(heartbeat)
            await self._brief(node, state, heartbeat)

    async def _brief(self, node: str, state: State, heartbeat: Heartbeat) -> None:
        """Tell a node without a clock the time, and one with an older codebook its RT's beats; each heartbeat asks anew."""
        if state.minor < _LISTENS_SINCE or state.nonce is None:
            return
        try:
            if state.minute is None:
                await self._sounder.tell_time(node, state.nonce, heartbeat.at)
            await self._codebooks.keeps(node, heartbeat.region, state.codebook)
        except LinkDownError:
            log.info("node_not_briefed", node=node)

    async def _take_notice(self, node: str, report: Report, acknowledge: Callable[[], None]) -> None:
        try:
            notice = translate.notice_of(node, report)
            known = await self._transactions.run(lambda uow: take_notice(uow, notice))
        except ContractError as error:
            self._ignore(node, error, acknowledge)
            return
        except Exception:
            log.exception("notice_not_stored", node=node)  # no receipt: the node says it again
            acknowledge()
            return
        acknowledge()
        if not known:
            self._count("unknown_node", node)
            return
        self._metrics.messages.labels("notice").inc()
        try:
            await self._sounder.show(node, report.id, "stored", None)
        except LinkDownError:
            log.info("receipt_not_sent", node=node)  # the node repeats its notice and is answered then

    async def _give(self, node: str, fetch: Fetch, acknowledge: Callable[[], None]) -> None:
        """Answer one request for a piece; what cannot be answered now is asked for again."""
        acknowledge()
        try:
            found = await self._transactions.read(
                lambda uow: piece(uow, fetch.sequence, fetch.path, fetch.offset, fetch.size)
            )
            if found is None:
                self._count("no_release", node)
                return
            self._metrics.messages.labels("fetch").inc()
            await self._sounder.give(node, fetch.sequence, fetch.path, fetch.offset, found)
        except LinkDownError:
            log.info("piece_not_sent", node=node)
        except Exception:
            log.exception("piece_not_read", node=node)

    def _ignore(self, where: str, error: Exception, acknowledge: Callable[[], None]) -> None:
        self._count(type(error).__name__, where, str(error))
        acknowledge()

    def _count(self, reason: str, where: str, detail: str = "") -> None:
        self._metrics.ignored.labels(reason).inc()
        log.warning("message_ignored", reason=reason, where=where[:64], detail=detail)
