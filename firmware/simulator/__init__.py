"""Kentongan without matter: the node's own code on boards that a script presses. One node, or a city."""
