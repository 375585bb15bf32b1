"""From the RT head's invitation to a resident: who gets in, who waits, and what works meanwhile."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.fakes.secret_maker import FakeSecretMaker
from tests.unit.server.town import ADMIN, FAR_HEAD, HEAD, RT1, RT2, SARI, WULAN, Town

from kentongan_server.domain.admission import good_name
from kentongan_server.domain.errors import ConflictError, InvalidError, RefusedError, UnknownError
from kentongan_server.domain.incident_kind import IncidentKind
from kentongan_server.domain.lifecycle import AlarmState
from kentongan_server.domain.people import Person
from kentongan_server.use_cases.governing.accept_invitation import (
    Accepted,
    Asked,
    accept_invitation,
    look_at_invitation,
)
from kentongan_server.use_cases.governing.decide_admission import approve_admission, refuse_admission
from kentongan_server.use_cases.governing.invite import Invited, invite, revoke_invitation


class Gate:
    """The way into RT 1."""

    def __init__(self, town: Town) -> None:
        self.town, self.maker = town, FakeSecretMaker()

    def invite(self, head: Person = HEAD, region: str = RT1, uses: int = 2, hours: float = 24) -> Invited:
        return self.town.do(lambda uow: invite(uow, self.maker, head, region, uses, timedelta(hours=hours)))

    def accept(self, code: str, id: str = "a-1", **different: Any) -> Accepted:
        plain: dict[str, Any] = {"name": "Budi", "phone": "0812", "known": None, "device": "a phone"}
        asked = Asked(id, code, **{**plain, **different})
        return self.town.do(lambda uow: accept_invitation(uow, self.maker, asked))

    def person_of(self, id: str = "a-1") -> Person:
        return self.town.person(self.town.store.admissions.asked[id].person)


@pytest.fixture
def gate(town: Town) -> Gate:
    return Gate(town)


def test_the_way_of_a_new_neighbour(town: Town, gate: Gate) -> None:
    code = gate.invite().code
    assert town.do(lambda uow: look_at_invitation(uow, gate.maker, code)).code == RT1
    accepted = gate.accept(code)
    assert accepted.opened is not None
    budi = gate.person_of()
    assert budi == Person(budi.id, "Budi", ())
    assert [one.name for one in town.do(lambda uow: uow.admissions.pending(RT1))] == ["Budi"]
    for _ in range(2):
        decided = town.do(lambda uow: approve_admission(uow, HEAD, "a-1"))
    assert (decided.state, decided.decided_by, decided.phone) == ("approved", "head", None)
    budi = gate.person_of()
    assert budi.is_vouched_in(RT1)
    assert budi.belongs_to(RT1)
    assert town.do(lambda uow: uow.admissions.pending(RT1)) == []
    (grant,) = town.do(lambda uow: uow.people.grants_of(budi.id))
    assert grant.granted_by == "head"


def test_while_one_waits_only_the_panic_button_works(town: Town, gate: Gate) -> None:
    gate.accept(gate.invite().code)
    budi = gate.person_of()
    for kind in set(IncidentKind) - {IncidentKind.PANIC}:
        with pytest.raises(RefusedError):
            town.report(budi, kind)
    taken = town.report(budi, IncidentKind.PANIC)
    assert town.alarm(taken.incident).state is AlarmState.GATED, "as a new account: delayed, never denied"
    assert not budi.sees(RT1)


def test_who_is_refused_is_signed_out(town: Town, gate: Gate) -> None:
    gate.accept(gate.invite().code)
    budi = gate.person_of()
    for _ in range(2):
        assert town.do(lambda uow: refuse_admission(uow, HEAD, "a-1")).state == "refused"
    assert town.do(lambda uow: uow.access.sessions_of(budi.id, uow.now())) == []
    with pytest.raises(ConflictError, match="refused already"):
        town.do(lambda uow: approve_admission(uow, HEAD, "a-1"))
    assert gate.person_of().memberships == ()


@pytest.mark.parametrize("who", [SARI, WULAN, ADMIN, FAR_HEAD])
def test_only_the_rt_s_head_invites_and_decides(town: Town, gate: Gate, who: Person) -> None:
    with pytest.raises(RefusedError):
        gate.invite(head=who)
    invited = gate.invite()
    gate.accept(invited.code)
    refusals = (RefusedError, UnknownError)
    with pytest.raises(refusals):
        town.do(lambda uow: approve_admission(uow, who, "a-1"))
    with pytest.raises(refusals):
        town.do(lambda uow: refuse_admission(uow, who, "a-1"))
    with pytest.raises(refusals):
        town.do(lambda uow: revoke_invitation(uow, who, invited.invitation.id))


def test_an_invitation_serves_so_many_and_so_long(town: Town, gate: Gate) -> None:
    code = gate.invite(uses=2, hours=1).code
    gate.accept(code, "a-1")
    gate.accept(code, "a-2")
    with pytest.raises(UnknownError, match="not valid"):
        gate.accept(code, "a-3")
    code = gate.invite(hours=1).code
    town.wait(3600)
    for refused in (lambda: gate.accept(code, "a-4"), lambda: gate.accept("guess", "a-5")):
        with pytest.raises(UnknownError, match="not valid"):
            refused()
    assert len(town.store.admissions.asked) == 2


def test_a_revoked_invitation_lets_nobody_in(town: Town, gate: Gate) -> None:
    invited = gate.invite()
    for _ in range(2):
        town.do(lambda uow: revoke_invitation(uow, HEAD, invited.invitation.id))
    with pytest.raises(UnknownError):
        gate.accept(invited.code)
    with pytest.raises(UnknownError):
        town.do(lambda uow: look_at_invitation(uow, gate.maker, invited.code))


def test_an_answer_that_was_lost_is_asked_for_again(town: Town, gate: Gate) -> None:
    code = gate.invite(uses=1).code
    first, again = gate.accept(code), gate.accept(code)
    assert again.opened.session.person == first.opened.session.person
    assert len(town.store.admissions.asked) == 1
    with pytest.raises(ConflictError, match="already used"):
        gate.accept(gate.invite().code)
    town.wait(600)
    with pytest.raises(ConflictError, match="already used"):
        gate.accept(code)


def test_an_id_opens_no_session_of_somebody_who_was_admitted(town: Town, gate: Gate) -> None:
    code = gate.invite().code
    gate.accept(code)
    town.do(lambda uow: approve_admission(uow, HEAD, "a-1"))
    with pytest.raises(ConflictError):
        gate.accept(code)


def test_whoever_moves_stays_the_same_person(town: Town, gate: Gate) -> None:
    code = gate.invite(head=FAR_HEAD, region=RT2).code
    assert gate.accept(code, known=SARI).opened is None
    assert gate.accept(code, known=SARI).opened is None, "the same request again"
    with pytest.raises(ConflictError, match="asked this RT already"):
        gate.accept(code, "a-2", known=SARI)
    town.do(lambda uow: approve_admission(uow, FAR_HEAD, "a-1"))
    assert {m.region for m in town.person("sari").memberships} == {RT1, RT2}
    with pytest.raises(ConflictError, match="belong to this RT"):
        gate.accept(code, "a-3", known=town.person("sari"))


def test_who_is_refused_elsewhere_stays_who_they_are(town: Town, gate: Gate) -> None:
    gate.accept(gate.invite(head=FAR_HEAD, region=RT2).code, known=SARI)
    town.do(lambda uow: refuse_admission(uow, FAR_HEAD, "a-1"))
    assert town.person("sari") == SARI


@pytest.mark.parametrize(("uses", "hours"), [(0, 1), (201, 1), (1, 0), (1, 24 * 31 + 1)])
def test_an_invitation_has_its_measure(gate: Gate, uses: int, hours: float) -> None:
    with pytest.raises(InvalidError):
        gate.invite(uses=uses, hours=hours)


def test_nobody_is_invited_to_an_rt_that_is_no_more(town: Town, gate: Gate) -> None:
    code = gate.invite().code
    ended = replace(town.store.places.kept_regions[RT1], valid_until=town.clock.now().date())
    town.do(lambda uow: uow.places.put_region(ended))
    with pytest.raises(UnknownError):
        gate.invite()
    with pytest.raises(UnknownError):
        gate.accept(code)


@pytest.mark.parametrize("name", ["", " ", "x", "12345", "a" * 81, "Budi\u202e", "Bu\x07di"])
def test_a_name_is_one_that_neighbours_know(gate: Gate, name: str) -> None:
    with pytest.raises(InvalidError):
        gate.accept(gate.invite().code, name=name)


def test_a_name_is_kept_as_it_is_said() -> None:
    assert good_name("  Bu   Sri  Nur'aini ") == "Bu Sri Nur'aini"
