"""The last of the three walls of the category firewall, at the door itself.

It keeps its own table and trusts nothing that was decided further in: the class written in the document, the class its
kind belongs to, and the recipient this channel was opened for must all say the same.
"""

from kentongan_server.domain.forward import FirewallBreach, Forward, Recipient
from kentongan_server.domain.incident_kind import IncidentClass

_MAY_HEAR = {Recipient.POLICE: IncidentClass.CRIME, Recipient.EMERGENCY: IncidentClass.EMERGENCY}


def refuse_breach(forward: Forward, channel_of: Recipient) -> None:
    """FirewallBreach unless the document is for the recipient of this channel and of the one class they may hear."""
    if forward.recipient is not channel_of:
        raise FirewallBreach(
            f"A document for the {forward.recipient} recipient reached the channel of the {channel_of} recipient; "
            f"delivery {forward.delivery} was not sent."
        )
    heard = _MAY_HEAR[channel_of]
    if forward.incident_class is not heard or forward.kind.incident_class is not heard:
        raise FirewallBreach(
            f"The {channel_of} recipient may hear of class {heard} only; delivery {forward.delivery} "
            f"({forward.kind}, class {forward.incident_class}) was not sent."
        )
