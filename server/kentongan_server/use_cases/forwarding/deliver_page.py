"""One attempt at paging the duty officer; again every half minute until the pager took it."""

from datetime import timedelta

from kentongan_server.ports.outbox import ItemState, OutboxItem
from kentongan_server.ports.unit_of_work import UnitOfWork

RETRY_AFTER = timedelta(seconds=30)


def begin_attempt(uow: UnitOfWork, item: OutboxItem) -> bool:
    """Write that an attempt begins; False when the page is done, or another server's, already."""
    current = uow.outbox.item(item.id)
    if current is None or current.state is ItemState.ACCEPTED or current.due_at > uow.now():
        return False
    uow.outbox.attempted(item.id, current.attempts + 1, uow.now() + RETRY_AFTER)
    return True


def paged(uow: UnitOfWork, item: OutboxItem) -> None:
    """The pager took it."""
    uow.outbox.finished(item.id, ItemState.ACCEPTED)
