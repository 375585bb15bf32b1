"""A radio of no matter whose access point is always there: the sockets beneath are the machine's own."""

STA_IF = 0


class WLAN:
    def __init__(self, interface):
        assert interface == STA_IF
        self._joined = False

    def active(self, on):
        if not on:
            self._joined = False

    def connect(self, ssid, password):
        assert ssid
        self._joined = True

    def isconnected(self):
        return self._joined

    def scan(self):
        return [(b"neighbour", b"", 6, -80, 3, 0), (b"jig", b"", 1, -47, 3, 0), (b"jig", b"", 1, -71, 3, 0)]

    def status(self, what):
        assert what == "rssi"
        return -61
