"""How a finished board is tested and what is written down."""
