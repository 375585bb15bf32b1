"""The one shape of every way up, and the way over MQTT.

An uplink has `connected`, `run()` for ever, `send(kind, payload) -> bool` (False: not now, ask again after `room`), and
`hurry()`. It tells its listener: up(), down(reason), unreachable(reason), message(kind, payload, retained), room(); and
asks it: will() for the sealed last state, is_urgent() and is_calm(). `serial_link` has the same shape.
"""

from kentongan_contract import topics
from kentongan_contract.errors import TopicError

from .mqtt_client import WINDOW, MqttClient

_STATES = WINDOW // 2  # the other half of the window is kept for reports


class MqttUplink:
    """Reports and states to the broker; commands and receipts from it."""

    def __init__(self, settings, clock, backoff, listener, tls=None):
        self._node = settings.node
        self._listener = listener
        self._client = MqttClient(settings, clock, backoff, self, topics.every_down(settings.node), tls)
        self.strays = 0  # topics that are not ours, payloads too long to be ours

    @property
    def connected(self) -> bool:
        """True between CONNACK and the end of the session."""
        return self._client.connected

    async def run(self) -> None:
        """Serve for ever."""
        await self._client.run()

    def hurry(self) -> None:
        """Try at once if a wait is under way."""
        self._client.hurry()

    def send(self, kind: str, payload: bytes) -> bool:
        """Hand over now; a state stays retained at the broker, a report never does."""
        if kind != "report" and self._client.room() <= WINDOW - _STATES:
            return False
        return self._client.publish(topics.up(self._node, kind), payload, kind == "state")

    def will(self) -> tuple:
        """The client asks before each connect."""
        return topics.up(self._node, "state"), self._listener.will()

    def up(self) -> None:
        """The client has a session."""
        self._listener.up()

    def down(self, reason: str) -> None:
        """The client has lost it."""
        self._listener.down(reason)

    def unreachable(self, reason: str) -> None:
        """The client could not get a session."""
        self._listener.unreachable(reason)

    def free(self) -> None:
        """The client's window has room."""
        self._listener.room()

    def message(self, topic: str, payload: "bytes | None", retained: bool) -> None:
        """The client got a PUBLISH."""
        try:
            node, direction, kind = topics.parse(topic)
        except TopicError:
            node = direction = kind = ""
        if node != self._node or direction != "down" or payload is None:
            self.strays += 1
            return
        self._listener.message(kind, payload, retained)

    def is_urgent(self) -> bool:
        """A report waits."""
        return self._listener.is_urgent()

    def is_calm(self) -> bool:
        """Nobody would notice a stall of the loop."""
        return self._listener.is_calm()
