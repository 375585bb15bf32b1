"""The pages that are printed from data: requirements, parts to buy, power, sound. Pure Python; compared in every check."""

from hardware import checks
from hardware.board.circuit import build
from hardware.bom import parts
from hardware.guide.pages import step_pages
from hardware.power import budget
from hardware.sound import coverage
from hardware.stickers import sheets
from hardware.test import limits

AGAIN = "`./kentongan hardware pages`"
PLACES = ((60, 60), (120, 90), (200, 30), (250, 150))


def pages() -> dict[str, str]:
    """Path below hardware/ → text."""
    return (
        {
            "REQUIREMENTS.md": _requirements(),
            "bom/README.md": _parts(),
            "power/README.md": _power(),
            "sound/README.md": _sound(),
            "test/first_prototype.md": _prototype(),
            "test/limits.md": _limits(),
            "stickers/README.md": _stickers(),
        }
        | {f"stickers/{name}": text for name, text in sheets.sheets().items()}
        | step_pages()
    )


def _head(title: str, sources: str) -> list[str]:
    return [f"# {title}", "", f"Printed from {sources}; do not edit. Again: {AGAIN}.", ""]


def _requirements() -> str:
    lines = _head("What the hardware is held to", "[requirements.toml](requirements.toml) and [checks.py](checks.py)")
    lines += ["| id | what | required | found | proven by | source |", "|---|---|---|---|---|---|"]
    found = checks.verdicts(checks.read())
    for one in found:
        sign = {"at least": "≥", "at most": "≤", "exactly": "="}[one.compare]
        note = "" if one.holds else " **not met**"
        if one.goal is not None:
            better = one.found <= one.goal if one.compare == "at most" else one.found >= one.goal
            note += f" (goal {one.goal:g}: {'met' if better else 'not met'})"
        number = f"{one.found:.3g}" if one.found < 100 else f"{one.found:.0f}"
        lines.append(
            f"| {one.id} | {one.text} | {sign} {one.value:g} {one.unit} | {number}{note} | `{one.check}` | {one.source} |"
        )
    lines += [
        "",
        "Everything here is calculated or simulated. Nothing was built: [what the first prototype must measure]",
    ]
    lines[-1] += "(test/first_prototype.md)."
    return "\n".join(lines) + "\n"


def _prototype() -> str:
    lines = _head("What the first prototype must measure", "[requirements.toml](../requirements.toml)")
    lines += [
        "Nothing in this folder was fabricated. A number becomes a fact on this page, with a date and a name.",
        "",
    ]
    lines += ["| id | what | required | how | measured, date, by |", "|---|---|---|---|---|"]
    for one in checks.verdicts(checks.read()):
        if one.prototype:
            lines.append(f"| {one.id} | {one.text} | {one.compare} {one.value:g} {one.unit} | {one.prototype} | |")
    more = (
        "Wi-Fi range with the board in its box, beside the bare module: no more than 3 dB lost",
        "warmth of the 5 V module and of the reverse guard after 30 min of alarm at 45 °C around the box",
        "pin order and row distance (22.86 mm) of the very DevKit that was bought, before it is plugged in",
        "RS-485 over 300 m with 8 nodes, the last one terminated: frames lost of 10,000",
        "rain test of the closed box (IP65: glands, button, siren)",
    )
    lines += ["", "And what no calculation here speaks of:", "", *[f"- [ ] {line}" for line in more]]
    return "\n".join(lines) + "\n"


def _stickers() -> str:
    lines = _head("Stickers", "the pin maps, the circuit and the harness")
    lines += [
        "Print at 1:1 on weatherproof film. `claim_specimen.svg` shows the claim sticker; a box's own is made where its code is:",
        "",
        "    ./kentongan hardware sticker --serial PI-0001 --key factory.pub --code CODE-ON-THE-BOX",
        "",
        "| sticker | where |",
        "|---|---|",
    ]
    for name in sorted(sheets.sheets()):
        where = "both ends of every wire" if name.startswith("wires_") else "inside the lid"
        lines.append(f"| [{name}]({name}) | {where} |")
    return "\n".join(lines) + "\n"


def _limits() -> str:
    lines = _head("What is read on every board", "[requirements.toml](../requirements.toml)")
    lines += ["By the jig: [how](README.md). The loops' limits are their bands at every tolerance corner.", ""]
    found = limits.limits().values()
    for name, words in limits.setups().items():
        lines += [f"## {name}", "", words["id"], "", f"*{words['en']}*", ""]
        lines += ["| reading | read by | at least | at most | unit | requirement |", "|---|---|---|---|---|---|"]
        lines += [
            f"| `{one.name}` | {one.by} | {one.low:g} | {one.high:g} | {one.unit} | {one.requirement} |"
            for one in found
            if one.at == name
        ]
        lines.append("")
    return "\n".join(lines)


def _parts() -> str:
    bom, circuit = parts.read(), build()
    lines = _head("What to buy", "[bom.toml](bom.toml) and the circuit")
    lines += [
        f"**Prices are estimates of {bom['meta']['date']}, not offers**, unless the line names who published them. Low and high",
        "are what we expect to see; the middle is their mean. What was chosen to save: [decision 0025](../../docs/decisions/0025-hardware-is-source.md).",
        "",
        "| variant | low | middle | high | in USD, for one kentongan |",
        "|---|---|---|---|---|",
    ]
    for variant, name in parts.VARIANTS.items():
        low, middle, high = parts.total(bom, circuit, variant)
        lines.append(f"| {name} | {low:.0f} | **{middle:.0f}** | {high:.0f} | {_verdict(low, middle)} |")
    for option in bom["option"]:
        low, middle, high = parts.option_total(bom, circuit, option)
        lines.append(
            f"| {option['name']}: {option['item']} | {low:.0f} | **{middle:.0f}** | {high:.0f} | {_verdict(low, middle)} |"
        )
    for variant, name in parts.VARIANTS.items():
        lines += [
            "",
            f"## {name}",
            "",
            "| n | part | designators | or | low | high | price |",
            "|---|---|---|---|---|---|---|",
        ]
        for line in parts.lines(bom, circuit, variant):
            row = (
                line.count,
                line.what,
                line.refs,
                "; ".join(line.alternates),
                f"{line.low:.2f}",
                f"{line.high:.2f}",
                line.price,
            )
            lines.append(f"| {' | '.join(map(str, row))} |")
    return "\n".join(lines) + "\n"


def _verdict(low: float, middle: float) -> str:
    if middle <= 100:
        return "the goal of 100 is met at middle prices"
    return "the goal of 100 is met at low prices only" if low <= 100 else "the goal of 100 is not met"


def _power() -> str:
    facts = budget.read()
    lines = _head("How long it stands without mains", "[budget.toml](budget.toml)")
    lines += [
        "Hours of standby **before** half an hour of alarm, which is still in the battery then. Currents come from data",
        "sheets and other people's measurements; none was measured on this board.",
        "",
        "| variant | case | from the battery | standby | back to 80 % | why |",
        "|---|---|---|---|---|---|",
    ]
    for one in budget.standby(facts):
        row = (
            f"| {parts.VARIANTS[one.variant]} | {one.name}, {one.battery} | {one.battery_ma:.0f} mA, {one.watt:.2f} W "
        )
        lines.append(row + f"| **{one.hours:.0f} h** | {one.recharge_hours:.0f} h | {one.why} |")
    lines += [
        "",
        "*Kabel* hangs on its switch: with the UPS above it does not reach the 12 h of grade 2. Three days take 100 Ah for",
        "the switch and four kentongan ([option and price](../bom/README.md)); *Papan Induk* brings its own battery.",
        "",
        "| battery | V | Ah | health | usable | source |",
        "|---|---|---|---|---|---|",
    ]
    for name, one in facts["battery"].items():
        lines.append(
            f"| {name} | {one['volt']} | {one['ampere_hours']} | {one['health']} | {one['usable']} | {one['source']} |"
        )
    return "\n".join(lines) + "\n"


def _sound() -> str:
    lines = _head("How many sirens does this RT need?", "[coverage.py](coverage.py)")
    lines += [
        "    ./kentongan hardware sound --width 120 --length 90 --level 110 --mount 4",
        "",
        "Free field: 6 dB less for every doubling of the distance, and 6 dB for houses between. Wanted: 70 dB(A), 15 above",
        "a residential evening. **More sirens, not louder ones**: a closed bedroom takes 20 dB, and 120 dB(A) hurts.",
        "",
        "| RT, m | siren at 1 m | reach | sirens | apart | below the mast | wakes behind a closed door within |",
        "|---|---|---|---|---|---|---|",
    ]
    for width, length in PLACES:
        for level in (105, 110, 115):
            one = coverage.cover(width, length, level, 4.0)
            lines.append(
                f"| {width} by {length} | {level} dB(A) | {one.reach_m:.0f} m | **{one.sirens}** | {one.spacing_m:.0f} m "
                f"| {one.level_below:.0f} dB(A) | {one.bedroom_reach_m:.0f} m |"
            )
    lines += ["", "A plan, not a promise: the hand-over walk decides (install/)."]
    return "\n".join(lines) + "\n"
