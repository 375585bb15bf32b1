"""A made-up city to try things in: RTs around the middle of Semarang, each with two to five kentongan.

Names and codes of the kelurahan are real, everything below them is invented. The first RT is the visitor's home: one
of its kentongan is a gateway with a siren of its own, one hangs on that gateway's serial line, and one is run by a real
MicroPython where there is one.
"""

import math
import random
import secrets
from dataclasses import dataclass
from typing import Any

CENTRE = (-6.9903, 110.4229)
SPACING = 0.0017
KELURAHAN_SPACING = 0.0075
KELURAHAN = (
    ("33.74.01.1001", "Miroto"),
    ("33.74.01.1002", "Brumbungan"),
    ("33.74.01.1003", "Jagalan"),
    ("33.74.01.1004", "Kranggan"),
    ("33.74.01.1005", "Gabahan"),
    ("33.74.01.1006", "Kembangsari"),
    ("33.74.01.1007", "Sekayu"),
    ("33.74.01.1008", "Pandansari"),
)
RTS_PER_RW = 5
ROLES = ("resident", "rt_head", "operator", "admin")


@dataclass(frozen=True, slots=True)
class DemoCity:
    """The city as its programs read it, and which nodes are run in a way of their own."""

    description: dict[str, Any]
    tokens: dict[str, str]
    home: str
    gateway: str
    serial_node: str
    micropython_node: str

    @property
    def twin(self) -> str:
        """The kentongan that lives in a browser; it belongs to the home RT from the moment somebody opens its page."""
        return f"{self.home_prefix}-browser"

    @property
    def home_prefix(self) -> str:
        """What the names of the home RT's kentongan begin with."""
        return self.micropython_node.rpartition("-")[0]

    @property
    def with_twin(self) -> dict[str, Any]:
        """The description with the browser's kentongan in it."""
        home, *others = self.description["regions"]
        nodes = [*home["nodes"], {"id": self.twin, "role": "kentongan"}]
        return self.description | {"regions": [home | {"nodes": nodes}, *others]}

    @property
    def nodes(self) -> list[tuple[str, str]]:
        """(node, region) of every node."""
        return [(node["id"], region["code"]) for region in self.description["regions"] for node in region["nodes"]]


def make_city(rts: int) -> DemoCity:
    """A city of `rts` RTs; the same number gives the same city, with new tokens."""
    chance = random.Random(rts)  # noqa: S311  # a made-up city needs no secrecy
    regions = [_region(index, chance) for index in range(rts)]
    home = regions[0]
    tokens = {role: secrets.token_urlsafe(24) for role in ROLES}
    people: list[dict[str, Any]] = [
        {"id": "resident-1", "name": "Bu Sari", "role": "resident", "region": home["code"], "vouched": True},
        {"id": "rt-head-1", "name": "Pak Budi", "role": "rt_head", "region": home["code"], "vouched": True},
        {"id": "operator-1", "name": "Aiptu Wulan", "role": "operator", "region": None, "vouched": True},
        {"id": "admin-1", "name": "Admin Kota", "role": "admin", "region": None, "vouched": True},
    ]
    for person, role in zip(people, ROLES, strict=True):
        person["token"] = tokens[role]
    return DemoCity(
        description={"regions": regions, "people": people},
        tokens=tokens,
        home=home["code"],
        gateway=home["gateway"]["id"],
        serial_node=home["gateway"]["serial_nodes"][0],
        micropython_node=home["nodes"][0]["id"],
    )


def _region(index: int, chance: random.Random) -> dict[str, Any]:
    code, kelurahan = KELURAHAN[(index // RTS_PER_RW) % len(KELURAHAN)]
    rw = index // (RTS_PER_RW * len(KELURAHAN)) + 1
    rt = index % RTS_PER_RW + 1
    latitude, longitude = _place(index, chance)
    prefix = f"ktg-{index + 1:04d}"
    count = 3 if index == 0 else chance.randint(2, 5)
    nodes = [{"id": f"{prefix}-{number}", "role": "kentongan"} for number in range(1, count + 1)]
    gateway: dict[str, Any] | None = None
    if index == 0:
        serial_node = f"{prefix}-{count + 1}"
        gateway = {"id": f"gw-{index + 1:04d}", "serial_nodes": [serial_node]}
        nodes.append({"id": serial_node, "role": "kentongan"})
        nodes.append({"id": gateway["id"], "role": "gateway"})
    return {
        "code": f"{code}/RW{rw:02d}/RT{rt:02d}",
        "name": f"RT {rt:02d} RW {rw:02d} {kelurahan}",
        "latitude": latitude,
        "longitude": longitude,
        "nodes": nodes,
        "gateway": gateway,
    }


def _place(index: int, chance: random.Random) -> tuple[float, float]:
    """Each kelurahan around a middle of its own, its RTs like sunflower seeds: even, without a grid's stiffness."""
    round_, kelurahan = divmod(index // RTS_PER_RW, len(KELURAHAN))
    seed = round_ * RTS_PER_RW + index % RTS_PER_RW
    latitude, longitude = _seed(kelurahan, KELURAHAN_SPACING)
    across, along = _seed(seed, SPACING)
    wobble = [chance.uniform(-0.2, 0.2) * SPACING for _ in range(2)]
    return (
        round(CENTRE[0] + latitude + across + wobble[0], 6),
        round(CENTRE[1] + longitude + along + wobble[1], 6),
    )


def _seed(number: int, spacing: float) -> tuple[float, float]:
    radius, angle = spacing * math.sqrt(number), number * math.pi * (3 - math.sqrt(5))
    return radius * math.sin(angle), radius * math.cos(angle)
