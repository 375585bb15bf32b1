"""Signs the record every minute, every thousand entries and at the end, and carries each checkpoint out of the database."""

import asyncio

import structlog

from kentongan_server.ports.record import CheckpointSeal, CheckpointSink
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork
from kentongan_server.use_cases.governing.verify_record import take_checkpoint

LOOK_EVERY_S = 5.0
EVERY_S = 60.0
EVERY_ENTRIES = 1000

log = structlog.get_logger()


class Checkpointer:
    """`run` until cancelled, then `take` once more."""

    def __init__(
        self, transactions: Transactions, seal: CheckpointSeal, sink: CheckpointSink, look_every_s: float = LOOK_EVERY_S
    ) -> None:
        self._transactions = transactions
        self._seal = seal
        self._sink = sink
        self._look_every_s = look_every_s

    async def run(self) -> None:
        """Take a checkpoint whenever it is time."""
        loop = asyncio.get_running_loop()
        taken_at = loop.time()
        while True:
            await asyncio.sleep(self._look_every_s)
            try:
                if loop.time() - taken_at >= EVERY_S or await self._transactions.read(_grown) >= EVERY_ENTRIES:
                    await self.take()
                    taken_at = loop.time()
            except Exception:
                log.exception("checkpoint_failed")  # the next look tries again

    async def take(self) -> None:
        """One checkpoint now, if anything has happened; and whatever the sink has missed."""
        await self._transactions.run(lambda uow: take_checkpoint(uow, self._seal))
        known = await asyncio.to_thread(self._sink.last_number)
        missing = await self._transactions.read(lambda uow: [c for c in uow.record.checkpoints() if c.number > known])
        await asyncio.to_thread(self._sink.append, missing)


def _grown(uow: UnitOfWork) -> int:
    head, last = uow.record.head(), uow.record.last_checkpoint()
    return (head.seq if head else 0) - (last.seq if last else 0)
