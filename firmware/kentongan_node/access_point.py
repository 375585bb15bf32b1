"""The box's own access point while nobody has settled it: board only. The second file that brings the radio up."""

import network

from .pins import BOARD


def open_access_point(password: "str | None") -> None:
    """`Kentongan-XXXX` on 192.168.4.1, as MicroPython's radio gives it."""
    point = network.WLAN(network.AP_IF)
    point.active(True)
    name = "Kentongan-" + "".join(["%02X" % byte for byte in point.config("mac")[-2:]])
    if BOARD == "pico_w":
        point.config(ssid=name, password=password) if password else point.config(ssid=name, security=0)
    elif password:
        point.config(ssid=name, password=password, authmode=3)
    else:
        point.config(ssid=name, authmode=0)
