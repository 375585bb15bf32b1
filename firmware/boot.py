"""Runs before anything else: the siren is silent, whatever the last program left on its pin."""

from machine import Pin

from kentongan_node.pins import pins

Pin(pins.SIREN, Pin.OUT, value=0)
