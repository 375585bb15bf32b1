"""What node, gateway and server say to each other; the same files run on CPython and on MicroPython."""
