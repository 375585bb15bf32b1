"""From a finger to a stored report."""
