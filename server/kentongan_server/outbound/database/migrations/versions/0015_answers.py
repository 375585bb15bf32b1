"""What people answered: who comes, who has only seen it. An acknowledgement of before meant that somebody came."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_SIZE = 1000


def upgrade() -> None:
    answers = op.create_table(
        "answers",
        sa.Column("incident", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("said_for", sa.String(length=16), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_answers_incident")),
        sa.PrimaryKeyConstraint("incident", "person", name=op.f("pk_answers")),
    )
    op.create_index("ix_answers_person", "answers", ["person"], unique=False)
    connection = op.get_bind()
    said = connection.execute(
        sa.text(
            "SELECT t.incident, t.actor, t.at, t.facts FROM timeline t JOIN incidents i ON i.id = t.incident "
            "WHERE t.event = 'acknowledged' AND t.actor IS NOT NULL ORDER BY t.seq"
        )
    )
    first: dict[tuple[str, str], dict[str, object]] = {}
    for incident, person, at, facts in said:
        by = json.loads(facts).get("by", "community")
        row = {"incident": incident, "person": person, "said_for": by, "answer": "coming", "answered_at": at}
        first.setdefault((incident, person), row)
    rows = list(first.values())
    for begin in range(0, len(rows), _SIZE):
        op.bulk_insert(answers, rows[begin : begin + _SIZE])


def downgrade() -> None:
    op.drop_index("ix_answers_person", table_name="answers")
    op.drop_table("answers")
