"""The AdmissionBook in memory."""

from kentongan_server.domain.admission import Admission, AdmissionState, Invitation


class FakeAdmissions:
    """`invitations` and `asked` by id."""

    def __init__(self) -> None:
        self.invitations: dict[str, Invitation] = {}
        self.asked: dict[str, Admission] = {}

    def invitation(self, invitation_id: str) -> Invitation | None:
        """See the port, as with everything below."""
        return self.invitations.get(invitation_id)

    def invitation_by_code(self, code_hash: str) -> Invitation | None:
        return next((one for one in self.invitations.values() if one.code_hash == code_hash), None)

    def invitations_of(self, region: str) -> list[Invitation]:
        found = [one for one in self.invitations.values() if one.region == region]
        return sorted(found, key=lambda one: (one.made_at, one.id), reverse=True)

    def put_invitation(self, invitation: Invitation) -> None:
        self.invitations[invitation.id] = invitation

    def admission(self, admission_id: str) -> Admission | None:
        return self.asked.get(admission_id)

    def pending(self, region: str) -> list[Admission]:
        found = [one for one in self.asked.values() if one.region == region and one.state is AdmissionState.PENDING]
        return sorted(found, key=lambda one: (one.asked_at, one.id))

    def put_admission(self, admission: Admission) -> None:
        self.asked[admission.id] = admission
