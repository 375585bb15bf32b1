"""The wires between the box and everything outside it, drawn by WireViz from the circuit's own labels."""
