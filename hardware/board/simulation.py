"""Questions to ngspice about the board's hard moments, each with the number that it answers.

Values come from the circuit and the analog facts where they stand there. "Simulated" is not "tested": the models are
simple, and the first prototype measures all of this again (test/first_prototype.md).
"""

import json
import re
import tempfile
from pathlib import Path

from hardware.board.circuit import Circuit, build
from hardware.board.rules import ohms_of
from hardware.programs import run

MODELS = """
.model fet VDMOS(Vto=1.05 Kp=24 Rd=8m Rs=4m Rg=2 BV=30 Cgs=600p Cgdmax=200p Cgdmin=50p)
.model ss34 D(Is=2u Rs=30m N=1.05 Cjo=200p BV=40)
.model bat54 D(Is=0.3u Rs=1.5 N=1.1 Cjo=10p BV=30)
.model tvs15 D(Is=1n Rs=0.30 BV=17.2 IBV=1m)
.model tvs5 D(Is=1n Rs=0.08 BV=6.6 IBV=10m)
.model ideal D(Is=1n Rs=5m N=0.05)
"""


def questions(circuit: Circuit) -> dict[str, tuple[str, dict[str, str]]]:
    """Deck by name, and what to measure in it: answer → ngspice's words."""
    shunt = _value(circuit, "SHUNT", "GND")
    gate = _value(circuit, "SIREN", "SIREN_GATE")
    series = _value(circuit, "PANIC_WIRE", "PANIC_LOOP")
    pull = _value(circuit, "3V3", "PANIC_WIRE")
    switch = f"""
Vbus bus 0 14.6
Rload bus a {{R}}
Lload a drain {{L}}
M1 drain gate source fet
Rs source 0 {shunt}
Rg drive gate {gate}
Rd gate 0 100k
Vdrive drive 0 PULSE(0 3.3 1m 1u 1u 20m 60m)
.tran 2u 30m 0 2u
"""
    flyback = "D1 drain bus ss34\n"
    peak = {"drain_peak_v": "max v(drain)"}
    return {
        "siren_off": (_set(switch, 43, "20m") + flyback, peak),
        "siren_off_without_diode": (_set(switch, 43, "20m"), peak),
        "horn_off": (
            _set(switch, 10, "1m") + flyback,
            {"drain_peak_v": "max v(drain)", "shunt_v": "find v(source) at=15m", "switch_v": "find v(drain) at=15m"},
        ),
        "surge": (
            f"""
Vsurge s 0 PULSE(0 500 1u 1.2u 50u 1n 1)
Rsource s wire 42
D1 0 wire tvs5
Rp v33 wire {pull}
Vcc v33 0 3.3
Rser wire adc {series}
C1 adc 0 100n
D2 adc v33 bat54
D3 0 adc bat54
.tran 50n 200u 0 50n
""",
            {
                "wire_peak_v": "max v(wire)",
                "adc_peak_v": "max v(adc)",
                "adc_current_a": "max i(vadc)",
            },
        ),
        "switch_over": (
            """
Vmains m 0 PULSE(13.8 0 5m 1u 1u 100m 1)
D1 m bus ideal
Vbat b 0 12.8
Rbat b b2 0.15
D2 b2 bus ss34
Cbus bus 0 470u IC=13.8
Iload bus 0 1.5
.tran 10u 30m 0 10u uic
""",
            {"bus_min_v": "min v(bus) from=4m"},
        ),
        "inrush": (
            f"""
Vbat b 0 12.8
Rbat b b2 0.25
D2 b2 bus ss34
Cbus bus 0 470u IC=12.3
Inode bus 0 0.1
M1 low gate source fet
Rs source 0 {shunt}
Vdrive drive 0 PULSE(0 3.3 5m 1u 1u 100m 1)
Rg drive gate {gate}
Rd gate 0 100k
Cload bus low 220u IC=0
Rload bus low 10
.tran 5u 30m 0 5u uic
""",
            {"bus_min_v": "min v(bus) from=4.9m", "bus_settled_v": "find v(bus) at=28m"},
        ),
        "boot": (
            """
* a chip whose pin is left with a weak pull-up, module out of the reset's hands: the gate must stay below threshold
Vcc v33 0 3.3
Rweak v33 drive 1meg
Rg drive gate 100
Rd gate 0 100k
.op
.tran 1u 10u
""",
            {"gate_v": "max v(gate)"},
        ),
    }


def make(folder: Path) -> str:
    """Ask all, keep the answers."""
    answers = {}
    for name, (deck, wanted) in questions(build()).items():
        answers[name] = ask(name, deck, wanted)
    text = json.dumps(answers, indent=1, sort_keys=True)
    (folder / "answers.json").write_text(text + "\n", encoding="utf-8")
    return f"{len(answers)} questions answered"


def ask(name: str, deck: str, wanted: dict[str, str]) -> dict[str, float]:
    """ngspice's numbers, to three digits: more would differ from machine to machine."""
    deck = deck.replace("D2 adc v33 bat54", "Vadc adc clamp 0\nD2 clamp v33 bat54")
    measures = "\n".join(f".meas tran {key} {words}" for key, words in wanted.items())
    with tempfile.TemporaryDirectory(prefix="spice-") as place:
        file = Path(place) / "deck.cir"
        file.write_text(f"* {name}\n{MODELS}\n{deck}\n{measures}\n.end\n", encoding="ascii")
        printed = run(["ngspice", "-b", str(file)], folder=Path(place))
    found = dict(re.findall(r"^(\w+)\s+=\s+(-?[\d.]+e?[-+]?\d*)", printed, re.MULTILINE))
    missing = [key for key in wanted if key not in found]
    if missing:
        raise RuntimeError(f"ngspice gave no {', '.join(missing)} for {name}:\n{printed[-600:]}")
    return {key: float(f"{float(found[key]):.3g}") for key in wanted}


def _set(deck: str, resistance: float, inductance: str) -> str:
    return deck.replace("{R}", str(resistance)).replace("{L}", inductance)


def _value(circuit: Circuit, one: str, two: str) -> float:
    """The resistor between two nets."""
    kinds = ("resistor", "shunt")
    return next(
        ohms_of(part.value)
        for part in circuit.parts
        if part.kind.name in kinds and set(part.nets.values()) == {one, two}
    )
