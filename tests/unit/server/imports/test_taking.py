"""Rows that describe the city: created, changed, unchanged or refused, and a second time nothing at all."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.clock import FakeClock
from tests.fakes.identifiers import SequenceIdentifiers
from tests.fakes.unit_of_work import InMemoryTransactions

from kentongan_server.domain.place import NodeRole, Presence
from kentongan_server.domain.surroundings import Basis, SiteKind
from kentongan_server.inbound.cli.made_up_city import make_city
from kentongan_server.inbound.imports.rows import read_rows
from kentongan_server.inbound.imports.run import TOGETHER, Report, take_file
from kentongan_server.use_cases.governing.change_regions import Part, split_region
from kentongan_server.use_cases.governing.import_rows import Verdict, What

KELURAHAN = "33.74.12.1001"
RT1, RT2, FAR_RT = f"{KELURAHAN}/RW01/RT01", f"{KELURAHAN}/RW01/RT02", f"{KELURAHAN}/RW02/RT01"
TREE = f"""code,name,latitude,longitude,households
{RT1},RT 01,-7.0600,110.3800,55
{RT2},RT 02,-7.0605,110.3800,60
{KELURAHAN}/RW01,RW 01,-7.06,110.38,
{KELURAHAN},Sukorejo,-7.06,110.38,
33.74.12,Gunungpati,-7.065,110.375,
33.74,Kota Semarang,-6.99,110.4225,
"""


class Hall:
    """A city hall with a store, where files are taken."""

    def __init__(self) -> None:
        self.store = InMemoryTransactions(FakeClock(), SequenceIdentifiers(), {})

    def takes(
        self, what: str, text: str, by: str | None = "admin-1", *, dry_run: bool = False, all_or_nothing: bool = False
    ) -> Report:
        rows, ignored = read_rows(What(what), text.encode())
        taking = take_file(self.store, What(what), rows, ignored, by, dry_run=dry_run, all_or_nothing=all_or_nothing)
        return asyncio.run(taking)

    def refuses(self, what: str, text: str, **how: Any) -> str:
        """The sentence for the only row."""
        (outcome,) = self.takes(what, text, **how).outcomes
        assert outcome.verdict is Verdict.REFUSED, outcome
        assert outcome.detail is not None
        return outcome.detail


def verdicts(report: Report) -> list[str]:
    return [outcome.verdict.value for outcome in report.outcomes]


@pytest.fixture
def empty() -> Hall:
    return Hall()


@pytest.fixture
def hall(empty: Hall) -> Hall:
    """The hall once the tree is known."""
    assert set(verdicts(empty.takes("regions", TREE))) == {"created"}
    return empty


def test_the_order_of_the_file_does_not_matter(empty: Hall) -> None:
    report = empty.takes("regions", TREE)
    assert [outcome.row for outcome in report.outcomes] == [2, 3, 4, 5, 6, 7]
    assert (report.kept, report.count(Verdict.CREATED)) == (True, 6)
    assert empty.store.places.kept_regions[RT1].households == 55


def test_the_second_time_changes_nothing(hall: Hall) -> None:
    before = dict(hall.store.places.kept_regions)
    told = len(hall.store.timeline.entries)
    assert set(verdicts(hall.takes("regions", TREE))) == {"unchanged"}
    assert hall.store.places.kept_regions == before
    assert len(hall.store.timeline.entries) == told, "and there is nothing to tell"


def test_what_a_row_does_not_say_stays(hall: Hall) -> None:
    assert verdicts(hall.takes("regions", f"code,name\n{RT1},RT 01 Melati\n{RT2},RT 02\n")) == ["changed", "unchanged"]
    assert hall.store.places.kept_regions[RT1].name == "RT 01 Melati"
    assert hall.store.places.kept_regions[RT1].households == 55
    entry = hall.store.timeline.entries[-1]
    assert (entry.event, entry.actor) == ("places_imported", "admin-1")
    assert entry.facts == {"what": "regions", "created": 0, "changed": 1}


def test_a_dry_run_says_the_same_and_keeps_nothing(empty: Hall) -> None:
    text = f"{TREE}33.74.99.1001,lost,-7,110.4,\n{RT1},another,-7.06,110.38,55\n"
    would_be = empty.takes("regions", text, dry_run=True)
    assert not would_be.kept
    assert empty.store.places.kept_regions == {}
    assert empty.store.timeline.entries == []
    assert empty.takes("regions", text).outcomes == would_be.outcomes


def test_all_or_nothing_is_that(empty: Hall) -> None:
    report = empty.takes("regions", f"{TREE}nowhere,x,1,1,\n", all_or_nothing=True)
    assert (report.kept, report.count(Verdict.REFUSED), report.count(Verdict.CREATED)) == (False, 1, 6)
    assert empty.store.places.kept_regions == {}
    assert empty.takes("regions", TREE, all_or_nothing=True).kept
    assert len(empty.store.places.kept_regions) == 6


def test_thousands_of_bad_rows_are_thousands_of_sentences_and_the_good_ones_are_kept(empty: Hall) -> None:
    bad = "".join(f"33.74.12.1001/RW01/RT{number},bad,-7,110.4,\n" for number in range(5_000, 9_000))
    report = empty.takes("regions", TREE + bad)
    assert report.count(Verdict.REFUSED) == 4_000
    assert report.count(Verdict.CREATED) == 6
    assert all("is no region's code" in (o.detail or "") for o in report.outcomes[6:])
    assert len(empty.store.places.kept_regions) == 6


def test_two_rows_that_contradict_each_other_are_seen_even_where_a_portion_ends(empty: Hall) -> None:
    filler = "".join(f"{KELURAHAN}/RW01/RT{number},RT,-7.06,110.38,\n" for number in range(100, 100 + TOGETHER - 6))
    twice = f"{KELURAHAN}/RW01/RT02,another name,-7.0605,110.38,60\n{RT2},RT 02,-7.0605,110.38,60\n"
    report = empty.takes("regions", TREE + filler + twice)
    refused = [(o.row, o.detail) for o in report.outcomes if o.verdict is Verdict.REFUSED]
    assert refused == [(8 + TOGETHER - 6, "Another row of this file says something else of it; keep one.")]
    assert empty.store.places.kept_regions[RT2].name == "RT 02"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("33.74.12.1002/RW01,RW,-7,110.4", "33.74.12.1002, in which it lies, is not known"),
        (f"{FAR_RT[:-5]},RW 02,110.38,-7.06", "swapped"),
        (f"{FAR_RT[:-5]},RW 02,7.06,110.38", "not in Indonesia"),
        (f"{FAR_RT[:-5]},RW 02,-7.06,112.38", "km from"),
        (f"{FAR_RT[:-5]},,-7.06,110.38", "does not say: name."),
        (f"{FAR_RT[:-5]},RW 02,,", "does not say: latitude, longitude."),
        (",nameless,-7,110", "is no region's code"),
    ],
)
def test_a_region_that_cannot_be(hall: Hall, row: str, says: str) -> None:
    assert says in hall.refuses("regions", f"code,name,latitude,longitude\n{row}\n")


def test_an_ended_region_is_not_brought_back(hall: Hall) -> None:
    parts = [Part(replace(hall.store.places.kept_regions[RT1], code=f"{KELURAHAN}/RW01/RT0{n}")) for n in (8, 9)]
    hall.store.do(lambda uow: split_region(uow, "admin-1", RT1, parts))
    assert "ended on" in hall.refuses("regions", f"code,name\n{RT1},again\n")
    assert "successors" in hall.refuses("kentongan", f"id,region\nktg-1,{RT1}\n")


def test_sites_and_their_kentongan(hall: Hall) -> None:
    assert verdicts(hall.takes("sites", f"id,region,kind,name\npos-1,{RT1},guard_post,Pos\n")) == ["created"]
    assert hall.store.surroundings.kept_sites["pos-1"].kind is SiteKind.GUARD_POST
    text = f"id,region,role,site\nktg-1,,,pos-1\ngw-1,{RT1},gateway,\n"
    assert verdicts(hall.takes("kentongan", text)) == ["created", "created"]
    node = hall.store.places.nodes["ktg-1"]
    assert (node.region, node.site, node.role) == (RT1, "pos-1", NodeRole.KENTONGAN)
    hall.store.places.set_presence("ktg-1", Presence.ONLINE)
    assert verdicts(hall.takes("kentongan", text)) == ["unchanged", "unchanged"]
    assert verdicts(hall.takes("kentongan", f"id,region\nktg-1,{RT2}\n")) == ["changed"]
    moved = hall.store.places.nodes["ktg-1"]
    assert (moved.region, moved.site, moved.presence) == (RT2, None, Presence.ONLINE)


@pytest.mark.parametrize(
    ("what", "text", "says"),
    [
        ("kentongan", "id,region\nktg-1,33.74.12.1001/RW01\n", "is no RT"),
        ("kentongan", f"id,region\nktg-1,{FAR_RT}\n", "is not known; import it first"),
        ("kentongan", f"id,region\nKTG 1,{RT1}\n", "id:"),
        ("kentongan", "id,region\nktg-1,\n", "needs a region, or a site"),
        ("kentongan", "id,site\nktg-1,pos-9\n", "site pos-9 is not known"),
        ("kentongan", f"id,region,site\nktg-1,{RT2},pos-1\n", "stands in"),
        ("kentongan", f"id,region,role\nktg-1,{RT1},king\n", "role: Input should be 'kentongan' or 'gateway'"),
        ("sites", f"id,region,kind,name\npos-2,{RT1},castle,x\n", "kind: Input should be"),
        ("sites", f"id,region,kind,name,latitude\npos-2,{RT1},house,x,-7\n", "latitude and longitude, or neither"),
        ("sites", f"id,region,kind,name\npos-2,{RT1},,x\n", "does not say: kind"),
        ("cameras", f"id,region,name\ncam-1,{RT1},x\n", "does not say: latitude, longitude"),
        ("cameras", f"id,region,name,latitude,longitude\ncam-1,{RT1},x,-7.9,110.4\n", "km from"),
        ("cameras", f"id,region,name,latitude,longitude,link\ncam-1,{RT1},x,-7,110.4,no link\n", "link:"),
        ("adjacency", f"a,b\n{RT1},{RT1}\n", "its own neighbour"),
        ("adjacency", f"a,b\n{RT1},{KELURAHAN}\n", "is no RT"),
        ("adjacency", f"a,b\n{RT1},\n", "does not say: b"),
        ("adjacency", f"a,b,basis\n{RT1},{RT2},perhaps\n", "basis:"),
    ],
)
def test_what_else_cannot_be(hall: Hall, what: str, text: str, says: str) -> None:
    hall.takes("sites", f"id,region,kind,name\npos-1,{RT1},guard_post,Pos\n")
    assert says in hall.refuses(what, text)


def test_who_confirms_neighbours_is_named_and_keeps_the_last_word(hall: Hall) -> None:
    confirmed = f"a,b,basis\n{RT2},{RT1},confirmed\n"
    assert "--by" in hall.refuses("adjacency", confirmed, by=None)
    suggested = f"a,b\n{RT1},{RT2}\n"
    assert verdicts(hall.takes("adjacency", suggested, by=None)) == ["created"]
    assert verdicts(hall.takes("adjacency", confirmed)) == ["changed"]
    edge = hall.store.surroundings.edges[RT1, RT2]
    assert (edge.basis, edge.by, edge.distance_m) == (Basis.CONFIRMED, "admin-1", 56)
    for text in (suggested, confirmed):
        assert verdicts(hall.takes("adjacency", text, by="admin-2")) == ["unchanged"]
    assert verdicts(hall.takes("adjacency", f"a,b,basis\n{RT1},{RT2},removed\n")) == ["changed"]
    assert verdicts(hall.takes("adjacency", suggested)) == ["unchanged"]


@given(st.lists(st.sampled_from(TREE.splitlines()[1:]), max_size=12), st.booleans())
@settings(max_examples=60)
def test_taking_a_file_twice_is_taking_it_once(lines: list[str], all_or_nothing: bool) -> None:
    hall = Hall()
    text = "\n".join([TREE.splitlines()[0], *lines, ""])
    first = hall.takes("regions", text, all_or_nothing=all_or_nothing)
    kept = dict(hall.store.places.kept_regions)
    second = hall.takes("regions", text, all_or_nothing=all_or_nothing)
    assert hall.store.places.kept_regions == kept
    assert second.count(Verdict.CREATED) == (0 if first.kept else first.count(Verdict.CREATED))
    assert second.count(Verdict.REFUSED) == first.count(Verdict.REFUSED)


def test_a_made_up_city_is_taken_without_a_word(empty: Hall) -> None:
    city = make_city(seed=7, rts=300)
    for what in ("regions", "sites", "kentongan", "cameras", "adjacency"):
        rows = getattr(city, what)
        columns = list(dict.fromkeys(name for row in rows for name in row))
        lines = [",".join(str(row.get(name, "")) for name in columns) for row in rows]
        report = empty.takes(what, "\n".join([",".join(columns), *lines, ""]))
        assert verdicts(report) == ["created"] * len(rows)
