"""The nightly run: what is older than its rule allows goes, in batches, and the record says how much of what."""

from datetime import timedelta

from kentongan_server.domain.events import Noted
from kentongan_server.domain.record import PRUNED, Head
from kentongan_server.domain.retention import (
    ANSWERS,
    DELIVERIES,
    DESTINATIONS,
    NOTIFICATIONS,
    POSITIONS,
    RECORD,
    SESSIONS,
    WORDS,
)
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.governing.verify_record import EPOCH

BATCH = 500


def retain_some(uow: UnitOfWork) -> dict[str, int]:
    """One batch of each sort; empty when nothing is left to do. Repeating it is harmless."""
    now, book = uow.now(), uow.personal
    done = {
        POSITIONS.data: book.blur_positions(now - POSITIONS.keep, BATCH),
        WORDS.data: book.drop_words(now - WORDS.keep, BATCH),
        SESSIONS.data: book.drop_sessions(now - SESSIONS.keep, BATCH),
        NOTIFICATIONS.data: book.drop_notifications(now - NOTIFICATIONS.keep, BATCH),
        ANSWERS.data: book.drop_answers(now - ANSWERS.keep, BATCH),
        DELIVERIES.data: book.drop_deliveries(now - DELIVERIES.keep, BATCH),
        DESTINATIONS.data: book.drop_destinations(now - DESTINATIONS.keep, BATCH),
        RECORD.data: _prune(uow),
    }
    found = {data: count for data, count in done.items() if count}
    if found:
        uow.happened(Noted(None, None, what="retention_applied", data=found))
    return found


def _prune(uow: UnitOfWork) -> int:
    """Remove the oldest entries up to the first checkpoint after them, once that checkpoint is older than the rule."""
    beginning = uow.record.beginning()
    checkpoint = uow.record.checkpoint_at_or_after(beginning.seq + 1)
    if checkpoint is None or EPOCH + timedelta(milliseconds=checkpoint.at) >= uow.now() - RECORD.keep:
        return 0
    uow.record.prune(Head(checkpoint.seq, checkpoint.hash))
    uow.happened(Noted(None, None, what=PRUNED, data={"through": checkpoint.seq, "hash": checkpoint.hash}))
    return checkpoint.seq - beginning.seq
