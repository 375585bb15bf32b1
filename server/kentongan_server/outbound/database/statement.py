"""Statements that every report and every state run: SQLAlchemy writes them, once, and the driver runs them.

SQLAlchemy's execution costs 24 µs where the driver asks for 3, and one press is some seventy of them (docs/decisions/0019).
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, ClassVar

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update

_Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A statement in one database's words: its text, the values that it asks for, how it takes them, how a row is read."""

    sql: str
    asked: tuple[str, ...]
    bind: Callable[[_Values], Any]
    read: Callable[[Sequence[Any]], Any]


class Statement:
    """One statement with named values, no lists among them; those that an INSERT is not given are NULL."""

    known: ClassVar[list["Statement"]] = []

    def __init__(self, written: Select[Any] | Insert | Update | Delete) -> None:
        self.written = written
        self._spoken: dict[str, Spoken] = {}
        Statement.known.append(self)

    def first(self, connection: Connection, **values: Any) -> Any | None:
        """The first row, its columns by name; None when there is none."""
        spoken, cursor = self._begun(connection)
        try:
            cursor.execute(spoken.sql, spoken.bind(values))
            row = cursor.fetchone()
        finally:
            cursor.close()
        return None if row is None else spoken.read(row)

    def all(self, connection: Connection, **values: Any) -> list[Any]:
        """Every row, its columns by name."""
        spoken, cursor = self._begun(connection)
        try:
            cursor.execute(spoken.sql, spoken.bind(values))
            rows = cursor.fetchall()
        finally:
            cursor.close()
        return [spoken.read(row) for row in rows]

    def run(self, connection: Connection, values: _Values) -> int:
        """Change something; how many rows were changed."""
        spoken, cursor = self._begun(connection)
        try:
            cursor.execute(spoken.sql, spoken.bind(values))
            return int(cursor.rowcount)
        finally:
            cursor.close()

    def run_many(self, connection: Connection, many: Sequence[_Values]) -> None:
        """The same once for each of `many`."""
        spoken, cursor = self._begun(connection)
        try:
            cursor.executemany(spoken.sql, [spoken.bind(values) for values in many])
        finally:
            cursor.close()

    def _begun(self, connection: Connection) -> tuple[Spoken, Any]:
        if not connection.in_transaction():
            connection.begin()  # as SQLAlchemy does before a first query: what is read together is one state
        spoken = self._spoken.get(connection.dialect.name)
        if spoken is None:
            spoken = self._spoken[connection.dialect.name] = self.spoken(connection.dialect)
        return spoken, connection.connection.cursor()

    def spoken(self, dialect: Dialect) -> Spoken:
        """The statement in the words of this database."""
        compiled = self.written.compile(dialect=dialect)
        asked = tuple(name for name, one in compiled.binds.items() if one.required)
        fixed = {name: value for name, value in compiled.params.items() if name not in asked}
        order = getattr(compiled, "positiontup", None)
        default = dict.fromkeys(asked) | fixed if isinstance(self.written, Insert) else fixed

        def by_name(values: _Values) -> Any:
            return {**default, **values}

        return Spoken(
            str(compiled), asked, by_name if order is None else _by_place(order, default), self._reader(dialect)
        )

    def _reader(self, dialect: Dialect) -> Callable[[Sequence[Any]], Any]:
        columns: Any = self.written.exported_columns  # what it selects, or returns
        has_types = dialect.name != "sqlite"  # which hands out days as text and truth as 0 or 1
        types = () if has_types else [one.type.dialect_impl(dialect).result_processor(dialect, None) for one in columns]
        told = [(place, convert) for place, convert in enumerate(types) if convert is not None]
        row_of = namedtuple("Row", columns.keys())  # type: ignore[misc]  # noqa: PYI024  # its fields are the query's

        def read(row: Sequence[Any]) -> Any:
            if not told:
                return row_of(*row)
            values = list(row)
            for place, convert in told:
                values[place] = convert(values[place])
            return row_of(*values)

        return read


def _by_place(order: Sequence[str], default: _Values) -> Callable[[_Values], Any]:
    """The values in the order of a statement's question marks; a city at once is half a million of them."""
    if not order:
        return lambda _: ()
    if len(order) == 1:
        name = order[0]
        return lambda values: (values[name] if name in values else default[name],)
    in_order = itemgetter(*order)
    return lambda values: in_order({**default, **values} if default else values)
