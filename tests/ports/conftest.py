"""The stores on which every book must behave alike. Another database joins the suite as one more entry of STORES."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from tests.fakes.clock import FakeClock
from tests.fakes.identifiers import SequenceIdentifiers
from tests.fakes.unit_of_work import InMemoryTransactions
from tests.ports.samples import RT1, RT2, a_node, a_person, a_region, an_alarm, an_incident

from kentongan_server.domain.events import AlarmRaised, Noted
from kentongan_server.outbound.database.engine import migrate, open_database
from kentongan_server.outbound.database.transactions import DatabaseTransactions
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork

LISTENERS = {AlarmRaised: (lambda uow, event: uow.happened(Noted(event.incident, what="heard_by_a_stage")),)}


def _opened(address: str) -> DatabaseTransactions:
    return DatabaseTransactions(open_database(address), FakeClock(), SequenceIdentifiers(), LISTENERS)


@contextmanager
def _memory(_: pytest.FixtureRequest) -> Iterator[Transactions]:
    yield InMemoryTransactions(FakeClock(), SequenceIdentifiers(), LISTENERS)


@contextmanager
def _sqlite(request: pytest.FixtureRequest) -> Iterator[Transactions]:
    path = request.getfixturevalue("tmp_path") / "books.sqlite3"
    transactions = _opened(f"sqlite:///{shutil.copy(request.getfixturevalue('migrated'), path)}")
    yield transactions
    transactions.close()


@contextmanager
def _postgresql(request: pytest.FixtureRequest) -> Iterator[Transactions]:
    transactions = _opened(request.getfixturevalue("postgresql").emptied())
    yield transactions
    transactions.close()


Opener = Callable[[pytest.FixtureRequest], AbstractContextManager[Transactions]]
STORES: dict[str, Opener] = {"memory": _memory, "postgresql": _postgresql, "sqlite": _sqlite}
NEIGHBOURS = {"postgresql"}


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite file with every table, made once: each test copies it."""
    path = tmp_path_factory.mktemp("migrated") / "empty.sqlite3"
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(
    params=[pytest.param(name, marks=[pytest.mark.real] if name in NEIGHBOURS else []) for name in sorted(STORES)]
)
def empty_store(request: pytest.FixtureRequest) -> Iterator[Transactions]:
    """A store without anything in it."""
    with STORES[request.param](request) as transactions:
        yield transactions


@pytest.fixture
async def store(empty_store: Transactions) -> Transactions:
    """A store with two RTs, three kentongan, a resident, and a panic in RT 1 with its alarm."""

    def furnish(uow: UnitOfWork) -> None:
        uow.places.put_region(a_region(RT1))
        uow.places.put_region(a_region(RT2))
        uow.places.put_node(a_node("ktg-1"))
        uow.places.put_node(a_node("ktg-2"))
        uow.places.put_node(a_node("ktg-9", region=RT2))
        uow.people.put_person(a_person(), "ab" * 32)
        uow.incidents.add_incident(an_incident())
        uow.alarms.add_alarm(an_alarm())

    await empty_store.run(furnish)
    return empty_store
