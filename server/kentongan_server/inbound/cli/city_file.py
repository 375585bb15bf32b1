"""The city as a file describes it: read strictly, and refused with a sentence that says where it is wrong.

One file seeds server, broker, gateways and simulator, so what is there for the others is passed over. Of an access
token only its hash goes further.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from kentongan_server.domain.errors import InvalidError
from kentongan_server.domain.people import Membership, Person, Role
from kentongan_server.domain.place import NodeRole, Region, unheard_node
from kentongan_server.domain.region_code import Level, level_of
from kentongan_server.use_cases.governing.install_city import City

MOST_FAULTS = 5

_Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]
_NodeName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,32}$")]
_Role = Annotated[Role, BeforeValidator(lambda role: "city_admin" if role == "admin" else role)]


class CityFileError(Exception):
    """The file describes no city; the text says where and why."""


class _NodeIn(BaseModel):
    id: _NodeName
    role: NodeRole = NodeRole.KENTONGAN


def _rt_code(code: str) -> str:
    try:
        if level_of(code) is Level.RT:
            return code
    except InvalidError as error:
        raise ValueError(str(error)) from error
    raise ValueError(f"{code} is no RT; kentongan hang in RTs alone, the regions above them are imported")


class _RegionIn(BaseModel):
    model_config = ConfigDict(allow_inf_nan=False)
    code: Annotated[str, AfterValidator(_rt_code)]
    name: Annotated[str, StringConstraints(min_length=1)]
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    nodes: list[_NodeIn] = []


class _PersonIn(BaseModel):
    id: _Id
    name: Annotated[str, StringConstraints(min_length=1)]
    role: _Role
    region: _Id | None = None
    vouched: bool = False
    token: Annotated[str, StringConstraints(min_length=16)] | None = None


class _CityIn(BaseModel):
    regions: list[_RegionIn]
    people: list[_PersonIn] = []


def read_city(text: bytes) -> City:
    """The city in this JSON; CityFileError for anything doubtful."""
    try:
        found = _CityIn.model_validate_json(text)
    except ValidationError as error:
        faults = [f"{_where(item['loc'])}: {item['msg']}" for item in error.errors(include_input=False)[:MOST_FAULTS]]
        raise CityFileError("; ".join(faults) + ".") from None
    _assert_once("The region", (region.code for region in found.regions))
    _assert_once("The node", (node.id for region in found.regions for node in region.nodes))
    _assert_once("The person", (person.id for person in found.people))
    return City(
        regions=[Region(region.code, region.name, region.latitude, region.longitude) for region in found.regions],
        nodes=[unheard_node(node.id, region.code, node.role) for region in found.regions for node in region.nodes],
        people=[_person(person) for person in found.people],
    )


def _assert_once(sort: str, names: Iterable[str]) -> None:
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise CityFileError(f"{sort} {repeated[0]} stands there twice.")


def _where(path: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in path) or "the file"


def _person(person: _PersonIn) -> tuple[Person, str | None]:
    membership = Membership(person.role, person.region, person.vouched)
    hashed = hashlib.sha256(person.token.encode()).hexdigest() if person.token else None
    return Person(person.id, person.name, (membership,)), hashed
