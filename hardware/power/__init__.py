"""The power budget of the kentongan, as data and arithmetic."""
