"""The parts list of the kentongan, as data and arithmetic."""
