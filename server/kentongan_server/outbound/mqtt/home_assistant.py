"""Kentongan in Home Assistant, by MQTT discovery: sensors that read the node's own retained state, and nothing that writes.

A state travels as `<64 hex digits> <JSON>`; Home Assistant cannot check the seal, so what it shows is for looking at, and
no more than that: a siren is commanded by the server alone.
"""

from collections.abc import Sequence
from typing import Any

from kentongan_contract import topics
from kentongan_contract.seal import TAG_HEX
from kentongan_server.ports.home_view import Document, Shown

STALE_S = 210  # three heartbeats and a little

_STATE = f"(value[{TAG_HEX + 1}:] | from_json)"


class HomeAssistantView:
    """The HomeView of Home Assistant."""

    def documents(self, shown: Sequence[Shown]) -> list[Document]:
        """See the port, as with everything below."""
        return [Document(f"homeassistant/device/kentongan_{one.node}/config", _device(one)) for one in shown]

    def bridge(self, shown: Sequence[Shown], reader: str) -> str:
        lines = [
            "# Fetches the RT's kentongan from the city's broker. Every topic says `in`: nothing of the home's goes out.",
            "connection kentongan",
            "address CITY_BROKER:8883",
            "bridge_cafile /etc/mosquitto/ca_certificates/city.pem",
            f"remote_username {reader}",
            "remote_password ITS_PASSWORD",
            "bridge_protocol_version mqttv311",
            "try_private false",
            "notifications false",
            "cleansession true",
            *(f"topic {topics.up(one.node, 'state')} in 1" for one in shown),
        ]
        return "\n".join(lines) + "\n"


def _device(one: Shown) -> dict[str, Any]:
    state = topics.up(one.node, "state")
    components = {
        "online": _yes_or_no("Online", "connectivity", f"{_STATE}.presence == 'online'"),
        "sounding": _yes_or_no("Sounding", "sound", f"{_STATE}.siren == 'sounding'") | _while_online(state),
        "opened": _yes_or_no("Opened", "tamper", f"'tamper_open' in {_STATE}.get('troubles', [])"),
        "trouble": _yes_or_no("Trouble", "problem", f"{_STATE}.get('troubles', []) | length > 0"),
        "battery": _figure("Battery", "voltage", "mV", "battery_mv") | _while_online(state),
        "signal": _figure("Signal", "signal_strength", "dBm", "rssi_dbm") | _while_online(state),
    }
    return {
        "device": {
            "identifiers": [f"kentongan_{one.node}"],
            "name": one.name,
            "manufacturer": "Kentongan",
            "suggested_area": one.place,
        },
        "origin": {"name": "Kentongan"},
        "state_topic": state,
        "qos": 1,
        "components": {
            name: {**component, "unique_id": f"kentongan_{one.node}_{name}"} for name, component in components.items()
        },
    }


def _yes_or_no(name: str, device_class: str, condition: str) -> dict[str, Any]:
    return {
        "platform": "binary_sensor",
        "name": name,
        "device_class": device_class,
        "value_template": f"{{{{ 'ON' if {condition} else 'OFF' }}}}",
        "expire_after": STALE_S,
    }


def _figure(name: str, device_class: str, unit: str, field: str) -> dict[str, Any]:
    return {
        "platform": "sensor",
        "name": name,
        "device_class": device_class,
        "unit_of_measurement": unit,
        "state_class": "measurement",
        "entity_category": "diagnostic",
        "value_template": f"{{{{ {_STATE}.{field} }}}}",
        "expire_after": STALE_S,
    }


def _while_online(state: str) -> dict[str, Any]:
    """A figure of a kentongan that is away is not its figure now: Home Assistant shows it as unavailable."""
    return {
        "availability": [
            {
                "topic": state,
                "value_template": f"{{{{ {_STATE}.presence }}}}",
                "payload_available": "online",
                "payload_not_available": "offline",
            }
        ]
    }
