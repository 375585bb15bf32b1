"""A change of the codebook reaches every kentongan that is there, whichever server took it, and so does the way back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.fakes.sounder import FakeSounder
from tests.unit.server.town import ADMIN, HEAD, RT1, RT2, Town

from kentongan_server.domain.codebook import SHIPPED, Codebook, Rhythm
from kentongan_server.domain.incident_kind import IncidentKind
from kentongan_server.domain.place import Region
from kentongan_server.inbound.mqtt.codebook_watch import CodebookWatch
from kentongan_server.use_cases.alarming.adopt_codebook import adopt_codebook, forget_own
from kentongan_server.use_cases.governing.change_regions import Part, split_region
from kentongan_server.use_cases.governing.import_rows import Row, What, take_rows
from kentongan_server.use_cases.governing.install_city import City, install_city

NODES = {"ktg-1": RT1, "ktg-2": RT1, "ktg-9": RT2}


class Server:
    """One of the servers, and the kentongan that it hears: they keep the highest revision, as the firmware does."""

    def __init__(self, town: Town) -> None:
        self.sounder = FakeSounder()
        self.watch = CodebookWatch(town.store, self.sounder)
        self.kept = dict.fromkeys(NODES, (0, "built in"))

    async def beat(self) -> None:
        """A heartbeat of each."""
        for node, region in NODES.items():
            await self.watch.keeps(node, region, self.kept[node][0])
        self.learn()

    async def look(self) -> None:
        await self.watch.look()
        self.learn()

    def learn(self) -> None:
        """Keep what was taught, if it is newer."""
        for node, book in self.sounder.books:
            if book.revision > self.kept[node][0]:
                self.kept[node] = book.revision, book.version
        self.sounder.books.clear()

    def versions(self) -> list[str]:
        return [version for _, version in self.kept.values()]


@pytest.fixture
async def servers(town: Town) -> list[Server]:
    """Two on one record, each of which hears every node; all kentongan know the shipped codebook."""
    found = [Server(town), Server(town)]
    for server in found:
        await server.beat()
        await server.beat()  # they say what they have learned
        assert server.versions() == ["semarang-1"] * 3
    return found


def _adopted(town: Town, region: str | None, pause_ms: int = 200) -> Codebook:
    theft = replace(SHIPPED.codes[IncidentKind.THEFT], beats=(90, pause_ms, 90, 900))
    rhythm = Rhythm(theft.pattern, theft.beats, theft.rounds, theft.duration_ms, theft.colour)
    who = HEAD if region else ADMIN
    return town.do(lambda uow: adopt_codebook(uow, who, region, {IncidentKind.THEFT: rhythm}, None))


async def test_a_change_reaches_both_servers_nodes_without_a_new_session(town: Town, servers: list[Server]) -> None:
    book = _adopted(town, None)
    for server in servers:
        await server.look()
        assert server.versions() == [book.version] * 3


async def test_what_did_not_change_is_not_taught_again(town: Town, servers: list[Server]) -> None:
    _adopted(town, RT1)
    await servers[0].watch.look()
    assert [node for node, _ in servers[0].sounder.books] == ["ktg-1", "ktg-2"]
    servers[0].learn()
    await servers[0].watch.look()
    await servers[0].beat()
    assert servers[0].sounder.taught[5:] == []  # three at first, two for the change


@pytest.mark.parametrize("city_has_changed", [False, True])
async def test_going_back_to_the_city_s_takes_the_old_beats_off(
    town: Town, servers: list[Server], city_has_changed: bool
) -> None:
    city = _adopted(town, None).version if city_has_changed else "semarang-1"
    town.wait(3600)
    own = _adopted(town, RT1)
    await servers[1].look()
    assert servers[1].versions() == [own.version, own.version, city]
    town.do(lambda uow: forget_own(uow, HEAD, RT1))
    for server in servers:
        await server.look()
        assert server.versions() == [city] * 3


async def test_of_two_changes_in_one_moment_the_second_is_the_newer(town: Town, servers: list[Server]) -> None:
    """Nor does a clock that was set back make a new codebook an old one."""
    first = _adopted(town, RT1)
    second = _adopted(town, RT1, pause_ms=210)
    assert second.adopted_at == first.adopted_at + timedelta(milliseconds=1)
    town.do(lambda uow: forget_own(uow, HEAD, RT1))
    await servers[0].look()
    assert servers[0].versions() == ["semarang-1"] * 3


async def test_a_node_that_could_not_be_told_is_told_at_its_heartbeat(town: Town, servers: list[Server]) -> None:
    book = _adopted(town, None)
    servers[0].sounder.away = True
    await servers[0].look()
    servers[0].sounder.away = False
    await servers[0].beat()
    assert servers[0].versions() == [book.version] * 3


@pytest.mark.parametrize("way", ["import", "city file", "split"])
async def test_a_kentongan_that_moves_learns_the_beats_of_the_rt_it_comes_to(
    town: Town, servers: list[Server], way: str
) -> None:
    """It keeps the highest revision it was ever taught, and the RT that it leaves changed its own last."""
    settled = _adopted(town, None)
    left = _adopted(town, RT1, 240)
    for server in servers:
        await server.look()
        assert server.versions() == [left.version, left.version, settled.version]
    town.wait(60)
    to, code = RT2, settled.version
    node = town.store.places.nodes["ktg-2"]
    if way == "import":
        town.do(lambda uow: take_rows(uow, What.KENTONGAN, [Row(1, {"id": node.id, "region": to})], "admin"))
    elif way == "city file":
        town.do(lambda uow: install_city(uow, City([], [replace(node, region=to)], [])))
    else:
        to = RT1.replace("RT01", "RT77")
        parts = [
            Part(town.do(lambda uow: uow.places.region(RT1))),
            Part(Region(to, "RT 77", -6.98, 110.41), nodes=frozenset({node.id})),
        ]
        town.do(lambda uow: split_region(uow, "admin", RT1, parts))
    for server in servers:
        await server.look()
        await server.watch.keeps(node.id, to, server.kept[node.id][0])  # its next heartbeat
        server.learn()
        assert server.kept[node.id][1] == code
        await server.watch.keeps(node.id, to, server.kept[node.id][0])
        assert server.sounder.books == []  # it says what it has learned, and is left in peace
