"""The circuit obeys our rules, and every rule has a circuit that breaks it."""

import dataclasses
from collections.abc import Callable

import pytest
from hardware.board.circuit import Circuit, Part, build, ohms
from hardware.board.rules import faults
from hardware.pinmap.pin_rules import read_board


def changed(change: Callable[[Part], Part | None]) -> Circuit:
    circuit = build()
    circuit.parts = [new for part in circuit.parts if (new := change(part)) is not None]
    return circuit


def without(kind: str, *nets: str) -> Circuit:
    """The board with every such part between these nets taken off."""
    circuit = changed(lambda part: None if part.kind.name == kind and set(part.nets.values()) >= set(nets) else part)
    assert len(circuit.parts) < len(build().parts)
    return circuit


def test_the_board_breaks_no_rule():
    assert faults(build()) == []


@pytest.mark.parametrize("gate", ["SIREN_GATE", "BEACON_GATE", "BUZZER_GATE", "BUTTON_LED_GATE", "RS485_DE"])
def test_a_gate_that_may_float_is_refused(gate):
    assert any(f"the net {gate} has no resistor" in fault for fault in faults(without("resistor", gate, "GND")))


def test_a_pull_down_that_is_too_weak_is_none():
    weak = changed(lambda part: dataclasses.replace(part, value="1000k") if part.value == "100k" else part)
    assert sum("may float on" in fault for fault in faults(weak)) == 5


@pytest.mark.parametrize(
    ("kind", "wire"),
    [
        ("tvs", "FUSED"),
        ("tvs", "SIREN_RETURN"),
        ("tvs", "BEACON_RETURN"),
        ("tvs", "BATTERY_WIRE"),
        ("tvs", "MAINS_WIRE"),
        ("tvs_small", "PANIC_WIRE"),
        ("tvs_small", "TAMPER_WIRE"),
        ("tvs_small", "SILENCE_WIRE"),
        ("tvs_small", "BUTTON_LED_WIRE"),
        ("sm712", "BUS_A_WIRE"),
    ],
)
def test_a_wire_that_leaves_the_box_without_a_suppressor_is_refused(kind, wire):
    assert any("leaves the box without a suppressor" in fault for fault in faults(without(kind, wire)))


@pytest.mark.parametrize(
    ("kind", "drain"), [("schottky", "SIREN_RETURN"), ("schottky", "BEACON_RETURN"), ("diode", "BUZZER_RETURN")]
)
def test_a_coil_without_a_diode_is_refused(kind, drain):
    assert any("nothing takes the current of a coil" in fault for fault in faults(without(kind, drain)))


def test_a_supply_without_a_fuse_is_refused():
    bare = changed(
        lambda part: (
            dataclasses.replace(part, nets={"1": "SUPPLY_WIRE", "2": "GND"}) if part.value == "SMBJ15A" else part
        )
    )
    assert any("without a fuse" in fault for fault in faults(bare))


def test_an_active_part_without_its_capacitor_is_refused():
    assert any("has no capacitor in the block rs-485" in fault for fault in faults(without("capacitor", "3V3")))


def test_an_adc_without_a_limit_or_a_capacitor_is_refused():
    told = faults(without("resistor", "PANIC_WIRE", "PANIC_LOOP"))
    assert "PANIC_LOOP: nothing limits the current into the ADC" in told
    assert "TAMPER_LOOP: the ADC reads it without a capacitor" in faults(without("capacitor", "TAMPER_LOOP"))


def test_a_forgotten_wire_is_seen():
    assert "TERMINATION ends at R" in " ".join(faults(without("jumper")))


def test_every_signal_of_the_pin_map_reaches_the_module_and_something_else():
    nets = build().nets()
    for signal in read_board(build.__defaults__[0]).wired:
        refs = [ref for ref, _ in nets[signal.name]]
        assert "U2" in refs
        assert len(refs) > 1


@pytest.mark.parametrize(
    ("value", "text"), [(2200, "2k2"), (0.1, "0R1"), (100, "100R"), (100000, "100k"), (18000, "18k")]
)
def test_ohms_are_written_as_in_a_parts_list(value, text):
    assert ohms(value) == text


def test_a_part_with_too_few_nets_is_refused():
    with pytest.raises(ValueError, match="resistor 1k has 2 pins and was given 1 nets"):
        Circuit().put("resistor", "1k", "GND")
