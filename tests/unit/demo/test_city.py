"""The demo's city is one that every program accepts."""

import pytest

from kentongan_broker import enrol
from kentongan_contract.topics import is_node_name
from kentongan_demo.city import make_city


@pytest.mark.parametrize("rts", [1, 2, 30, 41, 500])
def test_a_city_of_any_size_has_unique_names_and_two_to_five_kentongan_an_rt(rts: int):
    city = make_city(rts)
    regions = city.description["regions"]
    assert len({region["code"] for region in regions}) == rts
    names = [node for node, _ in city.nodes]
    assert len(set(names)) == len(names)
    assert all(is_node_name(name) for name in names)
    assert all(2 <= len(region["nodes"]) <= 5 for region in regions)
    enrol(city.description)  # refuses a city that contradicts itself


def test_the_home_rt_shows_every_way_to_be_a_kentongan():
    city = make_city(30)
    home = city.description["regions"][0]
    assert home["code"] == city.home
    names = {node["id"] for node in home["nodes"]}
    assert {city.gateway, city.serial_node, city.micropython_node} <= names
    assert len({city.gateway, city.serial_node, city.micropython_node}) == 3
    assert home["gateway"] == {"id": city.gateway, "serial_nodes": [city.serial_node]}


def test_the_same_number_gives_the_same_city_with_new_tokens():
    first, second = make_city(7), make_city(7)
    assert first.description["regions"] == second.description["regions"]
    assert not set(first.tokens.values()) & set(second.tokens.values())
