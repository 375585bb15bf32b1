"""The one place where the parts of a node are put together. Only what the settings name is imported: the rest takes no heap."""

from .journal import Journal
from .node import Node
from .provisioning import SettingsError


def uplink_for(node: Node, random, open_port=None):
    """The way up that the node's settings name; `open_port` opens the serial line where it is one."""
    settings = node.settings
    if settings.uplink == "serial":
        if open_port is None:
            raise ValueError("a serial uplink needs a port")
        from .serial_link import SerialLink

        return SerialLink(settings, node.boot, node, open_port)
    from .mqtt_uplink import MqttUplink
    from .pace import Backoff

    tls = None
    if settings.tls:
        from .tcp_stream import tls_context

        tls = tls_context(settings.tls["ca"], settings.tls.get("cert"), settings.tls.get("key"))
    backoff = Backoff(random, settings.retry_base_ms, settings.retry_cap_ms, settings.spread_ms)
    return MqttUplink(settings, node.clock, backoff, node, tls)


def peers_for(node: Node, folder: str, random, tell, open_espnow=None):
    """The way to the neighbours that the node's settings name, None where there is none."""
    settings = node.settings
    if settings.peer is None:
        return None
    from .peer_alarm import PeerAlarm
    from .peer_ledger import PeerLedger

    if settings.peer == "udp":
        from .udp_air import UdpAir  # not where there are no sockets: in a browser

        open_air = lambda: UdpAir(settings.peer_address, settings.peer_port)  # noqa: E731
    elif open_espnow is not None:
        open_air = lambda: open_espnow(settings.peer_channel)  # noqa: E731
    else:
        raise SettingsError('settings: this board has no ESP-NOW; peer must be "udp" or null')
    ledger = PeerLedger(Journal(folder + "/peer.journal"), settings.node, settings.group_secrets()[0])
    return PeerAlarm(settings, node.boot, node.clock, random, ledger, node.sounder, node.beats_of, tell, open_air)
