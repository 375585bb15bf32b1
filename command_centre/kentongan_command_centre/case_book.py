"""What came and what it is about. Webhook and CAP of one incident are one case; the newest word on it stands."""

import json
import sqlite3
from datetime import datetime
from typing import Any

from kentongan_command_centre.database import Database
from kentongan_command_centre.document import Breach, Document, Format, Refusal


class CaseBook:
    """Messages, cases and the breaches that were turned away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, document: Document, now: datetime) -> dict[str, Any]:
        """Keep the document and its case. The same delivery again gets the same answer and has no second effect."""
        with self._database.transaction() as db:
            seen = db.execute(
                "SELECT digest, received_at FROM messages WHERE format = ? AND delivery = ?",
                (document.format, document.delivery),
            ).fetchone()
            if seen is not None and seen["digest"] != document.digest:
                raise Refusal(409, "Conflict", "This delivery id was used for another document.")
            received_at = now.isoformat() if seen is None else seen["received_at"]
            if seen is None:
                _add_message(db, document, received_at)
                _add_to_case(db, document, received_at)
        return {"delivery": document.delivery, "incident": document.incident, "received_at": received_at}

    def keep_breach(self, breach: Breach, now: datetime) -> None:
        """Remember that it happened, but nothing of what people wrote: the police have no business knowing it."""
        document = breach.document
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO breaches (format, delivery, incident, class, kind, region, reason, received_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (format, delivery) DO UPDATE SET attempts = attempts + 1",
                (
                    document.format,
                    document.delivery,
                    document.incident,
                    document.incident_class,
                    document.kind,
                    document.region,
                    breach.detail,
                    now.isoformat(),
                ),
            )

    def messages(self, incident: str | None, limit: int) -> list[dict[str, Any]]:
        """The newest messages, in the order they came."""
        rows = self._database.rows(
            "SELECT * FROM messages WHERE ? = '' OR incident = ? ORDER BY seq DESC LIMIT ?",
            incident or "",
            incident or "",
            limit,
        )
        return [_message(row) for row in reversed(rows)]

    def breaches(self) -> list[dict[str, Any]]:
        """Every breach, newest first."""
        rows = self._database.rows("SELECT * FROM breaches ORDER BY seq DESC")
        return [{name: row[name] for name in row.keys() if name != "seq"} for row in rows]  # noqa: SIM118 - a Row, no dict

    def cases(self, limit: int) -> list[dict[str, Any]]:
        """The newest cases, newest first, each with what was answered."""
        rows = self._database.rows("SELECT * FROM cases ORDER BY seq DESC LIMIT ?", limit)
        return [self._case(row) for row in rows]

    def case(self, incident: str) -> dict[str, Any]:
        """One case; Refusal 404 where there is none."""
        rows = self._database.rows("SELECT * FROM cases WHERE incident = ?", incident)
        if not rows:
            raise Refusal(404, "Unknown", "There is no such case.")
        return self._case(rows[0])

    def _case(self, row: sqlite3.Row) -> dict[str, Any]:
        replies = self._database.rows("SELECT * FROM replies WHERE incident = ? ORDER BY seq", row["incident"])
        return {
            "incident": row["incident"],
            "views": [],  # a case from before they were read
            **json.loads(row["facts"]),
            "status": row["status"],
            "received_at": row["received_at"],
            "updated_at": row["updated_at"],
            "formats": {Format.WEBHOOK: row["webhooks"], Format.CAP: row["caps"]},
            "signature": "valid",
            "schema": "valid" if row["caps"] else None,
            "replies": [
                {
                    "delivery": reply["delivery"],
                    "reply": reply["reply"],
                    "operator": reply["operator"],
                    "disposition": reply["disposition"],
                    "at": reply["at"],
                    "sent": bool(reply["sent"]),
                    "attempts": reply["attempts"],
                    "error": reply["error"],
                }
                for reply in replies
            ],
        }


def _add_message(db: sqlite3.Connection, document: Document, received_at: str) -> None:
    db.execute(
        "INSERT INTO messages"
        " (format, delivery, digest, event, incident, class, kind, purpose, region, received_at, document)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            document.format,
            document.delivery,
            document.digest,
            document.event,
            document.incident,
            document.incident_class,
            document.kind,
            document.purpose,
            document.region,
            received_at,
            document.raw,
        ),
    )


def _add_to_case(db: sqlite3.Connection, document: Document, received_at: str) -> None:
    facts = json.dumps(
        {
            "event": document.event,
            "kind": document.kind,
            "class": document.incident_class,
            "purpose": document.purpose,
            "region": document.region,
            "region_name": document.region_name,
            "latitude": document.latitude,
            "longitude": document.longitude,
            "source": document.source,
            "trust": document.trust,
            "text": document.text,
            "opened_at": document.opened_at.isoformat(),
            "views": [view.as_json() for view in document.views],
        }
    )
    second = int(document.queued_at.timestamp())
    # CAP has no fractions of a second; of two documents of one second the webhook says more.
    db.execute(
        "INSERT INTO cases (incident, received_at, updated_at, facts, facts_second) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (incident) DO UPDATE SET facts = excluded.facts, facts_second = excluded.facts_second"
        " WHERE excluded.facts_second > facts_second OR (excluded.facts_second = facts_second AND ?)",
        (document.incident, received_at, received_at, facts, second, document.format is Format.WEBHOOK),
    )
    db.execute(
        "UPDATE cases SET updated_at = ?, webhooks = webhooks + ?, caps = caps + ? WHERE incident = ?",
        (received_at, document.format is Format.WEBHOOK, document.format is Format.CAP, document.incident),
    )


def _message(row: sqlite3.Row) -> dict[str, Any]:
    is_cap = row["format"] == Format.CAP
    return {
        "delivery": row["delivery"],
        "incident": row["incident"],
        "format": row["format"],
        "event": row["event"],
        "class": row["class"],
        "kind": row["kind"],
        "purpose": row["purpose"],
        "region": row["region"],
        "received_at": row["received_at"],
        "signature": "valid",
        "schema": "valid" if is_cap else None,
        "document": row["document"] if is_cap else json.loads(row["document"]),
    }
