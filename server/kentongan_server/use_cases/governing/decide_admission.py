"""The RT head knows their neighbours: they approve who lives here, which vouches for them, and refuse who does not."""

from kentongan_server.domain.admission import Admission, AdmissionState
from kentongan_server.domain.errors import UnknownError
from kentongan_server.domain.events import Noted
from kentongan_server.domain.people import Membership, Person, Role
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.governing.grant_role import keep_grant
from kentongan_server.use_cases.governing.invite import assert_may_admit


def approve_admission(uow: UnitOfWork, head: Person, admission_id: str) -> Admission:
    """The person is a resident from now on, vouched for by the head; repeating changes nothing."""
    return _decide(uow, head, admission_id, AdmissionState.APPROVED)


def refuse_admission(uow: UnitOfWork, head: Person, admission_id: str) -> Admission:
    """The person does not belong here; one who belongs nowhere else is signed out. Repeating changes nothing."""
    return _decide(uow, head, admission_id, AdmissionState.REFUSED)


def _decide(uow: UnitOfWork, head: Person, admission_id: str, state: AdmissionState) -> Admission:
    admission = uow.admissions.admission(admission_id)
    if admission is None or not head.sees(admission.region):
        raise UnknownError("There is no such request, or it is not yours to see.")
    assert_may_admit(head, admission.region)
    if admission.state is state:
        return admission
    now = uow.now()
    decided = admission.decided(state, head.id, now)
    uow.admissions.put_admission(decided)
    uow.happened(Noted(actor=head.id, what=f"admission_{state}", data={"admission": admission.id}))
    if state is AdmissionState.APPROVED:
        keep_grant(uow, head.id, admission.person, Membership(Role.RESIDENT, admission.region, True, now))
    else:
        person = uow.people.person(admission.person, now)
        if person is not None and not person.memberships:
            uow.access.end_sessions(person.id)
    return decided
