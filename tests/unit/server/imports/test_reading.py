"""Files as people have them, read row by row: a fault in one is that row's, and says what to do."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan_server.inbound.imports.raw import MOST_ROWS, ImportFileError
from kentongan_server.inbound.imports.rows import read_rows
from kentongan_server.use_cases.governing.import_rows import What

GUNUNGPATI = {"code": "33.74.12", "name": "Gunungpati", "latitude": -7.06, "longitude": 110.38}


def regions(text: str | bytes) -> list[Any]:
    rows, _ = read_rows(What.REGIONS, text if isinstance(text, bytes) else text.encode())
    return rows


def only(text: str | bytes) -> Any:
    (row,) = regions(text)
    return row


def feature(geometry: Any, **properties: Any) -> str:
    plain = {"code": "33.74.12", "name": "Gunungpati", **properties}
    found = {"type": "Feature", "properties": plain, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [found]})


@pytest.mark.parametrize(
    "text",
    [
        "code,name,latitude,longitude\n33.74.12,Gunungpati,-7.06,110.38\n",
        "code,name,latitude,longitude\r\n33.74.12,Gunungpati,-7.06,110.38",
        "\ufeffcode,name,latitude,longitude\n33.74.12,Gunungpati,-7.06,110.38\n",
        "Kode;Nama;Lintang;Bujur\n33.74.12;Gunungpati;-7,06;110,38\n",
        "KODE\tNAMA\tLAT\tLNG\n33.74.12\t Gunungpati \t-7.06\t110.38\n\n",
        '"code","name","lat","lon"\n"33.74.12","Gunungpati","-7,06","110,38"\n,,,\n',
        feature({"type": "Point", "coordinates": [110.38, -7.06, 259]}),
        feature(None, lat=-7.06, lon="110.38"),
    ],
    ids=["plain", "windows", "byte order mark", "Indonesian Excel", "tabs", "quoted", "GeoJSON", "properties only"],
)
def test_the_same_region_however_it_is_written(text: str) -> None:
    row = only(text)
    assert row.fault is None
    assert row.values == GUNUNGPATI


def test_what_a_cell_does_not_say_is_not_said() -> None:
    assert only("code,name,households\n33.74.12,,\n").values == {"code": "33.74.12"}


def test_rows_are_counted_as_the_file_counts() -> None:
    rows = regions('code,name\n\n33.74,"Kota\nSemarang"\n33.74.12,x,y\n33.74.13,z\n')
    assert [(row.number, row.fault is None) for row in rows] == [(4, False), (5, False), (6, True)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("code,latitude\n33.74,abc\n", "latitude: Input should be a valid number"),
        ("code,latitude\n33.74,nan\n", "latitude: Input should be a finite number"),
        ("code,households\n33.74,-1\n", "households:"),
        ("code,valid_from\n33.74,12/01/2026\n", "valid_from:"),
        ("code,name\n33.74,a\x00b\n", "name:"),
        (f"code,name\n33.74,{'x' * 201}\n", "name: String should have at most 200"),
        (b"code,name\n33.74,caf\xe9\n", "name: this is not in UTF-8"),
        (f'code,name\n33.74,"{"x" * 200_000}"\n', "cannot be read"),
        ("code,name\n33.74\n", "This row has 1 values, the first line names 2 columns."),
        (feature({"type": "LineString", "coordinates": []}), "must be a Point"),
        (feature({"type": "Point", "coordinates": ["a", 1]}), "[longitude, latitude]"),
        (feature({"type": "Point", "coordinates": [1e400, 1]}).replace("Infinity", "1e400"), "[longitude, latitude]"),
        (feature({"type": "Polygon", "coordinates": [[[1, 1], [2, 2]]]}), "three corners"),
        (feature({"type": "Polygon", "coordinates": []}), "three corners"),
        (feature({"type": "MultiPolygon", "coordinates": 7}), "no coordinates"),
        (feature({"type": "MultiPolygon", "coordinates": []}), "no area"),
        (feature([], name="x"), "must be a Point"),
        (feature(None, name="\ud800"), "half a character"),
        ('{"type": "FeatureCollection", "features": [7, {"properties": {"code": "33.74"}}]}', "This is no feature"),
    ],
)
def test_a_fault_is_its_row_s(text: str | bytes, says: str) -> None:
    row = regions(text)[0]
    assert row.fault is not None
    assert says in row.fault
    assert row.fault.endswith(".")
    assert len(row.fault) < 500


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"name,latitude\nx,1\n", "no column code"),
        (b"code,kode\n33.74,33.74\n", "code stands there twice"),
        ("code,name\n33.74,x".encode("utf-16"), "UTF-16"),
        (b'{"type": "FeatureCollection"', "its JSON is damaged"),
        (b'{"a": ' * 5000, "its JSON is damaged"),
        (b'{"type": "FeatureCollection", "features": 7}', "no GeoJSON of features"),
        (b'{"type": "Topology"}', "no GeoJSON of features"),
        (b'{"type": "FeatureCollection", "features": [{"properties": {"name": "\xff"}}]}', "not in UTF-8"),
        (b'"' + b"x" * 200_000, "first line cannot be read"),
        (b"code\n" + b"33.74\n" * (MOST_ROWS + 1), "send it in parts"),
    ],
    ids=lambda found: repr(found[:20]),
)
def test_a_file_that_is_none(data: bytes, says: str) -> None:
    with pytest.raises(ImportFileError, match=says) as refused:
        read_rows(What.REGIONS, data)
    assert str(refused.value).endswith(".")


def test_an_area_gives_a_point_inside_it() -> None:
    ring = [[110.3, -7.1], [110.5, -7.1], [110.5, -6.9], [110.3, -6.9], [110.3, -7.1]]
    row = only(feature({"type": "MultiPolygon", "coordinates": [[ring]]}))
    assert (row.values["latitude"], row.values["longitude"]) == pytest.approx((-7.0, 110.4))


def test_columns_that_are_not_ours_are_named() -> None:
    rows, ignored = read_rows(What.CAMERAS, b"id,region,merk,link\ncam-1,33.74,Acme,rtsp://10.0.0.1/1\n")
    assert ignored == ["merk"]
    assert rows[0].values == {"id": "cam-1", "region": "33.74", "link": "rtsp://10.0.0.1/1"}


@pytest.mark.parametrize("yes", ["ya", "Ya", "true", "1", "yes"])
def test_yes_in_every_tongue(yes: str) -> None:
    rows, _ = read_rows(What.CAMERAS, f"id,representative\ncam-1,{yes}\ncam-2,tidak\ncam-3,mungkin\n".encode())
    assert [row.values.get("representative") for row in rows] == [True, False, None]
    assert "representative" in (rows[2].fault or "")


@given(what=st.sampled_from(What), data=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_no_bytes_break_it(what: What, data: bytes) -> None:
    try:
        rows, _ = read_rows(what, data)
    except ImportFileError:
        return
    assert all(row.fault is None or row.fault.endswith(".") for row in rows)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["type", "properties", "geometry", "coordinates", "features", "code"]), inner
            )
        ),
        max_leaves=12,
    )
)
def test_no_json_breaks_it(found: Any) -> None:
    data = json.dumps({"type": "FeatureCollection", "features": found if isinstance(found, list) else [found]})
    try:
        rows, _ = read_rows(What.REGIONS, data.encode())
    except ImportFileError:
        return
    assert all(row.fault is None or row.fault.endswith(".") for row in rows)
