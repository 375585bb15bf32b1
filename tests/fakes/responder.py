"""A recipient in memory: can be away, and remembers what it took."""

from kentongan_server.domain.forward import FirewallBreach, Forward, Recipient
from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.ports.responder import DeliveryError

_HEARS = {Recipient.POLICE: IncidentClass.CRIME, Recipient.EMERGENCY: IncidentClass.EMERGENCY}


class FakeResponder:
    """`away` makes every attempt fail; `taken` holds each delivery once; `attempts` counts them all."""

    def __init__(self, recipient: Recipient = Recipient.POLICE) -> None:
        self.recipient = recipient
        self.away = False
        self.attempts = 0
        self.taken: dict[str, Forward] = {}

    async def deliver(self, forward: Forward) -> None:
        """See the port."""
        hears = _HEARS[self.recipient]
        if not (forward.recipient is self.recipient and forward.incident_class is forward.kind.incident_class is hears):
            raise FirewallBreach(f"{forward.delivery} is nothing for the {self.recipient} recipient.")
        self.attempts += 1
        if self.away:
            raise DeliveryError("The recipient is away.")
        self.taken.setdefault(forward.delivery, forward)
