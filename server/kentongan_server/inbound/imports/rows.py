"""What a column may say, for each sort of file. Values are judged here one by one; what they mean together, in the core."""

from codecs import BOM_UTF8
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints, ValidationError

from kentongan_server.domain.outline import Outline
from kentongan_server.domain.place import NodeRole
from kentongan_server.domain.surroundings import Basis, CameraHealth, SiteKind
from kentongan_server.inbound.imports.geojson import read_geojson
from kentongan_server.inbound.imports.raw import ImportFileError, RawRow
from kentongan_server.inbound.imports.sheet import read_sheet
from kentongan_server.use_cases.governing.import_rows import Row, What

_BOOLEAN = {"ya": "true", "tidak": "false"}


def _decimal(value: str) -> str:
    return value.replace(",", ".") if value.count(",") == 1 and "." not in value else value


_Text = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
_Code = Annotated[str, StringConstraints(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")]
_Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:/-]{1,64}$")]
_NodeName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,32}$")]
# Off the map is judged in the core, which can say that latitude and longitude are swapped.
_Degrees = Annotated[float, BeforeValidator(_decimal), Field(allow_inf_nan=False)]
_YesOrNo = Annotated[bool, BeforeValidator(lambda value: _BOOLEAN.get(value.lower(), value))]


class _Row(BaseModel):
    """Every column may be empty: what is not said of a known thing stays as it is."""


class RegionRow(_Row):
    code: _Code = ""
    name: _Text = ""
    latitude: _Degrees = 0
    longitude: _Degrees = 0
    households: int | None = Field(None, ge=0, le=100_000_000)
    valid_from: date | None = None


class AdjacencyRow(_Row):
    a: _Code = ""
    b: _Code = ""
    basis: Basis = Basis.SUGGESTED


class SiteRow(_Row):
    id: _Id = ""
    region: _Code = ""
    kind: SiteKind = SiteKind.GUARD_POST
    name: _Text = ""
    latitude: _Degrees = 0
    longitude: _Degrees = 0


class KentonganRow(_Row):
    id: _NodeName = ""
    region: _Code = ""
    role: NodeRole = NodeRole.KENTONGAN
    site: _Id | None = None


class CameraRow(_Row):
    id: _Id = ""
    region: _Code = ""
    name: _Text = ""
    latitude: _Degrees = 0
    longitude: _Degrees = 0
    representative: _YesOrNo = False
    link: Annotated[str, StringConstraints(max_length=500, pattern=r"^[a-z][a-z0-9+.-]*://[^\s]+$")] | None = None
    health: CameraHealth = CameraHealth.UNKNOWN


ROWS: dict[What, type[_Row]] = {
    What.REGIONS: RegionRow,
    What.ADJACENCY: AdjacencyRow,
    What.SITES: SiteRow,
    What.KENTONGAN: KentonganRow,
    What.CAMERAS: CameraRow,
}


def columns_of(what: What) -> list[str]:
    """The columns that such a file may have, the key's first."""
    return list(ROWS[what].model_fields)


def read_rows(what: What, data: bytes) -> tuple[list[Row], list[str]]:
    """The rows, each with its values or its fault, and the columns that are not ours; ImportFileError for no such file."""
    is_json = data.removeprefix(BOM_UTF8).lstrip()[:1] == b"{"
    found = read_geojson(data) if is_json else read_sheet(data)
    ours = columns_of(what)
    key = ours[:2] if what is What.ADJACENCY else ours[:1]
    for column in key:
        if column not in found.columns and any(row.fault is None for row in found.rows):
            raise ImportFileError(f"The file has no column {column}; {what} have: {', '.join(ours)}.")
    return [_row(ROWS[what], raw, key) for raw in found.rows], [name for name in found.columns if name not in ours]


def _row(model: type[_Row], raw: RawRow, key: list[str]) -> Row:
    said = {name: value for name, value in raw.values.items() if name in model.model_fields}
    fault = raw.fault
    values: dict[str, Any] = {}
    if fault is None:
        try:
            values = model.model_validate(said).model_dump(exclude_unset=True)
        except ValidationError as error:
            faults = [f"{item['loc'][0]}: {item['msg']}" for item in error.errors(include_input=False)]
            fault = "; ".join(faults) + "."
    if fault is not None:  # the key as far as it can be read, so that the row is found
        values = {name: _printable(said[name]) for name in key if name in said}
    elif model is RegionRow and raw.shape:
        values["outline"] = Outline(values.get("code", ""), raw.shape)
    return Row(raw.number, values, fault)


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text[:64])
