"""The city that the benchmarks run in: as many RTs as a run needs, each with its kentongan and a few residents."""

import secrets
from dataclasses import dataclass
from typing import Any

KENTONGAN_PER_RT = 3
RESIDENTS_PER_RT = 4


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """One RT: its code, its kentongan, and the access tokens of its vouched residents."""

    code: str
    nodes: tuple[str, ...]
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BenchCity:
    """The city as the server's city file has it, and the same for the load generator."""

    description: dict[str, Any]
    rts: tuple[Neighbourhood, ...]
    operator: str
    city_admin: str


def make_city(rts: int, kentongan: int = KENTONGAN_PER_RT, residents: int = RESIDENTS_PER_RT) -> BenchCity:
    """A city of `rts` RTs with so many kentongan and residents each."""
    places = tuple(
        Neighbourhood(
            code=f"33.74.01.{1001 + index // 500}/RW{index // 10 % 50 + 1:02d}/RT{index % 10 + 1:02d}",
            nodes=tuple(f"ktg-{index:05d}-{number}" for number in range(1, kentongan + 1)),
            tokens=tuple(secrets.token_urlsafe(24) for _ in range(residents)),
        )
        for index in range(rts)
    )
    officials = {"operator": secrets.token_urlsafe(24), "city_admin": secrets.token_urlsafe(24)}
    people = [
        {
            "id": f"resident-{index}-{number}",
            "name": f"Warga {index}-{number}",
            "role": "resident",
            "region": place.code,
            "vouched": True,
            "token": token,
        }
        for index, place in enumerate(places)
        for number, token in enumerate(place.tokens)
    ]
    people += [
        {"id": f"{role}-1", "name": role, "role": role, "region": None, "vouched": True, "token": token}
        for role, token in officials.items()
    ]
    regions = [
        {
            "code": place.code,
            "name": f"RT {index}",
            "latitude": -6.99 + index * 1e-5,
            "longitude": 110.42,
            "nodes": [{"id": node, "role": "kentongan"} for node in place.nodes],
            "gateway": None,
        }
        for index, place in enumerate(places)
    ]
    return BenchCity({"regions": regions, "people": people}, places, **officials)
