"""The carrier board Papan Induk: circuit, rules, drawings, simulations, layout."""
