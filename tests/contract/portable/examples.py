"""The golden examples, read from beside the package as both interpreters can."""

import json
import os

import kentongan_contract

FOLDER = kentongan_contract.__file__[: -len("__init__.py")] + "examples/"


def files(folder):
    """The names of the JSON files in a folder of examples."""
    return sorted(name for name in os.listdir(FOLDER + folder) if name.endswith(".json"))  # noqa: PTH208


def read(name):
    """The bytes of one example."""
    with open(FOLDER + name, "rb") as file:  # noqa: PTH123
        return file.read()


def fields(kind):
    """The wire fields of a kind's golden example."""
    return json.loads(read(kind + ".json").decode())
