"""The board file of Papan Induk, by KiCad's own Python; run with the interpreter that KiCad was packaged for.

python3 -m hardware.board.pcb lay OUT.kicad_pcb      parts, tracks, outlines; zones still empty
python3 -m hardware.board.pcb fill OUT.kicad_pcb     fills the zones (KiCad crashes when the maker of a board does so)
python3 -m hardware.board.pcb nets OUT.kicad_pcb     prints the nets at the pads, as read back from the file
"""

import json
import sys
from pathlib import Path

import pcbnew

from hardware.board import placement
from hardware.board.circuit import GROUND, UNCONNECTED, Circuit, Part, build
from hardware.board.router import VIA_DRILL, VIA_RADIUS, Pad, Router

FOOTPRINTS = Path("/usr/share/kicad/footprints")
SEED = 1602  # where KiCad's identifiers start, so that two runs write the same file
WIDTHS = {"*": 0.3, GROUND: 0.5, "3V3": 0.4, "5V": 0.8}
WIDTHS |= dict.fromkeys(("SUPPLY_WIRE", "FUSED", "12V"), 1.2) | dict.fromkeys(
    ("SIREN_RETURN", "SHUNT", "BEACON_RETURN"), 0.8
)
SILK = 0.15


def lay(target: Path) -> None:
    """Everything but the zones' copper."""
    pcbnew.KIID.SeedGenerator(SEED)
    circuit = build()
    board = pcbnew.NewBoard(str(target))
    board.SetCopperLayerCount(2)
    nets = {}
    for name in circuit.nets():
        nets[name] = pcbnew.NETINFO_ITEM(board, name)
        board.Add(nets[name])
    footprints = {part.ref: _footprint(board, part, nets) for part in circuit.parts}
    _place(circuit, footprints)
    _outline(board)
    hidden = _labels(board, circuit, footprints)
    rounds = _route(board, circuit, footprints, nets)
    for layer in (pcbnew.F_Cu, pcbnew.B_Cu):
        _zone(board, layer, nets[GROUND])
    _keep_out(board)
    pcbnew.SaveBoard(str(target), board)
    _rules(target)
    tracks = board.GetTracks()
    vias = sum(1 for track in tracks if track.Type() == pcbnew.PCB_VIA_T)
    print(
        f"{len(footprints)} parts, {len(tracks) - vias} pieces of track, {vias} vias, {rounds} rounds of routing, "
        f"{hidden} designators have no room on the board: see the parts page"
    )


def fill(target: Path) -> None:
    """The ground planes."""
    pcbnew.KIID.SeedGenerator(SEED + 1)
    board = pcbnew.LoadBoard(str(target))
    board.BuildConnectivity()
    pcbnew.ZONE_FILLER(board).Fill(board.Zones())
    pcbnew.SaveBoard(str(target), board)


def nets_of(target: Path) -> dict[str, list[tuple[str, str]]]:
    """Net → (designator, pad), as the file says, in the shape of Circuit.nets."""
    found: dict[str, set[tuple[str, str]]] = {}
    for footprint in pcbnew.LoadBoard(str(target)).GetFootprints():
        for pad in footprint.Pads():
            if pad.GetNetname() and pad.GetNumber():
                found.setdefault(pad.GetNetname(), set()).add((footprint.GetReference(), pad.GetNumber()))
    return {net: sorted(pins) for net, pins in sorted(found.items())}


def _point(x: float, y: float) -> pcbnew.VECTOR2I:
    return pcbnew.VECTOR2I(
        pcbnew.FromMM(round(placement.ORIGIN[0] + x, 4)), pcbnew.FromMM(round(placement.ORIGIN[1] + y, 4))
    )


def _where(point: pcbnew.VECTOR2I) -> tuple[float, float]:
    return pcbnew.ToMM(point.x) - placement.ORIGIN[0], pcbnew.ToMM(point.y) - placement.ORIGIN[1]


def _footprint(board: pcbnew.BOARD, part: Part, nets: dict[str, pcbnew.NETINFO_ITEM]) -> pcbnew.FOOTPRINT:
    library, name = part.kind.footprint.split(":")
    made = (
        _module(board) if library == "kentongan" else pcbnew.FootprintLoad(str(FOOTPRINTS / f"{library}.pretty"), name)
    )
    if made is None:
        raise SystemExit(f"KiCad's footprint library has no {part.kind.footprint}")
    made.SetFPID(pcbnew.LIB_ID(library, name))
    _forget_addresses(made)
    made.SetReference(part.ref)
    made.SetValue(part.label or part.value)
    made.Value().SetVisible(False)
    made.Reference().SetTextSize(pcbnew.VECTOR2I(pcbnew.FromMM(0.8), pcbnew.FromMM(0.8)))
    made.Reference().SetTextThickness(pcbnew.FromMM(0.12))
    board.Add(made)
    for pad in made.Pads():
        net = part.nets.get(pad.GetNumber(), UNCONNECTED)
        if net != UNCONNECTED:
            pad.SetNet(nets[net])
    return made


def _forget_addresses(footprint: pcbnew.FOOTPRINT) -> None:
    """The library's descriptions name data sheets on other people's hosts; the parts list is ours."""
    footprint.SetLibDescription("")
    footprint.SetKeywords("")


def _module(board: pcbnew.BOARD) -> pcbnew.FOOTPRINT:
    """Two socket rows for the DevKitC-1; pin 1 is next to the antenna, in the lower row when that points to the left."""
    made = pcbnew.FOOTPRINT(board)
    made.SetAttributes(pcbnew.FP_THROUGH_HOLE)
    rows = placement.MODULE_ROWS
    for number in range(1, 45):
        place = (number - 1) % 22
        pad = pcbnew.PAD(made)
        pad.SetNumber(str(number))
        pad.SetAttribute(pcbnew.PAD_ATTRIB_PTH)
        pad.SetShape(pcbnew.PAD_SHAPE_RECT if number == 1 else pcbnew.PAD_SHAPE_CIRCLE)
        pad.SetSize(pcbnew.VECTOR2I(pcbnew.FromMM(1.7), pcbnew.FromMM(1.7)))
        pad.SetDrillSize(pcbnew.VECTOR2I(pcbnew.FromMM(1.0), pcbnew.FromMM(1.0)))
        pad.SetLayerSet(pad.PTHMask())
        at = (place * placement.PITCH, 0.0 if number <= 22 else -rows)
        pad.SetPosition(pcbnew.VECTOR2I(pcbnew.FromMM(at[0]), pcbnew.FromMM(at[1])))
        made.Add(pad)
    outline = (-8.5, -rows - 1.5, 55.5, 1.5)
    for layer, width in ((pcbnew.F_SilkS, SILK), (pcbnew.F_CrtYd, 0.05)):
        shape = pcbnew.PCB_SHAPE(made, pcbnew.SHAPE_T_RECT)
        shape.SetLayer(layer)
        shape.SetStart(pcbnew.VECTOR2I(pcbnew.FromMM(outline[0]), pcbnew.FromMM(outline[1])))
        shape.SetEnd(pcbnew.VECTOR2I(pcbnew.FromMM(outline[2]), pcbnew.FromMM(outline[3])))
        shape.SetWidth(pcbnew.FromMM(width))
        made.Add(shape)
    return made


def _place(circuit: Circuit, footprints: dict[str, pcbnew.FOOTPRINT]) -> None:
    waiting: dict[str, list[tuple[str, float, float]]] = {}
    for part in circuit.parts:
        footprint = footprints[part.ref]
        if part.kind.name == "devkit":
            footprint.SetPosition(_point(*placement.MODULE))
        elif part.outside:
            footprint.SetPosition(_point(placement.TERMINALS[part.label], placement.TERMINALS_Y))
        elif part.value in placement.FIXED:
            x, y, turn = placement.FIXED[part.value]
            footprint.SetOrientationDegrees(turn)
            _centre(footprint, x, y)
        else:
            box = footprint.GetCourtyard(pcbnew.F_CrtYd).BBox()
            waiting.setdefault(part.block, []).append(
                (part.ref, pcbnew.ToMM(box.GetWidth()), pcbnew.ToMM(box.GetHeight()))
            )
    for block, sizes in waiting.items():
        for ref, (x, y) in placement.shelves(placement.STRIPS[block], sizes).items():
            _centre(footprints[ref], x, y)


def _centre(footprint: pcbnew.FOOTPRINT, x: float, y: float) -> None:
    """The middle of its courtyard, on the grid of the tracks where that can be."""
    box = footprint.GetCourtyard(pcbnew.F_CrtYd).BBox().Centre()
    footprint.Move(_point(x, y) - box)


def _outline(board: pcbnew.BOARD) -> None:
    shape = pcbnew.PCB_SHAPE(board, pcbnew.SHAPE_T_RECT)
    shape.SetLayer(pcbnew.Edge_Cuts)
    shape.SetStart(_point(0, 0))
    shape.SetEnd(_point(placement.WIDTH, placement.HEIGHT))
    shape.SetWidth(pcbnew.FromMM(0.1))
    board.Add(shape)
    for number, (x, y) in enumerate(placement.HOLES, start=1):
        hole = pcbnew.FootprintLoad(str(FOOTPRINTS / "MountingHole.pretty"), "MountingHole_3.2mm_M3")
        hole.SetFPID(pcbnew.LIB_ID("MountingHole", "MountingHole_3.2mm_M3"))
        _forget_addresses(hole)
        hole.SetReference(f"H{number}")
        hole.Reference().SetVisible(False)
        hole.Value().SetVisible(False)
        hole.SetPosition(_point(x, y))
        board.Add(hole)


def _text(board: pcbnew.BOARD, text: str, x: float, y: float, size: float, layer: int = pcbnew.F_SilkS) -> None:
    made = pcbnew.PCB_TEXT(board)
    made.SetText(text)
    made.SetPosition(_point(x, y))
    made.SetLayer(layer)
    made.SetTextSize(pcbnew.VECTOR2I(pcbnew.FromMM(size), pcbnew.FromMM(size)))
    made.SetTextThickness(pcbnew.FromMM(size * 0.15))
    board.Add(made)


def _labels(board: pcbnew.BOARD, circuit: Circuit, footprints: dict[str, pcbnew.FOOTPRINT]) -> int:
    for part in circuit.parts:
        if part.outside:
            middle = placement.TERMINALS[part.label] + 2.54 * (len(part.nets) - 1)
            _text(board, part.label, middle + 1.8, placement.HEIGHT - 1.0, 1.1)  # clear of the mark at pin 1
    _text(board, "KENTONGAN  Papan Induk", 45.0, 21.0, 2.2)
    _text(board, "CERN-OHL-S-2.0   never fabricated: check before power", 45.0, 25.0, 1.0)
    return sum(not _find_room(board, footprints[part.ref]) for part in circuit.parts)


def _find_room(board: pcbnew.BOARD, footprint: pcbnew.FOOTPRINT) -> bool:
    """The designator to the first free place around its part; hidden where there is none."""
    reference = footprint.Reference()
    box = footprint.GetCourtyard(pcbnew.F_CrtYd).BBox()
    taken = [pad.GetBoundingBox() for other in board.GetFootprints() for pad in other.Pads()]
    taken += [text.GetBoundingBox() for text in board.GetDrawings() if text.GetLayer() == pcbnew.F_SilkS]
    for other in board.GetFootprints():
        taken += [item.GetBoundingBox() for item in other.GraphicalItems() if _is_line(item)]
        if other != footprint and other.Reference().IsVisible():
            taken.append(other.Reference().GetBoundingBox())
    half = reference.GetBoundingBox()
    wide, high, centre = half.GetWidth() // 2, half.GetHeight() // 2, box.Centre()
    out_x, out_y = box.GetWidth() // 2 + wide, box.GetHeight() // 2 + high
    near = pcbnew.FromMM(0.1)
    ring = [(0, -out_y), (0, out_y), (-out_x, 0), (out_x, 0), (-out_x, -out_y), (out_x, -out_y), (out_x, out_y)]
    inside = pcbnew.BOX2I(_point(1, 1), _point(placement.WIDTH - 1, placement.HEIGHT - 1) - _point(1, 1))
    for dx, dy in [(0, 0), *ring, *((round(x * 1.25), round(y * 1.25)) for x, y in ring)]:
        reference.SetPosition(centre + pcbnew.VECTOR2I(dx, dy))
        mine = reference.GetBoundingBox()
        mine.Inflate(near)
        if inside.Contains(mine) and not any(mine.Intersects(other) for other in taken):
            return True
    reference.SetVisible(False)
    return False


def _is_line(item: pcbnew.BOARD_ITEM) -> bool:
    """A drawn line of the silkscreen; an outline around a whole part would forbid all the room within it."""
    hollow = item.Type() == pcbnew.PCB_SHAPE_T and item.GetShape() in (pcbnew.SHAPE_T_RECT, pcbnew.SHAPE_T_CIRCLE)
    return item.GetLayer() == pcbnew.F_SilkS and not hollow


def _rules(target: Path) -> None:
    """The rules that `kicad-cli pcb drc` applies: it takes them from the project beside the board."""
    severities = {
        # the parts lie in libraries of the machine that builds; what was placed is in the board file itself
        "lib_footprint_issues": "ignore",
        "lib_footprint_mismatch": "ignore",
    }
    rules = {
        "min_clearance": 0.2,
        "min_copper_edge_clearance": 0.5,
        "min_hole_clearance": 0.25,
        "min_hole_to_hole": 0.25,
        "min_resolved_spokes": 1,  # hand-soldered pads also have a track of their own
        "min_through_hole_diameter": 0.3,
        "min_track_width": 0.25,
        "min_via_annular_width": 0.15,
        "min_via_diameter": 0.6,
    }
    settings = {"rules": rules, "rule_severities": severities}
    text = json.dumps({"board": {"design_settings": settings}, "meta": {"version": 3}}, indent=2)
    target.with_suffix(".kicad_pro").write_text(text + "\n", encoding="utf-8")


def _route(
    board: pcbnew.BOARD,
    circuit: Circuit,
    footprints: dict[str, pcbnew.FOOTPRINT],
    nets: dict[str, pcbnew.NETINFO_ITEM],
) -> int:
    pads = []
    for ref in sorted(footprints):
        for pad in footprints[ref].Pads():
            x, y = _where(pad.GetPosition())
            box = pad.GetBoundingBox()
            layers = [place for place, layer in enumerate((pcbnew.F_Cu, pcbnew.B_Cu)) if pad.IsOnLayer(layer)]
            half = (pcbnew.ToMM(box.GetWidth()) / 2, pcbnew.ToMM(box.GetHeight()) / 2)
            if layers:
                pads.append(Pad(pad.GetNetname() or f"{ref}.{pad.GetNumber()}", x, y, *half, tuple(layers)))
    forbidden = [placement.ANTENNA]
    forbidden += [(x - 3.4, y - 3.4, x + 3.4, y + 3.4) for x, y in placement.HOLES]

    def span(net: str) -> tuple[bool, float, str]:
        mine = [pad for pad in pads if pad.net == net]
        wide = max(pad.x for pad in mine) - min(pad.x for pad in mine)
        high = max(pad.y for pad in mine) - min(pad.y for pad in mine)
        return net == GROUND, (wide + high) / WIDTHS.get(net, 0.3), net

    router = Router(placement.WIDTH, placement.HEIGHT, pads, forbidden, WIDTHS, sorted(circuit.nets(), key=span))
    rounds = router.route()
    for track in router.tracks:
        made = pcbnew.PCB_TRACK(board)
        made.SetStart(_point(*track.start))
        made.SetEnd(_point(*track.end))
        made.SetWidth(pcbnew.FromMM(track.width))
        made.SetLayer((pcbnew.F_Cu, pcbnew.B_Cu)[track.layer])
        made.SetNet(nets[track.net])
        board.Add(made)
    for via in router.vias:
        made = pcbnew.PCB_VIA(board)
        made.SetPosition(_point(via.x, via.y))
        made.SetWidth(pcbnew.FromMM(2 * VIA_RADIUS))
        made.SetDrill(pcbnew.FromMM(VIA_DRILL))
        made.SetNet(nets[via.net])
        board.Add(made)
    return rounds


def _corners(zone: pcbnew.ZONE, left: float, top: float, right: float, bottom: float) -> None:
    outline = zone.Outline()
    outline.NewOutline()
    for x, y in ((left, top), (right, top), (right, bottom), (left, bottom)):
        point = _point(x, y)
        outline.Append(point.x, point.y)


def _zone(board: pcbnew.BOARD, layer: int, net: pcbnew.NETINFO_ITEM) -> None:
    zone = pcbnew.ZONE(board)
    zone.SetLayer(layer)
    zone.SetNet(net)
    zone.SetLocalClearance(pcbnew.FromMM(0.3))
    zone.SetMinThickness(pcbnew.FromMM(0.25))
    zone.SetIslandRemovalMode(pcbnew.ISLAND_REMOVAL_MODE_ALWAYS)
    _corners(zone, 0.6, 0.6, placement.WIDTH - 0.6, placement.HEIGHT - 0.6)
    board.Add(zone)


def _keep_out(board: pcbnew.BOARD) -> None:
    zone = pcbnew.ZONE(board)
    zone.SetIsRuleArea(True)
    zone.SetDoNotAllowTracks(True)
    zone.SetDoNotAllowVias(True)
    zone.SetDoNotAllowCopperPour(True)
    zone.SetDoNotAllowPads(False)
    zone.SetDoNotAllowFootprints(False)
    zone.SetZoneName("antenna")
    layers = pcbnew.LSET()
    layers.AddLayer(pcbnew.F_Cu)
    layers.AddLayer(pcbnew.B_Cu)
    zone.SetLayerSet(layers)
    _corners(zone, *placement.ANTENNA)
    board.Add(zone)


def main(arguments: list[str]) -> int:
    """One verb and one file."""
    verb, target = arguments[0], Path(arguments[1])
    if verb == "nets":
        print(json.dumps(nets_of(target)))
    else:
        {"lay": lay, "fill": fill}[verb](target)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
