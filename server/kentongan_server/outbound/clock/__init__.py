"""The clock and the ids of the real world."""
