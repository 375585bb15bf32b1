"""The made-up Semarang: of real size, within its bounds, and the same for the same seed."""

import csv
from pathlib import Path

import pytest

from kentongan_server.domain.region_code import Level, level_of, parent_of
from kentongan_server.inbound.cli.made_up_city import (
    EAST,
    KECAMATAN_FILE,
    NORTH,
    SOUTH,
    WEST,
    MadeUpCity,
    levels,
    make_city,
    write_city,
)
from kentongan_server.inbound.imports.rows import read_rows
from kentongan_server.use_cases.governing.import_rows import What


@pytest.fixture(scope="module")
def city() -> MadeUpCity:
    return make_city(seed=1)


def test_it_has_the_real_numbers(city: MadeUpCity) -> None:
    assert levels(city) == {Level.KOTA: 1, Level.KECAMATAN: 16, Level.KELURAHAN: 177, Level.RW: 1_518, Level.RT: 10_628}
    rts = [row for row in city.regions if level_of(row["code"]) is Level.RT]
    assert sum(row["households"] for row in rts) == 588_000
    assert len(city.cameras) == 14_000
    assert len(city.kentongan) == len(city.sites) == 10_628
    assert all(10 <= row["households"] <= 200 for row in rts)


def test_everything_hangs_in_the_tree_and_lies_within_the_city(city: MadeUpCity) -> None:
    codes = [row["code"] for row in city.regions]
    known = set(codes)
    assert len(known) == len(codes)
    assert all((parent_of(code) or code) in known for code in codes)
    for row in (*city.regions, *city.sites, *city.cameras):
        assert SOUTH <= row["latitude"] <= NORTH
        assert WEST <= row["longitude"] <= EAST


def test_most_rts_have_neighbours(city: MadeUpCity) -> None:
    beside = {code for edge in city.adjacency for code in (edge["a"], edge["b"])}
    assert len(beside) > 0.98 * 10_628


def test_a_seed_is_a_city(city: MadeUpCity) -> None:
    assert make_city(seed=1) == city
    assert make_city(seed=2, rts=50) == make_city(seed=2, rts=50) != make_city(seed=3, rts=50)


@pytest.mark.parametrize("rts", [1, 2, 99, 1_000])
def test_a_smaller_city_is_whole(rts: int) -> None:
    city = make_city(seed=1, rts=rts)
    assert levels(city)[Level.RT] == rts
    codes = {row["code"] for row in city.regions}
    assert all((parent_of(code) or code) in codes for code in codes)


def test_it_is_written_as_files_that_can_be_read(tmp_path: Path) -> None:
    city = make_city(seed=1, rts=20)
    for what, path in write_city(city, tmp_path / "new" / "folder").items():
        rows, ignored = read_rows(What(what), path.read_bytes())
        assert [row.fault for row in rows] == [None] * len(getattr(city, what))
        assert ignored == []


def test_the_kecamatan_of_semarang_are_a_file_to_import() -> None:
    rows, ignored = read_rows(What.REGIONS, KECAMATAN_FILE.read_bytes())
    assert [row.values["code"] for row in rows] == ["33.74", *(f"33.74.{number:02d}" for number in range(1, 17))]
    assert [row.fault for row in rows] == [None] * 17
    assert ignored == ["kelurahan"]
    with KECAMATAN_FILE.open() as file:
        counts = [int(row["kelurahan"]) for row in csv.DictReader(file)]
    assert counts[0] == sum(counts[1:]) == 177
