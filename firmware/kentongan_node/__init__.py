"""The kentongan's firmware; the same files run on MicroPython and on CPython."""

VERSION = "0.1.0"
