"""Who and what belongs to the city."""
