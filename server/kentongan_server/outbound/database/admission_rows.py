"""Invitations and admissions: their tables and rows."""

from typing import Any

from sqlalchemy import BigInteger, Column, Connection, ForeignKey, Index, Integer, String, Table, Text, select

from kentongan_server.domain.admission import Admission, AdmissionState, Invitation
from kentongan_server.outbound.database.tables import ID, metadata
from kentongan_server.outbound.database.upsert import put
from kentongan_server.outbound.database.values import from_ms, from_ms_or_none, to_ms, to_ms_or_none

invitations = Table(
    "invitations",
    metadata,
    Column("id", ID, primary_key=True),
    Column("region", ID, ForeignKey("regions.code"), nullable=False),
    Column("code_hash", String(64), nullable=False, unique=True),
    Column("made_by", ID, ForeignKey("people.id"), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("uses", Integer, nullable=False),
    Column("used", Integer, nullable=False),
    Column("revoked_at", BigInteger),
    Index("ix_invitations_region", "region"),
)

admissions = Table(
    "admissions",
    metadata,
    Column("id", ID, primary_key=True),
    Column("person", ID, ForeignKey("people.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("phone", String(32)),
    Column("region", ID, ForeignKey("regions.code"), nullable=False),
    Column("invitation", ID, ForeignKey("invitations.id"), nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("decided_by", ID, ForeignKey("people.id")),
    Column("decided_at", BigInteger),
    Index("ix_admissions_region_state", "region", "state"),
)


class AdmissionRows:
    """The AdmissionBook on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def invitation(self, invitation_id: str) -> Invitation | None:
        row = self._connection.execute(select(invitations).where(invitations.c.id == invitation_id)).one_or_none()
        return None if row is None else _invitation(row)

    def invitation_by_code(self, code_hash: str) -> Invitation | None:
        query = select(invitations).where(invitations.c.code_hash == code_hash)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _invitation(row)

    def invitations_of(self, region: str) -> list[Invitation]:
        query = select(invitations).where(invitations.c.region == region)
        newest = query.order_by(invitations.c.made_at.desc(), invitations.c.id.desc())
        return [_invitation(row) for row in self._connection.execute(newest)]

    def put_invitation(self, invitation: Invitation) -> None:
        row = {
            "id": invitation.id,
            "region": invitation.region,
            "code_hash": invitation.code_hash,
            "made_by": invitation.made_by,
            "made_at": to_ms(invitation.made_at),
            "expires_at": to_ms(invitation.expires_at),
            "uses": invitation.uses,
            "used": invitation.used,
            "revoked_at": to_ms_or_none(invitation.revoked_at),
        }
        put(self._connection, invitations, [row])

    def admission(self, admission_id: str) -> Admission | None:
        row = self._connection.execute(select(admissions).where(admissions.c.id == admission_id)).one_or_none()
        return None if row is None else _admission(row)

    def pending(self, region: str) -> list[Admission]:
        waiting = admissions.c.state == AdmissionState.PENDING
        query = select(admissions).where(admissions.c.region == region, waiting)
        longest = query.order_by(admissions.c.asked_at, admissions.c.id)
        return [_admission(row) for row in self._connection.execute(longest)]

    def put_admission(self, admission: Admission) -> None:
        row = {
            "id": admission.id,
            "person": admission.person,
            "name": admission.name,
            "phone": admission.phone,
            "region": admission.region,
            "invitation": admission.invitation,
            "asked_at": to_ms(admission.asked_at),
            "state": admission.state,
            "decided_by": admission.decided_by,
            "decided_at": to_ms_or_none(admission.decided_at),
        }
        put(self._connection, admissions, [row])


def _invitation(row: Any) -> Invitation:
    return Invitation(
        id=row.id,
        region=row.region,
        code_hash=row.code_hash,
        made_by=row.made_by,
        made_at=from_ms(row.made_at),
        expires_at=from_ms(row.expires_at),
        uses=row.uses,
        used=row.used,
        revoked_at=from_ms_or_none(row.revoked_at),
    )


def _admission(row: Any) -> Admission:
    return Admission(
        id=row.id,
        person=row.person,
        name=row.name,
        phone=row.phone,
        region=row.region,
        invitation=row.invitation,
        asked_at=from_ms(row.asked_at),
        state=AdmissionState(row.state),
        decided_by=row.decided_by,
        decided_at=from_ms_or_none(row.decided_at),
    )
