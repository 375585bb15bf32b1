"""Open, prove, rotate and end sessions. A session's token is told once, to the device it is for."""

from dataclasses import dataclass, replace

from kentongan_server.domain.access import NEED_SECOND_FACTOR, PRIVILEGED_SESSION_LASTS, SESSION_LASTS, Session
from kentongan_server.domain.errors import UnknownError
from kentongan_server.domain.events import Noted
from kentongan_server.domain.people import Person
from kentongan_server.ports.secret_maker import SecretMaker
from kentongan_server.ports.unit_of_work import UnitOfWork

LONGEST_DEVICE = 120


@dataclass(frozen=True, slots=True)
class Opened:
    """A session and the token that opens it."""

    session: Session
    token: str


def is_privileged(person: Person) -> bool:
    """True for those whose roles need a second factor."""
    return any(m.role in NEED_SECOND_FACTOR for m in person.memberships)


def open_session(uow: UnitOfWork, maker: SecretMaker, person: Person, device: str) -> Opened:
    """A new session, not proven by a second factor yet."""
    now, token = uow.now(), maker.token()
    lasts = PRIVILEGED_SESSION_LASTS if is_privileged(person) else SESSION_LASTS
    session = Session(
        uow.new_id(),
        person.id,
        maker.fingerprint(token),
        now,
        now + lasts,
        proven=False,
        device=device[:LONGEST_DEVICE],
    )
    uow.access.put_session(session)
    uow.happened(Noted(actor=person.id, what="session_opened", data={"session": session.id}))
    return Opened(session, token)


def prove_session(uow: UnitOfWork, maker: SecretMaker, person_id: str, session_id: str) -> Opened:
    """The session under a new token, proven: whoever had learnt the old one has nothing."""
    session = _mine(uow, person_id, session_id)
    token = maker.token()
    proven = replace(
        session, token_hash=maker.fingerprint(token), proven=True, expires_at=uow.now() + PRIVILEGED_SESSION_LASTS
    )
    uow.access.put_session(proven)
    uow.happened(Noted(actor=person_id, what="session_proven", data={"session": session_id}))
    return Opened(proven, token)


def rotate_session(uow: UnitOfWork, maker: SecretMaker, person_id: str, session_id: str) -> Opened:
    """The same session under a new token; every other session of the person ends."""
    session, token = _mine(uow, person_id, session_id), maker.token()
    rotated = replace(session, token_hash=maker.fingerprint(token))
    uow.access.put_session(rotated)
    uow.access.end_sessions(person_id, keep=session_id)
    return Opened(rotated, token)


def end_session(uow: UnitOfWork, person_id: str, session_id: str) -> None:
    """End one of one's own sessions; UnknownError when it is none."""
    if not uow.access.end_sessions(person_id, only=session_id):
        raise UnknownError("You have no such session; it may have ended already.")
    uow.happened(Noted(actor=person_id, what="session_ended", data={"session": session_id}))


def _mine(uow: UnitOfWork, person_id: str, session_id: str) -> Session:
    for session in uow.access.sessions_of(person_id, uow.now()):
        if session.id == session_id:
            return session
    raise UnknownError("This session has ended; sign in again.")
