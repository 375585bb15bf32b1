"""SKiDL's electrical rule check over the circuit: no error, and no warning either, for an open gate is only a warning."""

import logging
import os
import tempfile
from pathlib import Path

from hardware.board.circuit import UNCONNECTED, Circuit

Netlist = dict[str, list[tuple[str, str]]]


def check(circuit: Circuit) -> tuple[list[str], Netlist]:
    """What SKiDL complains about, and the netlist as SKiDL understood it."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="erc-") as folder:  # SKiDL writes beside whoever calls it
        os.chdir(folder)
        try:
            return _check(circuit)
        finally:
            os.chdir(before)


def _check(circuit: Circuit) -> tuple[list[str], Netlist]:
    logging.disable(logging.WARNING)  # it complains of symbol libraries that nobody needs
    import skidl  # takes a second, and only this job needs it

    logging.disable(logging.NOTSET)
    skidl.erc_logger.propagate = False
    made = skidl.Circuit()
    nets: dict[str, skidl.Net] = {}
    for part in circuit.parts:
        pins = [
            skidl.Pin(num=number, name=name, func=getattr(skidl.Pin.types, kind))
            for number, (name, kind) in part.kind.pins.items()
        ]
        placed = skidl.Part(
            name=part.kind.name, tool=skidl.SKIDL, dest="NETLIST", circuit=made, ref=part.ref, tag=part.ref, pins=pins
        )
        for number, net in part.nets.items():
            if net == UNCONNECTED:
                made.NC += placed[number]
            else:
                if net not in nets:
                    nets[net] = skidl.Net(net, circuit=made)
                nets[net].connect(placed[number])
    for name in ("SUPPLY_WIRE", "GND"):
        nets[name].drive = skidl.POWER
    nets["12V"].drive = skidl.POWER  # through the fuse and the reverse guard, which SKiDL takes for passive parts
    collected = _Collector()
    skidl.erc_logger.addHandler(collected)
    made.ERC()
    netlist = {
        net.name: sorted((pin.part.ref, str(pin.num)) for pin in net.pins)
        for net in made.nets
        if net.pins and not isinstance(net, skidl.net.NCNet)
    }
    return collected.lines, dict(sorted(netlist.items()))


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
