"""Every refusal has one root, so that the edge can answer all of them."""

import importlib
import inspect
import pkgutil

import kentongan_server
from kentongan_server.domain.errors import KentonganError

CORE = ("kentongan_server.domain", "kentongan_server.use_cases")


def errors_of_the_core() -> list[type]:
    found = []
    for module in pkgutil.walk_packages(kentongan_server.__path__, "kentongan_server."):
        if module.name.startswith(CORE):
            members = inspect.getmembers(importlib.import_module(module.name), inspect.isclass)
            found += [cls for _, cls in members if issubclass(cls, Exception) and cls.__module__ == module.name]
    return found


def test_every_error_of_the_core_inherits_the_root() -> None:
    found = errors_of_the_core()
    assert len(found) >= 6
    assert [cls for cls in found if not issubclass(cls, KentonganError)] == []
