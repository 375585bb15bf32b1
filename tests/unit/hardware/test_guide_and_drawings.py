"""Every picture and link of the pages exists, and a drawing that differs from the circuit is seen."""

import re
import tomllib

import pytest
from hardware.board.circuit import build
from hardware.board.schematics import Sheet, differences
from hardware.guide.pages import SOURCE, pictures
from hardware.job import HERE

PAGES = sorted(path for path in HERE.rglob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(HERE)))
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        assert (page.parent / target).exists(), f"{target} in {page.relative_to(HERE)}"


def test_every_step_has_both_languages_and_a_picture():
    steps = tomllib.loads(SOURCE.read_text())
    for part in steps.values():
        for step in part:
            assert set(step) == {"id", "en", "picture", "check_id", "check_en"}
            assert all(value.strip() for value in step.values())
    assert all((HERE / picture).is_file() for picture in pictures())


def test_the_manifest_names_what_is_there():
    manifest = tomllib.loads((HERE / "okh.toml").read_text())
    assert manifest["license"] == "CERN-OHL-S-2.0"
    for path in [manifest["bom"], manifest["image"], *manifest["source"], *manifest["export"]]:
        assert (HERE / path).exists(), path


def true_sheet() -> Sheet:
    """The microphone's block by hand: each pin on a wire of its own to its net's name."""
    sheet = Sheet("sensors")
    place = 0.0
    for part in build().parts:
        if part.block == "sensors":
            for pin, net in part.nets.items():
                place += 1.0
                sheet.pins.append((part.ref, pin, (place, 0.0)))
                sheet.wires.append(((place, 0.0), (place, 1.0)))
                sheet.names.append((net, (place, 1.0)))
    return sheet


def test_a_true_drawing_has_no_difference():
    assert differences(true_sheet(), build(), "sensors") == []


@pytest.mark.parametrize("spoil", ["wire", "name", "pin", "short"])
def test_a_false_drawing_is_seen(spoil):
    sheet = true_sheet()
    if spoil == "wire":
        sheet.wires.pop()
    elif spoil == "name":
        sheet.names[0] = ("GND", sheet.names[0][1])
    elif spoil == "pin":
        sheet.pins.pop()
    else:
        sheet.wires.append((sheet.pins[0][2], sheet.pins[1][2]))
    assert differences(sheet, build(), "sensors") != []
