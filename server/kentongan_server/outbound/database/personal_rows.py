"""Personal data as rows. Every column that points to a person stands in the map below; a test sees that none is left out."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, and_, bindparam, delete, insert, literal, or_, select, update

from kentongan_server.domain.lifecycle import OPEN_INCIDENT_STATES, NotificationState
from kentongan_server.domain.notification import NotifyChannel
from kentongan_server.outbound.database.access_tables import (
    access_resets,
    access_tokens,
    logins,
    second_factors,
    sessions,
)
from kentongan_server.outbound.database.admission_rows import admissions
from kentongan_server.outbound.database.alarming_tables import cooldowns
from kentongan_server.outbound.database.consent_rows import consents, erasures
from kentongan_server.outbound.database.notification_tables import answers, destinations, notifications, preferences
from kentongan_server.outbound.database.roster_rows import calendars, check_ins, rota_people, swaps
from kentongan_server.outbound.database.scopes import lies_in
from kentongan_server.outbound.database.subscription_rows import deliveries
from kentongan_server.outbound.database.tables import (
    adjacencies,
    incidents,
    memberships,
    metadata,
    outbox,
    people,
    pins,
    reports,
    timeline,
)
from kentongan_server.outbound.database.values import from_ms, from_text, to_ms, to_text

# The person's own rows: category → table and the column that names the person.
OWN: dict[str, tuple[Table, Column[Any]]] = {
    "name": (people, people.c.id),
    "memberships": (memberships, memberships.c.person),
    "rota": (rota_people, rota_people.c.person),
    "swaps": (swaps, swaps.c.person),
    "check_ins": (check_ins, check_ins.c.person),
    "calendars": (calendars, calendars.c.person),
    "cooldowns": (cooldowns, cooldowns.c.person),
    "admissions": (admissions, admissions.c.person),
    "consents": (consents, consents.c.person),
    "erasure": (erasures, erasures.c.person),
    "reports": (reports, reports.c.reporter),
    "login": (logins, logins.c.person),
    "sessions": (sessions, sessions.c.person),
    "access_tokens": (access_tokens, access_tokens.c.person),
    "second_factor": (second_factors, second_factors.c.person),
    "resets": (access_resets, access_resets.c.person),
    "pin": (pins, pins.c.person),
    "destinations": (destinations, destinations.c.person),
    "preferences": (preferences, preferences.c.person),
    "answers": (answers, answers.c.person),
    "notifications": (notifications, notifications.c.person),
    "record": (timeline, timeline.c.actor),
}
# Others' rows that name the person without a foreign key, for what they did there; those with one are found by it.
NAMED = (adjacencies.c.by, cooldowns.c.set_by, cooldowns.c.lifted_by)
KEPT_ROWS = {"name", "reports", "record"}  # emptied instead of removed
_SECRET = ("hash", "secret", "recovery", "code", "salt", "commitment", "tries", "last_step")
_TAKEN = (NotificationState.SENT, NotificationState.DELIVERED)
_TIMES = ("_at", "_until", "valid_from", "at")


class PersonalRows:
    """The PersonalDataBook on one connection."""

    def __init__(self, connection: Connection, flush: Any) -> None:
        self._connection = connection
        self._flush = flush

    def about(self, person: str) -> dict[str, list[dict[str, Any]]]:
        self._flush()
        found = {}
        for category, (table, column) in OWN.items():
            rows = self._connection.execute(select(table).where(column == person)).mappings()
            found[category] = [_plain(dict(row)) for row in rows]
        return {category: rows for category, rows in found.items() if rows}

    def words_of(self, person: str) -> set[str]:
        query = select(reports.c.text).where(reports.c.reporter == person, reports.c.text.is_not(None))
        name = select(people.c.name).where(people.c.id == person, people.c.name != "")
        return {text for query_ in (query, name) for (text,) in self._connection.execute(query_)}

    def incidents_of(self, person: str) -> set[str]:
        query = select(reports.c.incident).where(reports.c.reporter == person)
        return {incident for (incident,) in self._connection.execute(query)}

    def entries_naming(self, person: str) -> set[int]:
        self._flush()
        named = timeline.c.facts.contains(to_text({"": person})[4:-1], autoescape=True)
        query = select(timeline.c.seq).where(or_(timeline.c.actor == person, named))
        return {seq for (seq,) in self._connection.execute(query)}

    def forget(self, person: str, pseudonym: str) -> dict[str, int]:
        counts = {"texts_of_incidents": self._forget_words(person)}
        self._connection.execute(insert(people), {"id": pseudonym, "name": "", "token_hash": None})
        for column in answered_for():
            self._connection.execute(update(column.table).where(column == person).values({column.name: pseudonym}))
        emptied = {"reporter": None, "text": None, "latitude": None, "longitude": None}
        counts["reports"] = self._connection.execute(
            update(reports).where(reports.c.reporter == person).values(emptied)
        ).rowcount
        for category, (table, column) in OWN.items():
            if category not in KEPT_ROWS:
                counts[category] = self._connection.execute(delete(table).where(column == person)).rowcount
        counts["name"] = self._connection.execute(delete(people).where(people.c.id == person)).rowcount
        return {category: count for category, count in counts.items() if count}

    def _forget_words(self, person: str) -> int:
        """The reporter's words where they were copied to: the incident, and documents that are on their way no more."""
        words, changed = self.words_of(person), 0
        for incident in sorted(self.incidents_of(person)):
            own = update(incidents).where(incidents.c.id == incident, incidents.c.text.in_(sorted(words)))
            changed += self._connection.execute(own.values(text=None)).rowcount
            sent = select(outbox.c.id, outbox.c.body).where(outbox.c.incident == incident, outbox.c.due_at.is_(None))
            for item, body in self._connection.execute(sent).all():
                facts = from_text(body)
                if facts.get("text") in words:
                    without = to_text({**facts, "text": None})
                    self._connection.execute(update(outbox).where(outbox.c.id == item).values(body=without))
        return changed

    def blur_positions(self, before: datetime, limit: int) -> int:
        old = and_(reports.c.received_at < to_ms(before), reports.c.latitude.is_not(None))
        return self._some(reports, reports.c.id, old, limit, {"latitude": None, "longitude": None})

    def drop_words(self, before: datetime, limit: int) -> int:
        old = and_(reports.c.received_at < to_ms(before), reports.c.text.is_not(None))
        told = and_(
            incidents.c.opened_at < to_ms(before),
            incidents.c.text.is_not(None),
            incidents.c.status.not_in(sorted(OPEN_INCIDENT_STATES)),
        )
        done = self._some(reports, reports.c.id, old, limit, {"text": None})
        return done + self._some(incidents, incidents.c.id, told, limit, {"text": None})

    def drop_sessions(self, before: datetime, limit: int) -> int:
        done = 0
        for table in (sessions, access_tokens):
            done += self._some(table, table.c.id, table.c.expires_at < to_ms(before), limit, None)
        return done + self._some(
            access_resets, access_resets.c.id, access_resets.c.seen_at < to_ms(before), limit, None
        )

    def drop_notifications(self, before: datetime, limit: int) -> int:
        old = and_(notifications.c.changed_at < to_ms(before), notifications.c.due_at.is_(None))
        return self._some(notifications, notifications.c.id, old, limit, None)

    def drop_answers(self, before: datetime, limit: int) -> int:
        is_over = incidents.c.status.not_in(sorted(OPEN_INCIDENT_STATES))
        over = select(literal(1)).where(incidents.c.id == answers.c.incident, is_over).correlate(answers).exists()
        some = select(answers.c.incident, answers.c.person).where(answers.c.answered_at < to_ms(before), over)
        rows = [tuple(row) for row in self._connection.execute(some.limit(limit))]
        gone = delete(answers).where(answers.c.incident == bindparam("of"), answers.c.person == bindparam("by"))
        if rows:
            self._connection.execute(gone, [{"of": incident, "by": person} for incident, person in rows])
        return len(rows)

    def drop_deliveries(self, before: datetime, limit: int) -> int:
        old = and_(deliveries.c.changed_at < to_ms(before), deliveries.c.due_at.is_(None))
        return self._some(deliveries, deliveries.c.id, old, limit, None)

    def drop_destinations(self, before: datetime, limit: int) -> int:
        of, push = notifications.c.destination == destinations.c.id, destinations.c.channel == NotifyChannel.WEB_PUSH
        tried = select(literal(1)).where(of, notifications.c.state == NotificationState.FAILED)
        failed = tried.where(notifications.c.changed_at < to_ms(before)).correlate(destinations).exists()
        taken = select(literal(1)).where(notifications.c.state.in_(_TAKEN))
        works = taken.where(
            notifications.c.channel == NotifyChannel.WEB_PUSH, notifications.c.changed_at >= to_ms(before)
        )
        unconfirmed = and_(destinations.c.confirmed.is_(False), destinations.c.code_until < to_ms(before))
        dead = and_(push, failed, ~taken.where(of).correlate(destinations).exists(), works.exists())
        return self._some(destinations, destinations.c.id, or_(unconfirmed, dead), limit, None)

    def affected(self, categories: Collection[str], region: str | None) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for category in sorted(categories):
            table, column = OWN[category]
            query = select(column).where(column.is_not(None)).distinct().order_by(column)
            if region is not None:
                here = select(literal(1)).where(memberships.c.person == column, lies_in(memberships.c.region, [region]))
                query = query.where(here.correlate(table).exists())
            for (person,) in self._connection.execute(query):
                found.setdefault(person, []).append(category)
        return found

    def _some(self, table: Table, key: Column[Any], where: Any, limit: int, values: dict[str, Any] | None) -> int:
        some = key.in_(select(key).where(where).limit(limit).scalar_subquery())
        change = delete(table).where(some) if values is None else update(table).where(some).values(values)
        return self._connection.execute(change).rowcount


def answered_for() -> list[Column[Any]]:
    """Every column in which others' rows name a person for what they did."""
    own = {column for _, column in OWN.values()}
    keys = [key.parent for table in metadata.sorted_tables for key in table.foreign_keys if key.column.table is people]
    return [*NAMED, *(column for column in keys if column not in own)]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row without its secrets, its times as text."""
    return {
        name: from_ms(value).isoformat() if isinstance(value, int) and name.endswith(_TIMES) else value
        for name, value in row.items()
        if value is not None and not any(word in name for word in _SECRET)
    }
