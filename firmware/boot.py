"""Runs before anything else: the siren is silent, whatever the last program left on its pin."""

from machine import Pin

from kentongan_node.pins_esp32_s3 import SIREN

Pin(SIREN, Pin.OUT, value=0)
