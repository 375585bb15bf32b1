"""Reset how somebody gets in: a lost telephone, a forgotten password. They are told of it on their channels and at the next
sign-in, for it is also what a thief of accounts would ask for; all their sessions end.
"""

from dataclasses import replace

from kentongan_server.domain.access import Login, Reset, ResetOf
from kentongan_server.domain.errors import UnknownError
from kentongan_server.domain.events import AccessReset, Noted
from kentongan_server.domain.granting import may_answer_for
from kentongan_server.domain.people import Person
from kentongan_server.ports.secret_hasher import SecretHasher
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork
from kentongan_server.use_cases.governing.sign_in import assert_good_password, login_name

THE_MACHINE = "command-line"  # who owns the machine is nobody in the city


def reset_second_factor_for(uow: UnitOfWork, by: Person, person_id: str) -> None:
    """Reset somebody's, by whoever may give them their roles; UnknownError for all others, so that nobody is found so."""
    person = uow.people.person(person_id, uow.now())
    if person is None or not may_answer_for(by, person):
        raise UnknownError(
            "There is nobody of this id whose second factor is yours to reset; ask whoever gave them their role."
        )
    reset_second_factor(uow, person.id, by.id)


def reset_second_factor(uow: UnitOfWork, person_id: str, by: str) -> None:
    """The person enrols anew; all their sessions end, for nobody knows who has the lost device."""
    uow.access.drop_second_factor(person_id)
    _tell(uow, person_id, ResetOf.SECOND_FACTOR, by)


async def reset_password(transactions: Transactions, hasher: SecretHasher, name: str, password: str, by: str) -> Login:
    """Let them in with this password once; UnknownError when nobody signs in by this name."""
    assert_good_password(password)
    hashed = await hasher.hash(password)

    def job(uow: UnitOfWork) -> Login:
        known = uow.access.login_by_name(login_name(name)) or uow.access.login(name)
        if known is None:
            raise UnknownError(
                f"Nobody signs in as {name}; give the phone number, the e-mail address or the person's id."
            )
        login = replace(known, password_hash=hashed, one_time=True)
        uow.access.put_login(login)
        _tell(uow, login.person, ResetOf.PASSWORD, by)
        return login

    return await transactions.run(job)


def see_resets(uow: UnitOfWork, person_id: str) -> None:
    """The person has read them all; repeating changes nothing."""
    unseen = uow.access.unseen_resets(person_id)
    for one in unseen:
        uow.access.put_reset(replace(one, seen_at=uow.now()))
    if unseen:
        uow.happened(Noted(actor=person_id, what="resets_seen", data={"resets": len(unseen)}))


def _tell(uow: UnitOfWork, person_id: str, what: ResetOf, by: str) -> None:
    ended = uow.access.end_sessions(person_id)
    known = None if by == THE_MACHINE else by
    reset = Reset(uow.new_id(), person_id, what, known, uow.now())
    uow.access.put_reset(reset)
    uow.happened(AccessReset(actor=by, of=reset, sessions_ended=ended))
