"""The category firewall's first wall, and who may do what where."""

import itertools

import pytest
from tests.unit.server.town import ADMIN, FAR_HEAD, HEAD, JOKO, RT1, RT2, SARI, WULAN

from kentongan_server.domain.alarm import makes_noise, retry_delay
from kentongan_server.domain.errors import FirewallError
from kentongan_server.domain.forward import Recipient
from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.people import Membership, Person, Role
from kentongan_server.domain.routing import assert_may_hear, recipient_of

HEARS = {
    IncidentClass.CRIME: Recipient.POLICE,
    IncidentClass.EMERGENCY: Recipient.EMERGENCY,
    IncidentClass.COMMUNITY: None,
}


@pytest.mark.parametrize("incident_class", IncidentClass)
def test_one_recipient_or_none(incident_class: IncidentClass) -> None:
    assert recipient_of(incident_class) is HEARS[incident_class]


@pytest.mark.parametrize(("recipient", "incident_class"), list(itertools.product(Recipient, IncidentClass)))
def test_nobody_else_may_hear(recipient: Recipient, incident_class: IncidentClass) -> None:
    if HEARS[incident_class] is recipient:
        assert_may_hear(recipient, incident_class)
    else:
        with pytest.raises(FirewallError, match=f"{recipient} may never hear of a {incident_class} incident"):
            assert_may_hear(recipient, incident_class)


@pytest.mark.parametrize(("incident_class", "trusted"), list(itertools.product(IncidentClass, (True, False))))
def test_only_community_news_asks_who_sends_it(incident_class: IncidentClass, trusted: bool) -> None:
    assert makes_noise(incident_class, trusted) == (incident_class is not IncidentClass.COMMUNITY or trusted)


def test_the_retry_schedule() -> None:
    assert [retry_delay(attempts).total_seconds() for attempts in range(1, 8)] == [1, 2, 4, 8, 8, 8, 8]


def test_who_sees_what() -> None:
    assert [person.sees(RT1) for person in (SARI, JOKO, HEAD, FAR_HEAD, WULAN, ADMIN)] == [
        True, True, True, False, True, True,
    ]  # fmt: skip
    assert [person.sees_city for person in (SARI, HEAD, WULAN, ADMIN)] == [False, False, True, True]
    assert not Person("nobody", "Nobody", ()).sees(RT1)


@pytest.mark.parametrize(("role", "region"), [(Role.OPERATOR, None), (Role.POLISI_RW, RT1)])
def test_the_police_see_everything_but_community_news(role: Role, region: str | None) -> None:
    officer = Person("officer", "Officer", (Membership(role, region, True),))
    seen = {incident_class for incident_class in IncidentClass if officer.sees(RT1, incident_class)}
    assert seen == {IncidentClass.CRIME, IncidentClass.EMERGENCY}
    assert officer.community_regions == frozenset()


def test_an_officer_who_lives_in_an_rt_hears_its_news_as_a_resident() -> None:
    at_home = (Membership(Role.OPERATOR, None, True), Membership(Role.RESIDENT, RT1, True))
    officer = Person("officer", "Officer", at_home)
    assert officer.sees(RT1, IncidentClass.COMMUNITY)
    assert not officer.sees(RT2, IncidentClass.COMMUNITY)
    assert officer.community_regions == {RT1}
    assert ADMIN.community_regions is None


def test_who_is_vouched_for() -> None:
    assert [person.is_vouched_in(RT1) for person in (SARI, JOKO, FAR_HEAD, WULAN)] == [True, False, False, False]


def test_who_may_gather() -> None:
    everywhere = Person("x", "X", (Membership(Role.RT_HEAD, None, True),))
    assert [person.may_gather(RT1) for person in (HEAD, SARI, FAR_HEAD, WULAN, ADMIN, everywhere)] == [
        True, False, False, False, False, False,
    ]  # fmt: skip
    assert FAR_HEAD.may_gather(RT2)


def test_a_role_counts_where_it_was_given() -> None:
    assert HEAD.has(Role.RT_HEAD)
    assert HEAD.has(Role.RT_HEAD, RT1)
    assert not HEAD.has(Role.RT_HEAD, RT2)
    assert WULAN.has(Role.OPERATOR, RT2)
    assert not WULAN.has(Role.CITY_ADMIN)
