"""A hundred thousand events, or as many as KENTONGAN_HISTORIES says, and the promises that hold after each of them.

On failure the message names the seed and the step: `Walk(seed)` goes the same way again.
"""

import os
from typing import Any

import pytest
from tests.properties.walk import COMMUNITY_WORDS, Walk
from tests.unit.server.town import EVERYBODY

from kentongan_server.domain.errors import UnknownError
from kentongan_server.domain.incident import Incident
from kentongan_server.domain.incident_kind import IncidentClass, Purpose
from kentongan_server.domain.lifecycle import (
    ALARM,
    CITY_ALARM,
    COMMAND,
    DRILL,
    FINAL_COMMAND_STATES,
    INCIDENT,
    OPEN_INCIDENT_STATES,
    AlarmState,
    IncidentStatus,
)
from kentongan_server.domain.people import Person, Role
from kentongan_server.ports.outbox import Channel

EVENTS = int(os.environ.get("KENTONGAN_HISTORIES", "100000"))
SHARES = 2
LENGTH = 60
POLICE = {Role.OPERATOR, Role.POLISI_RW}
TO_POLICE = (Channel.POLICE_WEBHOOK, Channel.POLICE_CAP)
TO_EMERGENCY = (Channel.EMERGENCY_WEBHOOK, Channel.EMERGENCY_CAP)


def reachable(table: dict[Any, dict[str, Any]]) -> dict[Any, set[Any]]:
    """Every state that may follow each state, by however many moves, itself included."""
    found = {}
    for start in table:
        seen, frontier = {start}, [start]
        while frontier:
            new = set(table[frontier.pop()].values()) - seen
            seen |= new
            frontier += new
        found[start] = seen
    return found


# An incident makes one move at a time; unmerged it may go on where it stood.
NEXT_INCIDENT = {state: {state, *events.values()} for state, events in INCIDENT.items()}
NEXT_INCIDENT[IncidentStatus.MERGED] |= OPEN_INCIDENT_STATES
FOLLOWS = {
    "incident": NEXT_INCIDENT,
    "alarm": reachable(ALARM),
    "command": reachable(COMMAND),
    "city": reachable(CITY_ALARM),
    "drill": reachable(DRILL),
}


class Promises:
    """What must be true of a walk, whatever its steps were."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.store = walk.town.store
        self.states: dict[tuple[str, str], Any] = {}
        self.classes: dict[str, IncidentClass] = {}

    def hold(self) -> None:
        """After every event."""
        self.states_move_along_the_tables()
        self.community_stays_home()

    def hold_at_the_end(self) -> None:
        """Once the town is left alone."""
        self.every_role_sees_its_own()
        self.no_rt_sounds_without_a_reason()
        self.every_alarm_ends()
        self.community_stays_home()
        self.what_left_the_rt_holds_no_community_words()

    def states_move_along_the_tables(self) -> None:
        present: dict[tuple[str, str], Any] = {}
        for sort, kept, field in (
            ("incident", self.store.incidents.incidents, "status"),
            ("alarm", self.store.alarms.alarms, "state"),
            ("command", self.store.alarms.kept, "state"),
            ("city", self.store.plans.planned_city_alarms, "state"),
            ("drill", self.store.plans.planned_drills, "state"),
        ):
            for name, thing in kept.items():
                now = getattr(thing, field)
                before = self.states.get((sort, name))
                if before is not None and now not in FOLLOWS[sort][before]:
                    raise AssertionError(f"{sort} {name} went from {before} to {now}")
                present[sort, name] = now
        self.states = present

    def community_stays_home(self) -> None:
        for incident in self.store.incidents.incidents.values():
            assert self.classes.setdefault(incident.id, incident.incident_class) is incident.incident_class
            assert incident.kind.incident_class is incident.incident_class
        for item in self.store.outbox.items.values():
            if item.channel in TO_POLICE:
                assert self.classes[item.incident] is IncidentClass.CRIME
            elif item.channel in TO_EMERGENCY:
                assert self.classes[item.incident] is IncidentClass.EMERGENCY
        assert {f.incident_class for f in self.walk.police.taken.values()} <= {IncidentClass.CRIME}
        assert {f.incident_class for f in self.walk.emergency.taken.values()} <= {IncidentClass.EMERGENCY}

    def what_left_the_rt_holds_no_community_words(self) -> None:
        for item in self.store.outbox.items.values():
            if item.channel in (*TO_POLICE, *TO_EMERGENCY):
                assert COMMUNITY_WORDS not in str(item.body)
        for forward in (*self.walk.police.taken.values(), *self.walk.emergency.taken.values()):
            assert COMMUNITY_WORDS not in str(forward)

    def every_role_sees_its_own(self) -> None:
        for person in EVERYBODY:
            for incident in self.store.incidents.incidents.values():
                try:
                    shown = self.walk.town.do(lambda uow, p=person, i=incident: uow.incident_for(p, i.id))
                except UnknownError:
                    shown = None
                assert (shown is not None) == self._may_see(person, incident)
                if shown is not None and incident.cancelled_at is not None and not self._is_police(person):
                    assert (shown.status, shown.duress_at) == (IncidentStatus.CANCELLED, None)

    def _may_see(self, person: Person, incident: Incident) -> bool:
        """Written once more, from the design."""
        community = incident.incident_class is IncidentClass.COMMUNITY
        for membership in person.memberships:
            if membership.role is Role.TECHNICIAN or (community and membership.role in POLICE):
                continue
            places = {
                incident.region,
                *(region for alarm, region in self.store.alarms.awake if self._is_of(alarm, incident)),
            }
            if membership.region is None or any(place == membership.region for place in places):
                return True
        reports = self.store.incidents.reports.values()
        return not community and any((r.incident, r.reporter) == (incident.id, person.id) for r in reports)

    def _is_of(self, alarm: str, incident: Incident) -> bool:
        return self.store.alarms.alarms[alarm].incident == incident.id

    def _is_police(self, person: Person) -> bool:
        return any(membership.role in POLICE for membership in person.memberships)

    def no_rt_sounds_without_a_reason(self) -> None:
        alarms = self.store.alarms
        awake = {(alarm.id, alarm.region) for alarm in alarms.alarms.values()} | set(alarms.awake)
        for command in alarms.kept.values():
            assert (command.alarm, self.store.places.nodes[command.node].region) in awake
        for woken, codebook, _ in alarms.awake.values():
            assert woken.reason
            assert self.store.codebooks.version(codebook) is not None
        counters = [(c.node, c.counter) for c in alarms.kept.values()]
        assert len(counters) == len(set(counters)), "a counter serves one command"

    def every_alarm_ends(self) -> None:
        """A gate opens after 15 s, an alarm rises at most three times within the hour, a command lives five minutes."""
        town = self.walk.town
        for seconds in (15, 601, 601, 3600, 3600, 3600, 601):
            town.wait(seconds)
            self.walk.clock_ticks()
            self.states_move_along_the_tables()
        town.wait(601)
        self.walk.clock_ticks()
        assert {alarm.state for alarm in self.store.alarms.alarms.values()} <= {AlarmState.ENDED}
        assert all(command.state in FINAL_COMMAND_STATES for command in self.store.alarms.kept.values())
        assert self.store.alarms.due_at == {}
        for incident in self.store.incidents.incidents.values():
            assert incident.status is not IncidentStatus.RESOLVED, "what was resolved is closed after an hour"
            assert incident.purpose in Purpose


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("share", range(SHARES))
def test_the_promises_hold_in_every_history(share: int) -> None:
    events, done, seed, kinds = 0, 0, share, set()
    while events < EVENTS // SHARES:
        walk = Walk(seed)
        promises = Promises(walk)
        for step in range(LENGTH):
            name = "nothing"
            try:
                name = walk.step()
                promises.hold()
            except AssertionError as broken:
                raise AssertionError(f"Walk({seed}), step {step}, {name}: {broken}") from broken
            kinds.add(name)
            events += 1
        try:
            promises.hold_at_the_end()
        except AssertionError as broken:
            raise AssertionError(f"Walk({seed}), at the end: {broken}") from broken
        done += walk.done
        seed += SHARES
    assert done > events / 2, "most of what is tried happens, else the walk proves little"
    assert len(kinds) == 16


def test_a_few_histories() -> None:
    """The same, quickly, on every change."""
    for seed in range(1000, 1010):
        walk = Walk(seed)
        promises = Promises(walk)
        for _step in range(LENGTH):
            walk.step()
            promises.hold()
        promises.hold_at_the_end()
        walk.town.store.assert_remembers_all()
