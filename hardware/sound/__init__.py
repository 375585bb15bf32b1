"""The reach of a siren of the kentongan, as data and arithmetic."""
