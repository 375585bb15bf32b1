"""A person asks to be forgotten: after three days to think again it is done, once no incident of theirs is open."""

from dataclasses import replace
from datetime import timedelta

from kentongan_server.domain.consent import NEVER, REFLECT, Erasure
from kentongan_server.domain.errors import ConflictError
from kentongan_server.domain.events import Noted
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.governing.erase_person import erase_person

THEMSELVES = "their-own-wish"
_AGAIN = timedelta(days=1)
_AT_ONCE = 20


def ask_erasure(uow: UnitOfWork, person_id: str, *, forced: bool = False) -> Erasure:
    """Keep the wish; repeating does not put it off. With the duress PIN it is `forced`: it looks the same, and nothing comes
    of it."""
    known = uow.consents.erasure(person_id)
    if known is not None and (forced or not known.is_forced):
        return known
    wish = Erasure(person_id, uow.now(), uow.now() + (NEVER if forced else REFLECT))
    uow.consents.put_erasure(wish)
    uow.happened(Noted(actor=person_id, what="erasure_asked", data={"due_at": wish.shown_due_at.isoformat()}))
    return wish


def think_again(uow: UnitOfWork, person_id: str) -> None:
    """Take the wish back; without one there is nothing to do."""
    if uow.consents.erasure(person_id) is not None:
        uow.consents.drop_erasure(person_id)
        uow.happened(Noted(actor=person_id, what="erasure_withdrawn"))


def erasures_due(uow: UnitOfWork) -> int:
    """Forget those whose time has come; how many. Where an incident of theirs is open it waits for a day."""
    done = 0
    for wish in uow.consents.erasures_due(uow.now(), _AT_ONCE):
        try:
            erase_person(uow, wish.person, THEMSELVES)
        except ConflictError:
            uow.consents.put_erasure(replace(wish, due_at=uow.now() + _AGAIN))
            continue
        uow.consents.drop_erasure(wish.person)
        done += 1
    return done
