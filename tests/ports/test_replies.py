"""What every inbox of replies keeps: a delivery once, whatever it said the second time."""

import pytest
from sqlalchemy.exc import IntegrityError
from tests.ports.samples import at

from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork


async def test_a_reply_is_known_by_its_delivery_from_the_moment_it_was_kept(store: Transactions) -> None:
    def take(uow: UnitOfWork) -> tuple[str | None, str | None]:
        before = uow.replies.seen("d-1")
        uow.replies.keep("d-1", "aa" * 32, at(0))
        return before, uow.replies.seen("d-1")

    assert await store.run(take) == (None, "aa" * 32)
    assert await store.read(lambda uow: uow.replies.seen("d-1")) == "aa" * 32
    assert await store.read(lambda uow: uow.replies.seen("D-1")) is None, "an id is taken to the letter"


async def test_a_delivery_is_kept_once(store: Transactions) -> None:
    await store.run(lambda uow: uow.replies.keep("d-1", "aa" * 32, at(0)))
    with pytest.raises((IntegrityError, ValueError)):
        await store.run(lambda uow: uow.replies.keep("d-1", "bb" * 32, at(1)))
    assert await store.read(lambda uow: uow.replies.seen("d-1")) == "aa" * 32


async def test_a_reply_whose_work_failed_was_not_seen(store: Transactions) -> None:
    def fails(uow: UnitOfWork) -> None:
        uow.replies.keep("d-2", "cc" * 32, at(0))
        raise RuntimeError("the work after it failed")

    with pytest.raises(RuntimeError):
        await store.run(fails)
    assert await store.read(lambda uow: uow.replies.seen("d-2")) is None
