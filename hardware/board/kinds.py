"""The kinds of parts on the board: their pins with electrical types, and their footprint. No symbol library is needed."""

from dataclasses import dataclass

PASSIVE, INPUT, OUTPUT, TWO_WAY, POWER_IN, POWER_OUT = "PASSIVE", "INPUT", "OUTPUT", "BIDIR", "PWRIN", "PWROUT"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of part: pin number → (name, electrical type), in the order of the footprint's pads."""

    name: str
    letter: str
    footprint: str
    pins: dict[str, tuple[str, str]]


def _two(name: str, letter: str, footprint: str, first: str = "A", second: str = "B") -> Kind:
    return Kind(name, letter, footprint, {"1": (first, PASSIVE), "2": (second, PASSIVE)})


def _row(name: str, letter: str, footprint: str, count: int) -> Kind:
    return Kind(name, letter, footprint, {str(place): (str(place), PASSIVE) for place in range(1, count + 1)})


_FET = {"1": ("G", INPUT), "2": ("S", PASSIVE), "3": ("D", PASSIVE)}
_TERMINAL = "TerminalBlock_Phoenix:TerminalBlock_Phoenix_MKDS-1,5-{0}-5.08_1x0{0}_P5.08mm_Horizontal"
_HEADER = "Connector_PinHeader_2.54mm:PinHeader_1x0{0}_P2.54mm_Vertical"
DEVKIT_LEFT = [
    "3V3",
    "3V3",
    "RST",
    "4",
    "5",
    "6",
    "7",
    "15",
    "16",
    "17",
    "18",
    "8",
    "3",
    "46",
    "9",
    "10",
    "11",
    "12",
    "13",
    "14",
    "5V",
    "GND",
]
DEVKIT_RIGHT = [
    "GND",
    "43",
    "44",
    "1",
    "2",
    "42",
    "41",
    "40",
    "39",
    "38",
    "37",
    "36",
    "35",
    "0",
    "45",
    "48",
    "47",
    "21",
    "20",
    "19",
    "GND",
    "GND",
]


def _devkit() -> Kind:
    """Two rows of 22: the official board, 22.86 mm apart. Pin numbers 1 to 22 are the left row, 23 to 44 the right one."""
    types = {"3V3": POWER_OUT, "5V": POWER_IN, "GND": POWER_IN, "RST": INPUT}
    pins = {}
    for number, name in enumerate([*DEVKIT_LEFT, *DEVKIT_RIGHT], start=1):
        pins[str(number)] = (name if name in types else f"GPIO{name}", types.get(name, TWO_WAY))
    pins["2"] = ("3V3", PASSIVE)  # the same output as pin 1: two that drive would be an error
    return Kind("devkit", "U", "kentongan:ESP32-S3-DevKitC-1", pins)


KINDS = {
    kind.name: kind
    for kind in (
        _two("resistor", "R", "Resistor_SMD:R_0805_2012Metric"),
        _two("shunt", "R", "Resistor_SMD:R_2512_6332Metric"),
        _two("capacitor", "C", "Capacitor_SMD:C_0805_2012Metric"),
        _two("capacitor_large", "C", "Capacitor_SMD:C_1210_3225Metric"),
        _two("electrolytic", "C", "Capacitor_THT:CP_Radial_D10.0mm_P5.00mm", "+", "-"),
        _two("fuse", "F", "Fuse:Fuseholder_Clip-5x20mm_Littelfuse_100_Inline_P20.50x4.60mm_D1.30mm_Horizontal"),
        _two("ptc", "F", "Fuse:Fuse_1206_3216Metric"),
        _two("schottky", "D", "Diode_SMD:D_SMA", "K", "A"),
        _two("diode", "D", "Diode_SMD:D_SOD-123", "K", "A"),
        _two("zener", "D", "Diode_SMD:D_SOD-123", "K", "A"),
        _two("tvs", "D", "Diode_SMD:D_SMB", "K", "A"),
        _two("tvs_small", "D", "Diode_SMD:D_SMA", "K", "A"),
        _two("buzzer", "LS", "Buzzer_Beeper:Buzzer_12x9.5RM7.6", "+", "-"),
        _two("jumper", "JP", _HEADER.format(2)),
        Kind(
            "clamp", "D", "Package_TO_SOT_SMD:SOT-23", {"1": ("A", PASSIVE), "2": ("K", PASSIVE), "3": ("M", PASSIVE)}
        ),
        Kind(
            "sm712", "D", "Package_TO_SOT_SMD:SOT-23", {"1": ("A", PASSIVE), "2": ("B", PASSIVE), "3": ("G", PASSIVE)}
        ),
        Kind("nfet", "Q", "Package_TO_SOT_SMD:SOT-23", _FET),
        Kind(
            "pfet", "Q", "Package_TO_SOT_SMD:TO-252-2", {"1": ("G", PASSIVE), "2": ("D", PASSIVE), "3": ("S", PASSIVE)}
        ),
        Kind(
            "converter",
            "U",
            "Converter_DCDC:Converter_DCDC_RECOM_R-78E-0.5_THT",
            {"1": ("VIN", POWER_IN), "2": ("GND", POWER_IN), "3": ("VOUT", POWER_OUT)},
        ),
        Kind(
            "transceiver",
            "U",
            "Package_SO:SOIC-8_3.9x4.9mm_P1.27mm",
            {
                "1": ("RO", OUTPUT),
                "2": ("/RE", INPUT),
                "3": ("DE", INPUT),
                "4": ("DI", INPUT),
                "5": ("GND", POWER_IN),
                "6": ("A", TWO_WAY),
                "7": ("B", TWO_WAY),
                "8": ("VCC", POWER_IN),
            },
        ),
        Kind(
            "amplifier",
            "U",
            "Package_TO_SOT_SMD:SOT-23-5",
            {
                "1": ("OUT", OUTPUT),
                "2": ("V-", POWER_IN),
                "3": ("+", INPUT),
                "4": ("-", INPUT),
                "5": ("V+", POWER_IN),
            },
        ),
        Kind(
            "push_button",
            "SW",
            "Button_Switch_THT:SW_PUSH_6mm_H5mm",
            {"1": ("A", PASSIVE), "2": ("B", PASSIVE)},
        ),
        _row("terminal2", "J", _TERMINAL.format(2), 2),
        _row("terminal3", "J", _TERMINAL.format(3), 3),
        _row("header2", "J", _HEADER.format(2), 2),
        _row("header3", "J", _HEADER.format(3), 3),
        _row("header4", "J", _HEADER.format(4), 4),
        _devkit(),
    )
}
