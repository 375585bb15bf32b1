"""Where invitations are kept, and those who asked to be admitted."""

from typing import Protocol

from kentongan_server.domain.admission import Admission, Invitation


class AdmissionBook(Protocol):
    """Invitations and admissions within one transaction."""

    def invitation(self, invitation_id: str) -> Invitation | None:
        """The invitation with this id."""
        ...

    def invitation_by_code(self, code_hash: str) -> Invitation | None:
        """The invitation with this code."""
        ...

    def invitations_of(self, region: str) -> list[Invitation]:
        """The region's invitations, newest first."""
        ...

    def put_invitation(self, invitation: Invitation) -> None:
        """Keep an invitation, new, used or revoked."""
        ...

    def admission(self, admission_id: str) -> Admission | None:
        """Who asked under this id."""
        ...

    def pending(self, region: str) -> list[Admission]:
        """Those who wait for the region's head, longest first."""
        ...

    def put_admission(self, admission: Admission) -> None:
        """Keep an admission, new or decided."""
        ...
