"""How somebody becomes a resident: the RT head's Invitation is accepted, which asks for an Admission; the head decides.

Until then the person is *pending*: they belong nowhere, and only the panic button works for them, as for any stranger.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from kentongan_server.domain.errors import ConflictError, InvalidError

MOST_USES = 200
LONGEST_INVITATION = timedelta(days=31)
REPEATED_WITHIN = timedelta(minutes=10)  # an answer that was lost on the way may be asked for again
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Invitation:
    """A code, printed as QR, that lets so many people ask for admission to one RT; of the code only a hash is kept."""

    id: str
    region: str
    code_hash: str
    made_by: str
    made_at: datetime
    expires_at: datetime
    uses: int
    used: int = 0
    revoked_at: datetime | None = None

    def is_open(self, at: datetime) -> bool:
        """True while somebody may still use it."""
        return self.revoked_at is None and at < self.expires_at and self.used < self.uses


class AdmissionState(StrEnum):
    """What became of somebody who asked."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Admission:
    """One person who asks to belong to one RT. The phone is for the head to recognise them, and goes with the decision."""

    id: str
    person: str
    name: str
    phone: str | None
    region: str
    invitation: str
    asked_at: datetime
    state: AdmissionState = AdmissionState.PENDING
    decided_by: str | None = None
    decided_at: datetime | None = None

    def decided(self, state: AdmissionState, by: str, at: datetime) -> "Admission":
        """The admission after the decision; ConflictError when there was another one."""
        if self.state is not AdmissionState.PENDING:
            raise ConflictError(f"This request was {self.state} already; invite the person anew to change that.")
        return replace(self, state=state, decided_by=by, decided_at=at, phone=None)


def assert_good_invitation(uses: int, lasts: timedelta) -> None:
    """InvalidError beyond what one neighbourhood needs."""
    if not 1 <= uses <= MOST_USES or not timedelta(0) < lasts <= LONGEST_INVITATION:
        raise InvalidError(f"An invitation serves 1 to {MOST_USES} people, for {LONGEST_INVITATION.days} days at most.")


def good_name(written: str) -> str:
    """The name as it is kept; InvalidError for none, or for one that is no name."""
    name = " ".join(written.split())
    if not 2 <= len(name) <= LONGEST_NAME or not any(character.isalpha() for character in name):
        raise InvalidError(f"Give the name by which your neighbours know you, 2 to {LONGEST_NAME} characters.")
    if any(not character.isprintable() for character in name):
        raise InvalidError("A name has letters only, and what belongs between them.")
    return name
