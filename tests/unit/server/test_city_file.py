"""The city as a file describes it: what is read, and what is refused with a sentence."""

import hashlib
import json
from typing import Any

import pytest
from tests.unit.server.town import SARI, Town

from kentongan_server.domain.errors import ConflictError, UnknownError
from kentongan_server.domain.people import Membership, Person, Role
from kentongan_server.domain.place import NodeRole, Presence, Region
from kentongan_server.inbound.cli.city_file import CityFileError, read_city
from kentongan_server.use_cases.governing.install_city import install_city

TOKEN = "a token of sixteen and more"


def a_city(**different: Any) -> dict[str, Any]:
    """A city with a gateway, as the other programs read it too."""
    return {
        "regions": [
            {
                "code": "33.74.01.1001/RW01/RT01",
                "name": "RT 01 RW 01 Miroto",
                "latitude": -6.98,
                "longitude": 110.41,
                "nodes": [{"id": "ktg-0101-1", "role": "kentongan"}, {"id": "gw-0101", "role": "gateway"}],
                "gateway": {"id": "gw-0101", "serial_nodes": ["ktg-0101-1"]},
            }
        ],
        "people": [
            {
                "id": "resident-1",
                "name": "Bu Sari",
                "role": "resident",
                "region": "33.74.01.1001/RW01/RT01",
                "vouched": True,
                "token": TOKEN,
            },
            {"id": "admin-1", "name": "Bu Lurah", "role": "admin"},
        ],
        **different,
    }


def changed(path: str, value: Any) -> bytes:
    """The city with one thing in it different; `...` takes it away."""
    city = json.loads(json.dumps(a_city()))
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place: Any = city
    for part in way:
        place = place[part]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return json.dumps(city).encode()


def test_a_city_is_read() -> None:
    city = read_city(json.dumps(a_city()).encode())
    assert city.regions == [Region("33.74.01.1001/RW01/RT01", "RT 01 RW 01 Miroto", -6.98, 110.41)]
    assert [(node.id, node.role, node.presence) for node in city.nodes] == [
        ("ktg-0101-1", NodeRole.KENTONGAN, Presence.UNKNOWN),
        ("gw-0101", NodeRole.GATEWAY, Presence.UNKNOWN),
    ]
    membership = Membership(Role.RESIDENT, "33.74.01.1001/RW01/RT01", True)
    assert city.people == [
        (Person("resident-1", "Bu Sari", (membership,)), hashlib.sha256(TOKEN.encode()).hexdigest()),
        (Person("admin-1", "Bu Lurah", (Membership(Role.CITY_ADMIN, None, False),)), None),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "the file: Invalid JSON"),
        (b"{", "the file: Invalid JSON"),
        (b"[]", "the file: Input should be an object"),
        (b"\xff", "the file: Invalid JSON"),
        (b'{"regions": 7}', "regions: Input should be a valid array"),
        (changed("regions", ...), "regions: Field required"),
        (changed("regions.0.code", ""), "regions.0.code"),
        (changed("regions.0.latitude", float("nan")), "regions.0.latitude: Input should be a finite number"),
        (changed("regions.0.longitude", 181), "regions.0.longitude"),
        (changed("regions.0.nodes.0.id", "+/#"), "regions.0.nodes.0.id: String should match"),
        (changed("regions.0.nodes.0.role", "toaster"), "regions.0.nodes.0.role"),
        (changed("regions.0.nodes.1.id", "ktg-0101-1"), "The node ktg-0101-1 stands there twice."),
        (changed("people.0.role", "king"), "people.0.role"),
        (changed("people.0.token", "short"), "people.0.token: String should have at least 16 characters"),
        (changed("people.1.id", "resident-1"), "The person resident-1 stands there twice."),
        (json.dumps(a_city(regions=a_city()["regions"] * 2)).encode(), "stands there twice."),
    ],
)
def test_what_is_no_city_is_refused_with_a_sentence(text: bytes, says: str) -> None:
    with pytest.raises(CityFileError) as refusal:
        read_city(text)
    assert says in str(refusal.value)
    assert str(refusal.value).endswith(".")


def test_a_token_that_is_refused_is_not_repeated() -> None:
    with pytest.raises(CityFileError) as refusal:
        read_city(changed("people.0.token", ["SECRET-TOKEN"]))
    assert "SECRET-TOKEN" not in str(refusal.value)


# what the store refuses


def install(town: Town, text: bytes) -> None:
    city = read_city(text)
    town.do(lambda uow: install_city(uow, city))


def test_nobody_lives_in_a_region_that_is_none(town: Town) -> None:
    with pytest.raises(UnknownError, match="The person resident-1 belongs to nowhere"):
        install(town, changed("people.0.region", "nowhere"))
    assert "resident-1" not in town.store.people.names


def test_a_token_has_one_owner(town: Town) -> None:
    with pytest.raises(ConflictError, match="Two people"):
        install(town, changed("people.1.token", TOKEN))
    install(town, json.dumps(a_city()).encode())
    stranger = [{"id": "thief", "name": "Thief", "role": "resident", "token": TOKEN}]
    with pytest.raises(ConflictError, match="resident-1's already"):
        install(town, json.dumps(a_city(people=stranger)).encode())
    holder = town.do(lambda uow: uow.people.bearer(hashlib.sha256(TOKEN.encode()).hexdigest(), uow.now()))
    assert holder.id == "resident-1"


def test_tokens_may_change_hands_within_a_city(town: Town) -> None:
    install(town, json.dumps(a_city()).encode())
    people = a_city()["people"]
    people[0]["token"], people[1]["token"] = "another token of hers", TOKEN
    install(town, json.dumps(a_city(people=people[::-1])).encode())

    def holder(token: str) -> str:
        return town.do(lambda uow: uow.people.bearer(hashlib.sha256(token.encode()).hexdigest(), uow.now())).id

    assert (holder(TOKEN), holder("another token of hers")) == ("admin-1", "resident-1")


def test_those_who_are_not_named_stay(town: Town) -> None:
    install(town, json.dumps(a_city()).encode())
    assert town.do(lambda uow: uow.people.person("sari", uow.now())) == SARI
