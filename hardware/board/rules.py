"""Our own law over the circuit, beyond what an electrical rule check knows. Each rule is a sentence with a reason.

A gate that floats sounds a siren at night; a terminal without a suppressor dies in the first thunderstorm of November.
"""

from hardware.board.circuit import GROUND, UNCONNECTED, Circuit, Part

SUPPRESSORS = ("tvs", "tvs_small", "sm712")
DIODES = ("schottky", "diode")
ADC_SUFFIXES = ("_LOOP", "_SENSE")
PULL_DOWN = 100_000
BYPASS = ("capacitor", "capacitor_large")


def faults(circuit: Circuit) -> list[str]:
    """One sentence for each broken rule."""
    board = _Board(circuit)
    found = []
    for part in circuit.parts:
        found += board.gate_faults(part) + board.terminal_faults(part) + board.load_faults(part)
        found += board.bypass_faults(part) + board.fuse_faults(part)
    return found + board.analog_faults() + board.single_faults()


class _Board:
    def __init__(self, circuit: Circuit) -> None:
        self._parts = circuit.parts
        self._nets = circuit.nets()

    def _between(self, kinds: tuple[str, ...], *nets: str) -> list[Part]:
        return [part for part in self._parts if part.kind.name in kinds and set(part.nets.values()) >= set(nets)]

    def gate_faults(self, part: Part) -> list[str]:
        """Off while nobody drives it: reset, boot, flashing, crash, a module that was pulled out."""
        gates = [net for pin, net in part.nets.items() if part.kind.pins[pin][0] in ("G", "DE")]
        if part.kind.name not in ("nfet", "transceiver"):
            return []
        return [
            f"{part.ref}: the net {net} has no resistor of at most 100k to ground, so it may float on"
            for net in gates
            if not any(ohms_of(found.value) <= PULL_DOWN for found in self._between(("resistor",), net, GROUND))
        ]

    def terminal_faults(self, part: Part) -> list[str]:
        """Every wire that leaves the box meets a suppressor before anything else of ours."""
        if not part.outside:
            return []
        return [
            f"{part.ref} ({part.label}): the wire {net} leaves the box without a suppressor"
            for net in part.nets.values()
            if net != GROUND and not self._suppressed(net)
        ]

    def _suppressed(self, net: str) -> bool:
        behind = [other for fuse in self._between(("fuse",), net) for other in fuse.nets.values()]
        if net == "12V":  # the load's supply: suppressed at the entrance
            behind += ["FUSED"]
        return any(self._between(SUPPRESSORS, near, GROUND) for near in (net, *behind))

    def load_faults(self, part: Part) -> list[str]:
        """What a transistor switches off may be a coil."""
        if part.kind.name != "nfet":
            return []
        drain = part.nets["3"]
        if drain == "BUTTON_LED_RETURN":  # a light: no coil, and its suppressor takes what the wire stores
            return []
        if any(diode.nets["2"] == drain for diode in self._between(DIODES, drain)):
            return []
        return [f"{part.ref}: nothing takes the current of a coil at {drain} when it is switched off"]

    def bypass_faults(self, part: Part) -> list[str]:
        """Every active part has its capacitor."""
        if part.kind.name not in ("transceiver", "amplifier", "converter", "devkit"):
            return []
        wants = {net for pin, net in part.nets.items() if part.kind.pins[pin][1] == "PWRIN" and net != GROUND}
        here = [other for other in self._parts if other.block == part.block]
        has = {net for other in here if other.kind.name in BYPASS for net in other.nets.values()}
        return [f"{part.ref}: the supply {net} has no capacitor in the block {part.block}" for net in wants - has]

    def fuse_faults(self, part: Part) -> list[str]:
        """Nothing but the fuse hangs on the supply's wire."""
        if part.nets.get("1") != "SUPPLY_WIRE" or not part.outside:
            return []
        others = [ref for ref, _ in self._nets["SUPPLY_WIRE"] if ref != part.ref]
        kinds = {other.kind.name for other in self._parts if other.ref in others}
        return (
            [] if kinds == {"fuse"} else [f"{part.ref}: the supply reaches {', '.join(sorted(others))} without a fuse"]
        )

    def analog_faults(self) -> list[str]:
        """What the ADC reads has a capacitor to hold it and at least 1k before it."""
        found = []
        for net in self._nets:
            if not net.endswith(ADC_SUFFIXES):
                continue
            if not self._between(("capacitor",), net, GROUND):
                found.append(f"{net}: the ADC reads it without a capacitor")
            series = [part for part in self._between(("resistor",), net) if GROUND not in part.nets.values()]
            if not any(ohms_of(part.value) >= 1000 for part in series):
                found.append(f"{net}: nothing limits the current into the ADC")
        return found

    def single_faults(self) -> list[str]:
        """A net with one pin is a forgotten wire."""
        return [f"{net} ends at {pins[0][0]}" for net, pins in self._nets.items() if len(pins) == 1]


def ohms_of(value: str) -> float:
    """A value of the parts list as a number: 2k2 → 2200, 0R1 → 0.1."""
    for letter, times in (("k", 1000), ("R", 1)):
        if letter in value:
            whole, rest = value.split(letter, 1)
            return float(f"{whole or 0}.{rest or 0}") * times
    return float(value.replace(UNCONNECTED, "0"))
