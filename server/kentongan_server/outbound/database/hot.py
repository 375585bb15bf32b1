"""Queries that every report asks, put to the driver itself: SQLAlchemy writes them, once, and does not run them.

Its execution costs 24 µs a query where the driver asks for 3, and a report asks nine (docs/decisions/0019).
"""

from collections import namedtuple
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import Connection, Dialect, Select


@dataclass(frozen=True, slots=True)
class Spoken:
    """A query in one database's words: its text, the values that it asks for, how it takes them, how its rows are read."""

    sql: str
    asked: tuple[str, ...]
    bind: Callable[[dict[str, Any]], Any]
    read: Callable[[Sequence[Any]], Any]


class HotQuery:
    """A SELECT of which the first row is wanted."""

    known: ClassVar[list["HotQuery"]] = []

    def __init__(self, query: Select[Any]) -> None:
        self._query = query
        self._spoken: dict[str, Spoken] = {}
        HotQuery.known.append(self)

    def first(self, connection: Connection, **values: Any) -> Any | None:
        """The first row, its columns by name; None when there is none."""
        if not connection.in_transaction():
            connection.begin()  # as SQLAlchemy does before a first query: what is read together is one state
        spoken = self._spoken.get(connection.dialect.name)
        if spoken is None:
            spoken = self._spoken[connection.dialect.name] = self.spoken(connection.dialect)
        cursor = connection.connection.cursor()
        try:
            cursor.execute(spoken.sql, spoken.bind(values))
            row = cursor.fetchone()
        finally:
            cursor.close()
        return None if row is None else spoken.read(row)

    def spoken(self, dialect: Dialect) -> Spoken:
        """The query in the words of this database."""
        compiled = self._query.compile(dialect=dialect)
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        asked = tuple(name for name in compiled.params if name not in fixed)
        order = getattr(compiled, "positiontup", None)
        columns = self._query.selected_columns
        has_types = dialect.name != "sqlite"  # which hands out days as text and truth as 0 or 1
        types = () if has_types else [one.type.dialect_impl(dialect).result_processor(dialect, None) for one in columns]
        told = [(place, convert) for place, convert in enumerate(types) if convert is not None]
        row_of = namedtuple("Row", columns.keys())  # type: ignore[misc]  # noqa: PYI024  # its fields are the query's

        def bind(values: dict[str, Any]) -> Any:
            known = {**fixed, **values}
            return known if order is None else tuple(known[name] for name in order)

        def read(row: Sequence[Any]) -> Any:
            values = list(row)
            for place, convert in told:
                values[place] = convert(values[place])
            return row_of(*values)

        return Spoken(str(compiled), asked, bind, read)
