"""An RT that splits or merges: new codes, nothing lost, and no kentongan flashed anew."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from tests.unit.server.town import DEAF_RT, HEAD, JOKO, RT1, RT1_NODES, RT2, SARI, Town

from kentongan_server.domain.admission import Admission, Invitation
from kentongan_server.domain.drill_schedule import DrillSchedule
from kentongan_server.domain.errors import ConflictError, InvalidError, UnknownError
from kentongan_server.domain.incident_kind import IncidentKind
from kentongan_server.domain.place import Region
from kentongan_server.domain.roster import Rota
from kentongan_server.domain.surroundings import Basis, Camera, Site, SiteKind, rings
from kentongan_server.use_cases.governing.adjoin import confirm_adjacency, remove_adjacency
from kentongan_server.use_cases.governing.change_regions import Part, merge_regions, split_region

RT8, RT9 = "33.74.01.1001/RW01/RT08", "33.74.01.1001/RW01/RT09"
WEST = Region(RT8, "RT 08", -6.98, 110.409, households=70)
EAST = Region(RT9, "RT 09", -6.98, 110.411, households=75)


@pytest.fixture
def furnished(town: Town) -> Town:
    """RT 1 with a guard post in the east where ktg-1 hangs, a camera in the west, and two neighbours."""

    def furnish(uow: Any) -> None:
        uow.surroundings.put_sites([Site("pos-1", RT1, SiteKind.GUARD_POST, "Pos", -6.98, 110.4111)])
        uow.surroundings.put_cameras([Camera("cam-1", RT1, "Gang", -6.98, 110.4089)])
        uow.places.put_node(replace(uow.places.node("ktg-1"), site="pos-1"))
        confirm_adjacency(uow, "admin", RT1, RT2)
        remove_adjacency(uow, "admin", RT1, DEAF_RT)

    town.do(furnish)
    return town


def split(town: Town, *parts: Part) -> list[Region]:
    return town.do(lambda uow: split_region(uow, "admin", RT1, parts or (Part(WEST), Part(EAST))))


def region_of(town: Town, node: str) -> str:
    return town.store.places.nodes[node].region


def homes(town: Town, person: str) -> set[str | None]:
    return {membership.region for membership in town.person(person).memberships}


def test_everything_goes_where_it_lies(furnished: Town) -> None:
    counters = dict(furnished.store.places.counters)
    assert [r.code for r in split(furnished)] == [RT8, RT9]
    assert {node: region_of(furnished, node) for node in RT1_NODES} == {"ktg-1": RT9, "ktg-2": RT8, "gw-1": RT8}
    assert furnished.store.surroundings.kept_sites["pos-1"].region == RT9
    assert furnished.store.surroundings.kept_cameras["cam-1"].region == RT8
    assert homes(furnished, SARI.id) == {RT8}
    assert furnished.store.places.counters == counters, "the nodes are the same to the wire"
    assert furnished.store.places.nodes["ktg-1"].nonce is not None, "and are still awake"


def test_who_and_what_is_named_goes_there(furnished: Town) -> None:
    named = Part(EAST, frozenset({SARI.id}), frozenset({"gw-1"}), cameras=frozenset({"cam-1"}))
    split(furnished, Part(WEST, sites=frozenset({"pos-1"})), named)
    assert homes(furnished, SARI.id) == {RT9}
    assert homes(furnished, JOKO.id) == homes(furnished, HEAD.id) == {RT8}
    assert {node: region_of(furnished, node) for node in RT1_NODES} == {"ktg-1": RT8, "ktg-2": RT8, "gw-1": RT9}
    assert furnished.store.surroundings.kept_cameras["cam-1"].region == RT9


def test_the_old_rt_ends_and_is_followed(furnished: Town) -> None:
    split(furnished)
    places = furnished.store.places
    old = places.kept_regions[RT1]
    assert old.has_ended
    assert old.valid_until == places.kept_regions[RT8].valid_from == places.kept_regions[RT9].valid_from
    assert [region.code for region in places.current(RT1)] == [RT8, RT9]


def test_one_part_may_keep_the_code(furnished: Town) -> None:
    stays = Region(RT1, "RT 01 yang kecil", -6.98, 110.409)
    split(furnished, Part(EAST, frozenset({JOKO.id})), Part(stays))
    places = furnished.store.places
    assert not places.kept_regions[RT1].has_ended
    assert places.kept_regions[RT1].name == "RT 01 yang kecil"
    assert places.successors(RT1) == [RT9]
    assert [region.code for region in places.current(RT1)] == [RT1]
    assert homes(furnished, SARI.id) == {RT1}
    assert homes(furnished, JOKO.id) == {RT9}
    assert region_of(furnished, "ktg-2") == RT1


def test_what_hangs_on_the_code_goes_on_under_the_one_that_stays(furnished: Town) -> None:
    def file(uow: Any) -> None:
        now = uow.now()
        uow.roster.put_rota(Rota("rota", RT1, 0, time(22), timedelta(hours=6), (SARI.id,), date(2026, 1, 1)))
        uow.admissions.put_invitation(Invitation("poster", RT1, "hash", HEAD.id, now, now + timedelta(days=1), 5))
        uow.admissions.put_admission(Admission("asked", "newcomer", "Newcomer", None, RT1, "poster", now))
        drill = DrillSchedule("drill", RT1, IncidentKind.FIRE, None, 1, 6, time(9), HEAD.id, now, now, now)
        uow.plans.put_schedule(drill)

    furnished.do(file)
    split(furnished, Part(WEST), Part(EAST))
    found = furnished.do(
        lambda uow: (
            [rota.id for rota in uow.roster.rotas_of(RT8)],
            [invitation.id for invitation in uow.admissions.invitations_of(RT8)],
            [admission.id for admission in uow.admissions.pending(RT8)],
            [schedule.id for schedule in uow.plans.schedules([RT8])],
        )
    )
    assert found == (["rota"], ["poster"], ["asked"], ["drill"])


def test_neighbours_of_a_split_rt_are_only_suggested(furnished: Town) -> None:
    split(furnished)
    edges = furnished.store.surroundings.edges
    assert {pair for pair in edges if RT1 not in pair} == {(RT2, RT8), (RT2, RT9), (RT8, RT9)}
    assert {edge.basis for pair, edge in edges.items() if RT1 not in pair} == {Basis.SUGGESTED}


def test_a_merge_keeps_what_was_confirmed_and_everybody(furnished: Town) -> None:
    whole = Region(RT9, "RT 09", -6.98, 110.41)
    furnished.do(lambda uow: confirm_adjacency(uow, "admin", RT2, DEAF_RT))
    furnished.do(lambda uow: merge_regions(uow, "admin", [RT1, RT2], whole))
    assert {region_of(furnished, node) for node in (*RT1_NODES, "ktg-9")} == {RT9}
    assert homes(furnished, SARI.id) == homes(furnished, "far-head") == {RT9}
    for code in (RT1, RT2):
        assert [region.code for region in furnished.store.places.current(code)] == [RT9]
    edge = furnished.store.surroundings.edges[DEAF_RT, RT9]
    assert (edge.basis, edge.by) == (Basis.CONFIRMED, "admin")


def test_an_alarm_after_the_split_sounds_the_kentongan_of_the_new_rt(furnished: Town) -> None:
    split(furnished)
    furnished.press("ktg-1")
    assert {command.node for command in furnished.store.alarms.kept.values()} == {"ktg-1"}
    (incident,) = furnished.store.incidents.incidents.values()
    assert incident.region == RT9


def test_a_page_that_was_open_meanwhile_is_understood(furnished: Town) -> None:
    split(furnished, Part(WEST), Part(EAST, people=frozenset({SARI.id})))
    sari = furnished.person(SARI.id)
    taken = furnished.report(sari, IncidentKind.THEFT, region=RT1)
    assert furnished.store.incidents.incidents[taken.incident].region == RT9


def test_while_an_alarm_lives_nothing_is_changed(furnished: Town) -> None:
    furnished.press("ktg-1")
    with pytest.raises(ConflictError, match="silence it, or wait"):
        split(furnished)
    assert not furnished.store.places.kept_regions[RT1].has_ended


@pytest.mark.parametrize(
    ("parts", "error", "says"),
    [
        ((Part(WEST),), InvalidError, "two parts"),
        ((Part(WEST), Part(WEST)), InvalidError, "the same code"),
        ((Part(WEST), Part(replace(EAST, code=RT2))), ConflictError, "never used"),
        ((Part(WEST), Part(replace(EAST, code="33.74.01.1002/RW01/RT01"))), InvalidError, "another kelurahan"),
        ((Part(WEST), Part(replace(EAST, code="33.74.01.1001/RW01"))), InvalidError, "no RT's code"),
        ((Part(WEST), Part(replace(EAST, code="nowhere"))), InvalidError, "is no region's code"),
    ],
)
def test_a_split_that_cannot_be(furnished: Town, parts: tuple[Part, ...], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        split(furnished, *parts)
    assert region_of(furnished, "ktg-1") == RT1


@pytest.mark.parametrize(
    ("codes", "into", "error", "says"),
    [
        ([], WEST, InvalidError, "Name the RTs"),
        ([RT1], replace(WEST, code=RT1), InvalidError, "into itself"),
        ([RT1, "33.74.01.1001/RW01/RT77"], WEST, UnknownError, "import it first"),
        ([RT1, "33.74.01.1001"], WEST, InvalidError, "only RTs"),
    ],
)
def test_a_merge_that_cannot_be(
    furnished: Town, codes: list[str], into: Region, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        furnished.do(lambda uow: merge_regions(uow, "admin", codes, into))


def test_what_has_ended_is_not_split_again_and_its_code_stays_its_own(furnished: Town) -> None:
    split(furnished)
    with pytest.raises(ConflictError, match="successors"):
        split(furnished)
    again = Region(RT1, "RT 01", -6.98, 110.41)
    with pytest.raises(ConflictError, match="never used"):
        furnished.do(lambda uow: merge_regions(uow, "admin", [RT8, RT9], again))


def test_a_missing_rw_is_named(furnished: Town) -> None:
    furnished.do(lambda uow: uow.places.put_region(Region("33.74.01.1001/RW01", "RW 01", -6.98, 110.41)))
    with pytest.raises(UnknownError, match=r"no RW 33\.74\.01\.1001/RW02"):
        split(furnished, Part(WEST), Part(replace(EAST, code="33.74.01.1001/RW02/RT01")))


def test_both_are_on_the_record(furnished: Town) -> None:
    split(furnished)
    entries = [entry for entry in furnished.store.timeline.entries if entry.event == "region_split"]
    assert [(entry.region, entry.actor, entry.facts) for entry in entries] == [(RT1, "admin", {"into": [RT8, RT9]})]


def test_an_rt_that_ended_is_nobody_s_neighbour(furnished: Town) -> None:
    furnished.do(lambda uow: merge_regions(uow, "admin", [RT1, RT2], Region(RT1, "RT 01", -6.98, 110.41)))
    edges = furnished.store.surroundings.edges
    assert {edge.basis for pair, edge in edges.items() if RT2 in pair} == {Basis.REMOVED}
    assert furnished.do(lambda uow: rings(RT1, uow.surroundings.adjacencies_of, 3)) == {RT1: 0}
