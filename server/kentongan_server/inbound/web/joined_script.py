"""One script out of the page's modules, so that a slow telephone asks once and not two dozen times.

Each module becomes a room of its own (a function whose result is what it exports), in the order of need. The modules
keep to a small part of the language, and anything else is refused when the server starts: imports on one line, by name
and from beside (`import { a, b } from "./x.js";`), and exports of a function, class or const where it is declared. A
module that is imported later (`import("./map.js")`) finds the rooms of the first script instead of copies.
"""

import re
from collections.abc import Mapping

ENTRY = "app.js"

_IMPORT = re.compile(r'^import (\{ .+ \}) from "\./(\w+\.js)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
_OTHER_IMPORT = re.compile(r"^import\b(?!\().*", re.MULTILINE)
_OTHER_EXPORT = re.compile(r"^export\b.*", re.MULTILINE)
_BLOCK_COMMENT = re.compile(r"^[ \t]*/\*.*?\*/[ \t]*\n", re.MULTILINE | re.DOTALL)
_LINE_COMMENT = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)
_LAST_COMMENT = re.compile(r"[ \t]+// [^\"'`\n]*$", re.MULTILINE)  # without quotes, so that no text ends within it


def join(sources: Mapping[str, str], entry: str = ENTRY) -> dict[str, str]:
    """The scripts to serve: the joined entry, and what nobody imports at once, by name; ValueError when refused."""
    order = _in_order_of_need(entry, sources)
    rooms = "".join(_room(name, sources[name]) for name in order[:-1])
    shared = ", ".join(f'"{name}": {_variable(name)}' for name in order[:-1])
    served = {entry: lean(f"{rooms}export const rooms = {{ {shared} }};\n{_inside(entry, sources[entry])}")}
    for name in sources.keys() - set(order):
        later = [one for one in _in_order_of_need(name, sources) if one not in order]
        begin = f'import {{ rooms }} from "./{entry}";\n'
        known = sorted({needed for one in later for needed in _needs(sources[one]) if needed in order})
        begin += "".join(f'const {_variable(one)} = rooms["{one}"];\n' for one in known)
        rest = "".join(_room(one, sources[one]) for one in later[:-1])
        served[name] = lean(begin + rest + _linked(name, sources[name]))
    return served


def lean(source: str) -> str:
    """The script without comments and indentation; untouched when a template text spans lines."""
    if any(line.count("`") % 2 for line in source.splitlines()):
        return source
    bare = _LAST_COMMENT.sub("", _LINE_COMMENT.sub("", _BLOCK_COMMENT.sub("", source)))
    return "".join(f"{line.strip()}\n" for line in bare.splitlines() if line.strip())


def _in_order_of_need(entry: str, sources: Mapping[str, str]) -> list[str]:
    order: list[str] = []

    def visit(name: str, on_the_way: tuple[str, ...]) -> None:
        if name in on_the_way:
            raise ValueError(f"{name} imports itself by way of {' and '.join(on_the_way)}")
        if name in order:
            return
        for needed in _needs(sources[name]):
            visit(needed, (*on_the_way, name))
        order.append(name)

    visit(entry, ())
    return order


def _needs(source: str) -> list[str]:
    return [name for _, name in _IMPORT.findall(source)]


def _room(name: str, source: str) -> str:
    given = ", ".join(_EXPORT.findall(source))
    return f"const {_variable(name)} = (() => {{\n{_inside(name, source)}return {{ {given} }};\n}})();\n"


def _inside(name: str, source: str) -> str:
    return _refuse(_OTHER_EXPORT, name, _EXPORT.sub("", _linked(name, source)))


def _linked(name: str, source: str) -> str:
    return _refuse(_OTHER_IMPORT, name, _IMPORT.sub(_take, source))


def _refuse(beyond: re.Pattern[str], name: str, source: str) -> str:
    if found := beyond.search(source):
        raise ValueError(f"{name}: {found.group()!r} is beyond what the page's modules may say")
    return source


def _take(found: re.Match[str]) -> str:
    return f"const {found[1].replace(' as ', ': ')} = {_variable(found[2])};"


def _variable(name: str) -> str:
    return f"room_{name.removesuffix('.js')}"
