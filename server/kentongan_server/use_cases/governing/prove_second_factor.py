"""The second factor: enrol an authenticator app, prove a session with its code or a recovery code.

Codes are checked within the unit of work: that is arithmetic, not slow hashing. Each code counts once, even within its
thirty seconds; the tries are counted per person.
"""

from dataclasses import dataclass, replace

from kentongan_server.domain.access import RECOVERY_CODES, SecondFactor
from kentongan_server.domain.errors import ConflictError, RefusedError
from kentongan_server.domain.events import Noted
from kentongan_server.ports.secret_maker import OneTimeCodes, SecretMaker
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.governing.open_session import Opened, prove_session
from kentongan_server.use_cases.governing.sign_in import take_try

WRONG = "This code does not fit, or was used already; wait for the next one."


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the authenticator app needs, shown once."""

    secret: str
    address: str


def begin_enrolment(uow: UnitOfWork, codes: OneTimeCodes, person_id: str, account: str) -> Enrolment:
    """A new secret, which counts once it is confirmed; ConflictError when a confirmed one is there."""
    known = uow.access.second_factor(person_id)
    if known is not None and known.confirmed:
        raise ConflictError("You have a second factor already; ask an administrator to reset it.")
    sealed, secret = codes.begin()
    uow.access.put_second_factor(SecondFactor(person_id, sealed))
    return Enrolment(secret, codes.address(sealed, account))


def count_try(uow: UnitOfWork, person_id: str) -> None:
    """Count a try, in a unit of work of its own so that a wrong code counts too."""
    take_try(uow, f"code/{person_id}")


def confirm_enrolment(
    uow: UnitOfWork, codes: OneTimeCodes, maker: SecretMaker, person_id: str, session_id: str, code: str
) -> tuple[Opened, list[str]]:
    """The proven session and the recovery codes, told once."""
    factor = uow.access.second_factor(person_id)
    if factor is None or factor.confirmed:
        raise ConflictError("There is nothing to confirm; begin with POST /api/v1/me/second-factor.")
    step = codes.step(factor.sealed_secret, code, uow.now())
    if step is None:
        raise RefusedError(WRONG)
    recovery = [maker.code() for _ in range(RECOVERY_CODES)]
    hashes = tuple(maker.fingerprint(one) for one in recovery)
    uow.access.put_second_factor(replace(factor.used(step), recovery_hashes=hashes))
    uow.access.forget_tries(f"code/{person_id}")
    uow.happened(Noted(actor=person_id, what="second_factor_enrolled"))
    return prove_session(uow, maker, person_id, session_id), recovery


def prove(
    uow: UnitOfWork, codes: OneTimeCodes, maker: SecretMaker, person_id: str, session_id: str, code: str
) -> Opened:
    """The session, proven by the app's code or one of the recovery codes."""
    factor = uow.access.second_factor(person_id)
    if factor is None or not factor.confirmed:
        raise ConflictError("You have no second factor yet; enrol one with POST /api/v1/me/second-factor.")
    step = codes.step(factor.sealed_secret, code, uow.now())
    recovery = maker.fingerprint(code.strip().upper())
    if step is not None and step > factor.last_step:
        uow.access.put_second_factor(factor.used(step))
    elif recovery in factor.recovery_hashes:
        uow.access.put_second_factor(factor.without(recovery))
        left = len(factor.recovery_hashes) - 1
        uow.happened(Noted(actor=person_id, what="recovery_code_used", data={"left": left}))
    else:
        raise RefusedError(WRONG)
    uow.access.forget_tries(f"code/{person_id}")
    return prove_session(uow, maker, person_id, session_id)
