"""The step pages of assembly, installing and maintenance: one page a step, both languages, a drawing of its own, a check before going on."""

import tomllib
from collections.abc import Callable
from pathlib import Path

from hardware.guide import assembly_scenes, place_scenes
from hardware.guide.canvas import Canvas

SOURCE = Path(__file__).resolve().parent / "steps.toml"
TITLES = {
    "assembly": ("Merakit", "Assembly"),
    "install": ("Memasang", "Installing"),
    "maintenance": ("Merawat", "Yearly maintenance"),
}
SCENES: dict[str, Callable[[Canvas], None]] = {**assembly_scenes.SCENES, **place_scenes.SCENES}
SHEET = (210.0, 156.0)


def step_pages() -> dict[str, str]:
    """Path below hardware/ → text: a page and its drawing for every step."""
    steps = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    found = {}
    for part, (title_id, title_en) in TITLES.items():
        count = len(steps[part])
        index = [f"# {title_id} · {title_en}", "", "Printed from [steps.toml](../guide/steps.toml); do not edit.", ""]
        for number, step in enumerate(steps[part], start=1):
            name = f"{number:02}.md"
            index += [f"{number}. [{step['head_id']}]({name}) · *{step['head_en']}*"]
            found[f"{part}/{name}"] = _page(title_id, title_en, number, count, step)
            found[f"{part}/{number:02}.svg"] = _drawing(f"{title_en} {number}", step)
        found[f"{part}/README.md"] = "\n".join(index) + "\n"
    return found


def _drawing(name: str, step: dict[str, str]) -> str:
    canvas = Canvas(*SHEET, name, step["head_id"], step["head_en"])
    SCENES[step["drawing"]](canvas)
    return canvas.svg()


def _page(title_id: str, title_en: str, number: int, count: int, step: dict[str, str]) -> str:
    back = f"[← {number - 1}]({number - 1:02}.md)" if number > 1 else "[↑](README.md)"
    on = f"[{number + 1} →]({number + 1:02}.md)" if number < count else "[↑](README.md)"
    return (
        f"# {title_id} {number}/{count} · {title_en}\n\n{step['id']}\n\n*{step['en']}*\n\n"
        f"![{step['head_id']} · {step['head_en']}]({number:02}.svg)\n\n"
        f"**Sebelum lanjut:** {step['check_id']}\n\n**Before going on:** *{step['check_en']}*\n\n{back} · {on}\n"
    )
