"""Whatever is granted, revoked and waited for, in whatever order: nobody holds what nobody above them gave."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.unit.server.town import RT1, RT2, Town

from kentongan_server.domain.errors import KentonganError
from kentongan_server.domain.granting import MAY_GRANT, Grant
from kentongan_server.domain.people import Membership, Person, Role
from kentongan_server.domain.place import Region
from kentongan_server.domain.region_code import is_within
from kentongan_server.use_cases.governing.grant_role import Wanted, grant_role
from kentongan_server.use_cases.governing.revoke_role import revoke_role
from kentongan_server.use_cases.governing.vouch import vouch

TREE = ("33.74", "33.74.01", "33.74.01.1001", "33.74.01.1001/RW01", RT1, RT2)
NAMES = ("root", "ani", "budi", "citra", "dewi", "eko")
names = st.sampled_from(NAMES)
roles = st.sampled_from(Role)
regions = st.sampled_from((None, *TREE))
hours = st.sampled_from((None, 1, 5, 48))


def is_above(giver: Membership, given: Membership) -> bool:
    """The law said a second time, in its plainest words."""
    if given.role not in MAY_GRANT.get(giver.role, {}):
        return False
    lies_within = giver.region is None or (given.region is not None and is_within(given.region, giver.region))
    return lies_within and not (giver.role is given.role and giver.region == given.region)


class Granting(RuleBasedStateMachine):
    """A city that begins with one administrator and five people who hold nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.town = Town()
        self.held_when_given: dict[str, tuple[Membership, ...]] = {}

        def found(uow):
            for code in TREE:
                uow.places.put_region(Region(code, code, -6.98, 110.41))
            uow.people.put_person(Person("root", "Root", (Membership(Role.CITY_ADMIN, None, True),)), None)
            for name in NAMES[1:]:
                uow.people.add_person(name, name.title())

        self.town.do(found)

    @rule(by=names, to=names, role=roles, region=regions, begins=hours, lasts=hours)
    def somebody_gives(self, by, to, role, region, begins, lasts):
        now, grantor = self.town.clock.now(), self.town.person(by)
        first = None if begins is None else now + timedelta(hours=begins)
        last = None if lasts is None else (first or now) + timedelta(hours=lasts)
        try:
            grant = self.town.do(lambda uow: grant_role(uow, grantor, Wanted(to, role, region, first, last)))
        except KentonganError:
            return
        self.held_when_given[grant.id] = grantor.memberships

    @precondition(lambda self: self.held_when_given)
    @rule(by=names, data=st.data())
    def somebody_takes_back(self, by, data):
        grant = data.draw(st.sampled_from(sorted(self.held_when_given)))
        before = self.town.store.people.grants[grant]
        person = self.town.person(by)
        try:
            self.town.do(lambda uow: revoke_role(uow, person, grant))
        except KentonganError:
            assert self.town.store.people.grants[grant] == before
            return
        assert by == before.person or any(is_above(held, before.membership) for held in person.memberships)

    @precondition(lambda self: self.held_when_given)
    @rule(by=names, data=st.data())
    def somebody_vouches(self, by, data):
        grant = data.draw(st.sampled_from(sorted(self.held_when_given)))
        try:
            self.town.do(lambda uow: vouch(uow, self.town.person(by), grant))
        except KentonganError:
            return
        assert by != self.town.store.people.grants[grant].person

    @rule(by=st.sampled_from((0.5, 1, 6, 50)))
    def time_passes(self, by):
        self.town.wait(by * 3600)

    @invariant()
    def everything_held_was_given_from_above(self):
        for name in NAMES[1:]:
            for grant in self.town.store.people.grants_of(name):
                self.assert_from_above(grant)

    @invariant()
    def every_chain_ends_at_the_one_who_began(self):
        grants = self.town.store.people.grants
        for grant in [one for one in grants.values() if one.person in NAMES[1:]]:
            by, seen = grant.granted_by, set()
            while by != "root":
                assert by is not None
                assert by not in seen, "a circle of people who gave each other"
                seen.add(by)
                first = min((g for g in grants.values() if g.person == by), key=lambda g: (g.granted_at, g.id))
                assert first.granted_at <= grant.granted_at, "who gives was given something before"
                by = first.granted_by

    def assert_from_above(self, grant: Grant) -> None:
        assert grant.granted_by not in (None, grant.person)
        givers = self.held_when_given[grant.id]
        assert any(is_above(held, grant.membership) for held in givers)
        if grant.membership.role in (Role.CITY_ADMIN, Role.OPERATOR, Role.TECHNICIAN):
            above = [held for held in givers if is_above(held, grant.membership)]
            ends = grant.membership.valid_until
            assert any(h.valid_until is None or (ends is not None and ends <= h.valid_until) for h in above)


TestGranting = Granting.TestCase
TestGranting.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
