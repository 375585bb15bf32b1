"""Every picture and link of the pages exists, and a drawing that differs from the circuit is seen."""

import dataclasses
import re
import tomllib
from xml.etree import ElementTree as ET

import pytest
from hardware.board import bodies as bodies_file
from hardware.board.bodies import BodyError, bodies
from hardware.board.circuit import build
from hardware.board.drawn import differences, read
from hardware.guide.canvas import STYLES, Canvas
from hardware.guide.pages import SCENES, SHEET, SOURCE
from hardware.guide.views import plan, terminals
from hardware.job import HERE

PAGES = sorted(path for path in HERE.rglob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(HERE)))
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        assert (page.parent / target).exists(), f"{target} in {page.relative_to(HERE)}"


STEPS = [(part, step) for part, steps in tomllib.loads(SOURCE.read_text()).items() for step in steps]


def test_every_step_has_both_languages_and_a_drawing_of_its_own():
    for _, step in STEPS:
        assert set(step) == {"head_id", "head_en", "drawing", "id", "en", "check_id", "check_en"}
        assert all(value.strip() for value in step.values())
    assert sorted(step["drawing"] for _, step in STEPS) == sorted(SCENES)  # each once, none left over


@pytest.mark.parametrize(("part", "step"), STEPS, ids=[step["drawing"] for _, step in STEPS])
def test_a_drawing_is_sound_speaks_both_languages_and_marks_what_the_step_is_about(part, step):
    number = [one for there, one in STEPS if there == part].index(step) + 1
    text = (HERE / part / f"{number:02}.svg").read_text()
    tree = ET.fromstring(text)  # noqa: S314  # our own file
    words = {"".join(element.itertext()) for element in tree.iter() if element.tag.endswith("text")}
    assert {step["head_id"], step["head_en"]} <= words
    assert STYLES["now"] in text or STYLES["wire"] in text
    assert f"]({number:02}.svg)" in (HERE / part / f"{number:02}.md").read_text()
    width, height = SHEET
    for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", " ".join(e.get("points", "") for e in tree.iter())):
        assert -1 <= float(x) <= width + 10
        assert -12 <= float(y) <= height + 1


def test_the_drawings_follow_the_board_file():
    text = bodies_file.BOARD.read_text()
    part = next(one for one in bodies(text) if one.ref == "C2")
    place = re.search(r'\n\t\(footprint "Capacitor_SMD:C_1210.*?\n\t\)', text[text.index('"C2"') - 4000 :], re.DOTALL)[
        0
    ]
    moved = place.replace("(at 172.285 95.475)", "(at 170.285 95.475)", 1)
    assert moved != place
    after = next(one for one in bodies(text.replace(place, moved)) if one.ref == "C2")
    assert after.box[0] == pytest.approx(part.box[0] - 2)


def test_a_part_of_unknown_size_and_a_part_that_is_not_there_are_sentences():
    text = bodies_file.BOARD.read_text().replace("Package_SO:SOIC-8", "Package_SO:SOIC-80")
    assert len(bodies(text)) == len(build().parts)  # SOIC-80 begins alike
    with pytest.raises(BodyError, match="nobody knows how high a QFN is"):
        bodies(text.replace("Package_SO:SOIC-80_3.9x4.9mm_P1.27mm", "Package_SO:QFN"))
    canvas = Canvas(10, 10, "n", "i", "e")
    with pytest.raises(ValueError, match="the board has no R999"):
        plan(canvas, (0, 0), ["R999"])
    with pytest.raises(ValueError, match="no terminal is labelled SIREN"):
        terminals(canvas, (0, 0), ["SIREN"])


def test_every_part_of_the_circuit_has_a_body():
    assert {body.ref for body in bodies()} == {part.ref for part in build().parts}


def test_the_manifest_names_what_is_there():
    manifest = tomllib.loads((HERE / "okh.toml").read_text())
    assert manifest["license"] == "CERN-OHL-S-2.0"
    for path in [manifest["bom"], manifest["image"], *manifest["source"], *manifest["export"]]:
        assert (HERE / path).exists(), path


DRAWINGS = HERE / "board/generated/drawings"
BLOCKS = sorted({part.block for part in build().parts})
LINE = re.compile(r'<path d="M ([^"]*)"([^>]*stroke-width:1\.5)')


def svg(block: str) -> str:
    return (DRAWINGS / f"{block.replace(' ', '_')}.svg").read_text()


@pytest.mark.parametrize("block", BLOCKS)
def test_the_published_drawing_shows_the_circuit(block):
    assert differences(read(svg(block)), build(), block) == []


def test_a_wire_that_is_moved_in_the_file_is_seen():
    text = svg("siren")
    wire = LINE.search(text)
    moved = re.sub(r"(-?[\d.]+),", lambda number: f"{float(number[1]) + 30:g},", wire[1])
    spoiled = text[: wire.start(1)] + moved + text[wire.end(1) :]
    assert differences(read(spoiled), build(), "siren") != []


@pytest.mark.parametrize("block", BLOCKS)
def test_every_wire_that_is_moved_is_seen(block):
    sheet, circuit = read(svg(block)), build()
    assert len(sheet.wires) == sum(
        net != "-" for part in circuit.parts if part.block == block for net in part.nets.values()
    )
    for place, wire in enumerate(sheet.wires):
        sheet.wires[place] = [(x + 30, y) for x, y in wire]
        assert differences(sheet, circuit, block) != [], wire
        sheet.wires[place] = wire


@pytest.mark.parametrize("spoil", ["wire", "net", "pin", "part", "earth"])
def test_a_line_or_a_word_that_is_missing_is_seen(spoil):
    sheet = read(svg("siren"))
    getattr(sheet, {"wire": "wires", "net": "nets", "pin": "pins", "part": "parts", "earth": "earths"}[spoil]).pop(0)
    assert differences(sheet, build(), "siren") != []


def test_a_wire_too_many_is_seen():
    sheet = read(svg("siren"))
    sheet.wires.append([sheet.wires[0][0], sheet.wires[5][-1]])
    assert differences(sheet, build(), "siren") != []


def test_a_drawing_of_another_circuit_is_seen():
    wrong = build()
    one = next(place for place, part in enumerate(wrong.parts) if part.ref == "R2")
    part = wrong.parts[one]
    wrong.parts[one] = dataclasses.replace(part, nets={"1": part.nets["2"], "2": part.nets["1"]})
    assert len(differences(read(svg(part.block)), wrong, part.block)) == 2
