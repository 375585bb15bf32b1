"""A household sees its RT's kentongan, and has no way to command one."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment
from tests.unit.server.town import RT1, Town

from kentongan_contract import codec, topics
from kentongan_contract.seal import Key, seal
from kentongan_server.domain.errors import InvalidError, UnknownError
from kentongan_server.domain.surroundings import Site, SiteKind
from kentongan_server.inbound.http.home import shown_of
from kentongan_server.outbound.mqtt.home_assistant import HomeAssistantView
from kentongan_server.ports.home_view import Shown

EXAMPLE = Path(codec.__file__).parent / "examples" / "state.json"
POST = Shown("ktg-1", "Kentongan Pos kamling", "RT 01")


def words(found: Any) -> set[str]:
    """Every key anywhere in a document."""
    if isinstance(found, dict):
        return found.keys() | {word for inner in found.values() for word in words(inner)}
    return {word for inner in found for word in words(inner)} if isinstance(found, list) else set()


def seen(**different: Any) -> dict[str, str]:
    """What Home Assistant's templates make of a state as it travels; a field that is `...` is left out."""
    state = {**json.loads(EXAMPLE.read_text()), **different}
    state = {name: value for name, value in state.items() if value is not ...}
    travels = seal(Key(b"k" * 32), "state", "ktg-1", json.dumps(state).encode()).decode()
    environment = Environment(autoescape=True)
    environment.filters["from_json"] = json.loads
    (document,) = HomeAssistantView().documents([POST])
    return {
        name: environment.from_string(component["value_template"]).render(value=travels)
        for name, component in document.payload["components"].items()
    }


def test_nothing_in_it_can_command() -> None:
    (document,) = HomeAssistantView().documents([POST])
    assert [word for word in words(document.payload) if "command" in word or "set" in word.split("_")] == []
    platforms = {component["platform"] for component in document.payload["components"].values()}
    assert platforms == {"binary_sensor", "sensor"}, "no siren, switch, button or text: those are commanded"
    assert topics.down("ktg-1", "command") not in json.dumps(document.payload)
    named = set(re.findall(r"kentongan/v1/[^\"\s]+", json.dumps(document.payload)))
    assert named == {topics.up("ktg-1", "state")}


def test_the_bridge_only_fetches_and_only_states() -> None:
    lines = HomeAssistantView().bridge([POST, Shown("ktg-2", "x", "y")], "home-12").splitlines()
    carried = [line for line in lines if line.startswith("topic")]
    assert carried == [f"topic {topics.up(node, 'state')} in 1" for node in ("ktg-1", "ktg-2")]
    assert "remote_username home-12" in lines


def test_what_is_said_is_what_is_shown() -> None:
    assert seen() == {
        "online": "ON", "sounding": "ON", "opened": "ON", "trouble": "ON", "battery": "12640", "signal": "-61",
    }  # fmt: skip
    quiet = seen(siren="silent", troubles=[], presence="offline", battery_mv=None)
    assert quiet == {
        "online": "OFF", "sounding": "OFF", "opened": "OFF", "trouble": "OFF", "battery": "None", "signal": "-61",
    }  # fmt: skip


def test_a_state_from_before_troubles_were_told_is_understood() -> None:
    assert seen(troubles=..., temperature_c=...) == {**seen(), "opened": "OFF", "trouble": "OFF"}


def test_every_entity_has_a_name_of_its_own_for_ever() -> None:
    documents = HomeAssistantView().documents([POST, Shown("ktg-2", "x", "y")])
    ids = [component["unique_id"] for one in documents for component in one.payload["components"].values()]
    assert len(ids) == len(set(ids)) == 12
    assert [one.topic for one in documents] == [f"homeassistant/device/kentongan_ktg-{n}/config" for n in (1, 2)]


def test_kentongan_are_called_by_where_they_hang(town: Town) -> None:
    town.do(lambda uow: uow.surroundings.put_sites([Site("pos-1", RT1, SiteKind.GUARD_POST, "Pos kamling")]))
    town.do(lambda uow: uow.places.put_node(replace(uow.places.node("ktg-1"), site="pos-1")))
    names = {one.node: one.name for one in town.do(lambda uow: shown_of(uow, RT1))}
    assert names == {"gw-1": "Kentongan gw-1", "ktg-1": "Kentongan Pos kamling", "ktg-2": "Kentongan ktg-2"}


@pytest.mark.parametrize(("code", "error"), [("33.74", InvalidError), ("33.74.01.1001/RW01/RT77", UnknownError)])
def test_only_an_rt_of_today_is_shown(town: Town, code: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        town.do(lambda uow: shown_of(uow, code))
