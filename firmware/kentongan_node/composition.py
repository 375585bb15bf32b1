"""The one place where the parts of a node are put together."""

from .mqtt_uplink import MqttUplink
from .node import Node
from .pace import Backoff
from .serial_link import SerialLink
from .tcp_stream import tls_context


def uplink_for(node: Node, random, open_port=None):
    """The way up that the node's settings name; `open_port` opens the serial line where it is one."""
    settings = node.settings
    if settings.uplink == "serial":
        if open_port is None:
            raise ValueError("a serial uplink needs a port")
        return SerialLink(settings, node.boot, node, open_port)
    tls = None
    if settings.tls:
        tls = tls_context(settings.tls["ca"], settings.tls.get("cert"), settings.tls.get("key"))
    backoff = Backoff(random, settings.retry_base_ms, settings.retry_cap_ms, settings.spread_ms)
    return MqttUplink(settings, node.clock, backoff, node, tls)
