"""What a technician does with a kentongan on a cable: claim it, settle it, look at it."""
