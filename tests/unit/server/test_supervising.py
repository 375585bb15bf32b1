"""Whether the devices are alive, and the city they belong to."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.unit.server.town import CITY, EVERYBODY, RT1, RT2, SARI, Town

from kentongan_server.domain.errors import UnknownError
from kentongan_server.domain.place import Node, Presence
from kentongan_server.use_cases.governing.install_city import City, install_city
from kentongan_server.use_cases.supervising.note_state import find_silent_nodes

PATIENCE = timedelta(seconds=19)


@pytest.fixture
def said(town: Town) -> Node:
    """The last word of ktg-1: boot 5, session 3, seq 10."""
    word = replace(
        town.store.places.nodes["ktg-1"], presence=Presence.ONLINE, boot=5, session=3, seq=10, nonce="a" * 16
    )
    assert town.says_state(word)
    return word


def presences(town: Town) -> list[tuple[str, str]]:
    return [
        (entry.facts["node"], entry.facts["presence"])
        for entry in town.store.timeline.entries
        if entry.event == "presence_changed"
    ]


@pytest.mark.parametrize("newer", [(5, 3, 11), (5, 4, 0), (6, 0, 0)])
def test_a_newer_word_is_kept(town: Town, said: Node, newer: tuple[int, int, int]) -> None:
    boot, session, seq = newer
    word = replace(said, boot=boot, session=session, seq=seq, siren="sounding", nonce="b" * 16)
    assert town.says_state(word)
    assert town.store.places.nodes["ktg-1"] == word


@pytest.mark.parametrize("older", [(5, 3, 10), (5, 3, 9), (5, 2, 99), (4, 99, 99)])
def test_an_older_or_repeated_word_is_ignored(town: Town, said: Node, older: tuple[int, int, int]) -> None:
    boot, session, seq = older
    before = list(town.store.timeline.entries)
    assert not town.says_state(replace(said, boot=boot, session=session, seq=seq, siren="sounding"))
    assert town.store.places.nodes["ktg-1"] == said
    assert town.store.timeline.entries == before


def test_region_and_role_are_the_city_s_record(town: Town, said: Node) -> None:
    town.says_state(replace(said, seq=11, region=RT2))
    assert town.store.places.nodes["ktg-1"].region == RT1


def test_a_node_of_no_city_is_ignored(town: Town, said: Node) -> None:
    assert not town.says_state(replace(said, id="stray", boot=99))
    assert "stray" not in town.store.places.nodes


def test_the_last_will_of_this_connection_is_believed(town: Town, said: Node) -> None:
    assert town.says_state(replace(said, presence=Presence.OFFLINE, seq=0))
    assert town.store.places.nodes["ktg-1"] == replace(said, presence=Presence.OFFLINE)
    assert presences(town)[-1] == ("ktg-1", "offline")


@pytest.mark.parametrize(("boot", "session"), [(5, 2), (4, 3), (5, 4)])
def test_the_last_will_of_another_connection_is_stale(town: Town, said: Node, boot: int, session: int) -> None:
    assert not town.says_state(replace(said, presence=Presence.OFFLINE, boot=boot, session=session, seq=99))
    assert town.store.places.nodes["ktg-1"].presence is Presence.ONLINE


def test_a_node_comes_back_with_its_next_word(town: Town, said: Node) -> None:
    town.says_state(replace(said, presence=Presence.OFFLINE, seq=0))
    assert not town.says_state(said), "the broker's retained copy proves nothing"
    assert town.says_state(replace(said, session=4, seq=11))
    assert presences(town)[-2:] == [("ktg-1", "offline"), ("ktg-1", "online")]


def test_presence_is_noted_when_it_changes_and_not_with_every_word(town: Town, said: Node) -> None:
    before = len(presences(town))
    for seq in range(11, 20):
        town.says_state(replace(said, seq=seq))
    town.says_state(replace(said, presence=Presence.OFFLINE))
    town.says_state(replace(said, presence=Presence.OFFLINE))
    assert len(presences(town)) == before + 1


def test_a_heartbeat_within_a_session_does_not_hurry_its_commands(town: Town, said: Node) -> None:
    town.press("ktg-1")
    town.says_state(replace(said, seq=11))
    assert town.due_orders() == []
    town.says_state(replace(said, session=4, seq=12))
    assert [order.node for order in town.due_orders()] == ["ktg-1"]


def test_silent_nodes_are_found_once(town: Town) -> None:
    def find() -> int:
        return town.do(lambda uow: find_silent_nodes(uow, PATIENCE))

    town.wait(19)
    assert find() == 0
    town.wakes("ktg-1")
    town.wait(0.001)
    assert find() == 3
    assert town.store.places.nodes["ktg-1"].presence is Presence.ONLINE
    assert sorted(presences(town)[-3:]) == [("gw-1", "offline"), ("ktg-2", "offline"), ("ktg-9", "offline")]
    assert find() == 0


def test_nodes_that_never_spoke_are_not_called_silent(asleep: Town) -> None:
    asleep.wait(3600)
    assert asleep.do(lambda uow: find_silent_nodes(uow, PATIENCE)) == 0


# the city


def everything(town: Town) -> list[object]:
    store = town.store
    return [
        store.places.kept_regions,
        store.places.nodes,
        store.places.counters,
        store.people.names,
        store.people.grants,
        store.people.tokens,
    ]


def test_installing_the_city_again_changes_nothing(town: Town) -> None:
    town.press("ktg-1")
    before = [dict(book) for book in everything(town)]
    town.do(lambda uow: install_city(uow, CITY))
    assert everything(town) == before


def test_the_city_is_installed_as_described(asleep: Town) -> None:
    assert set(asleep.store.places.nodes) == {node.id for node in CITY.nodes}
    assert {asleep.store.people.person(name, asleep.clock.now()) for name in asleep.store.people.names} == set(
        EVERYBODY
    )
    assert asleep.do(lambda uow: uow.people.bearer(f"{'sari':0>64}", uow.now())) == SARI


def test_a_node_that_moved_hangs_in_its_new_rt(town: Town) -> None:
    moved = [replace(node, region=RT2) for node in CITY.nodes if node.id == "ktg-1"]
    heard = town.store.places.nodes["ktg-1"]
    town.do(lambda uow: install_city(uow, City([], moved, [])))
    assert town.store.places.nodes["ktg-1"] == replace(heard, region=RT2)
    incident = town.press("ktg-9").incident
    assert {command.node for command in town.soundings(incident)} == {"ktg-1", "ktg-9"}


def test_a_city_that_cannot_be_kept_leaves_the_old_one(town: Town) -> None:
    stray = [replace(CITY.nodes[0], id="stray", region="nowhere")]
    renamed = [replace(CITY.regions[0], name="another name")]
    with pytest.raises(UnknownError, match="nowhere"):
        town.do(lambda uow: install_city(uow, City(renamed, stray, [])))
    assert town.store.places.kept_regions[RT1].name == CITY.regions[0].name
