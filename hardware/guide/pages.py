"""The step pages: one page a step, Bahasa Indonesia first, with its drawing and what must hold before going on."""

import tomllib
from pathlib import Path

SOURCE = Path(__file__).resolve().parent / "steps.toml"
TITLES = {
    "assembly": ("Merakit", "Assembly"),
    "install": ("Memasang", "Installing"),
    "maintenance": ("Merawat", "Yearly maintenance"),
}


def step_pages() -> dict[str, str]:
    """Path below hardware/ → text."""
    steps = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    found = {}
    for part, (title_id, title_en) in TITLES.items():
        count = len(steps[part])
        index = [f"# {title_id} · {title_en}", "", "Printed from [steps.toml](../guide/steps.toml); do not edit.", ""]
        for number, step in enumerate(steps[part], start=1):
            name = f"{number:02}.md"
            index += [f"{number}. [{step['id'].split('.')[0]}]({name}) · *{step['en'].split('.')[0]}*"]
            found[f"{part}/{name}"] = _page(title_id, title_en, number, count, step)
        found[f"{part}/README.md"] = "\n".join(index) + "\n"
    return found


def pictures() -> set[str]:
    """Every drawing that a page shows, below hardware/."""
    steps = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    return {step["picture"] for part in TITLES for step in steps[part]}


def _page(title_id: str, title_en: str, number: int, count: int, step: dict[str, str]) -> str:
    back = f"[← {number - 1}]({number - 1:02}.md)" if number > 1 else "[↑](README.md)"
    on = f"[{number + 1} →]({number + 1:02}.md)" if number < count else "[↑](README.md)"
    return (
        f"# {title_id} {number}/{count} · {title_en}\n\n{step['id']}\n\n*{step['en']}*\n\n"
        f"![{title_en} {number}](../{step['picture']})\n\n"
        f"**Sebelum lanjut:** {step['check_id']}\n\n**Before going on:** *{step['check_en']}*\n\n{back} · {on}\n"
    )
