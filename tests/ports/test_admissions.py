"""What every AdmissionBook keeps."""

from dataclasses import replace
from typing import Any

from tests.ports.samples import RT1, RT2, at

from kentongan_server.domain.admission import Admission, AdmissionState, Invitation
from kentongan_server.ports.unit_of_work import Transactions


def an_invitation(name: str = "i-1", **different: Any) -> Invitation:
    plain: dict[str, Any] = {
        "region": RT1,
        "code_hash": f"hash of {name}",
        "made_by": "resident-1",
        "made_at": at(0),
        "expires_at": at(100),
        "uses": 3,
    }
    return Invitation(name, **{**plain, **different})


def an_admission(name: str = "a-1", **different: Any) -> Admission:
    plain: dict[str, Any] = {
        "person": "resident-1",
        "name": "Budi",
        "phone": "0812",
        "region": RT1,
        "invitation": "i-1",
        "asked_at": at(5),
    }
    return Admission(name, **{**plain, **different})


async def test_an_invitation_is_found_by_id_code_and_region(store: Transactions) -> None:
    newer, elsewhere = an_invitation("i-2", made_at=at(1)), an_invitation("i-3", region=RT2)
    for one in (an_invitation(), newer, elsewhere):
        await store.run(lambda uow, one=one: uow.admissions.put_invitation(one))
    assert await store.read(lambda uow: uow.admissions.invitation("i-1")) == an_invitation()
    assert await store.read(lambda uow: uow.admissions.invitation("i-9")) is None
    assert await store.read(lambda uow: uow.admissions.invitation_by_code("hash of i-2")) == newer
    assert await store.read(lambda uow: uow.admissions.invitation_by_code("")) is None
    assert await store.read(lambda uow: uow.admissions.invitations_of(RT1)) == [newer, an_invitation()]
    used = replace(an_invitation(), used=2, revoked_at=at(9))
    await store.run(lambda uow: uow.admissions.put_invitation(used))
    assert await store.read(lambda uow: uow.admissions.invitation("i-1")) == used


async def test_those_who_wait_are_listed_longest_first_until_decided(store: Transactions) -> None:
    await store.run(lambda uow: uow.admissions.put_invitation(an_invitation()))
    later = an_admission("a-0", asked_at=at(6), phone=None)
    for one in (later, an_admission(), an_admission("a-2", region=RT2)):
        await store.run(lambda uow, one=one: uow.admissions.put_admission(one))
    assert await store.read(lambda uow: uow.admissions.pending(RT1)) == [an_admission(), later]
    decided = an_admission().decided(AdmissionState.APPROVED, "resident-1", at(8))
    await store.run(lambda uow: uow.admissions.put_admission(decided))
    assert await store.read(lambda uow: uow.admissions.pending(RT1)) == [later]
    assert await store.read(lambda uow: uow.admissions.admission("a-1")) == decided
    assert await store.read(lambda uow: uow.admissions.admission("a-9")) is None
