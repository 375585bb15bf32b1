"""How to build, mount and keep a kentongan: steps as data, one page each."""
