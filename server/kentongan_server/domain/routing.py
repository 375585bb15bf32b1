"""The category firewall: who may ever hear of an incident.

The police hear of crimes, the 112 recipient of emergencies, and nobody outside the RT of community news. The same
sentence stands again as a constraint of the outbox table and in the adapters that speak to the outside.
"""

from kentongan_server.domain.errors import FirewallError
from kentongan_server.domain.forward import Recipient
from kentongan_server.domain.incident_kind import IncidentClass

_RECIPIENT = {
    IncidentClass.CRIME: Recipient.POLICE,
    IncidentClass.EMERGENCY: Recipient.EMERGENCY,
    IncidentClass.COMMUNITY: None,
}


def recipient_of(incident_class: IncidentClass) -> Recipient | None:
    """Who outside the neighbourhood hears of this class, if anyone."""
    return _RECIPIENT[incident_class]


def assert_may_hear(recipient: Recipient, incident_class: IncidentClass) -> None:
    """FirewallError unless `recipient` is the one for this class."""
    if _RECIPIENT[incident_class] is not recipient:
        raise FirewallError(f"{recipient} may never hear of a {incident_class} incident")
