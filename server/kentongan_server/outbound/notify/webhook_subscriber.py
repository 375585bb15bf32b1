"""A third party's system: the delivery's own bytes, signed as the police's webhook is, to an address strangers gave us.

The secret is derived from a key of ours and the subscription's id: it is shown once and kept nowhere.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable

import httpx

from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.subscription import Delivery, Owner, Subscription
from kentongan_server.outbound.notify.http_attempt import attempt
from kentongan_server.outbound.notify.webhook import signed_headers
from kentongan_server.ports.notifier import NotifyError

# The wall at the door itself: its own table, which trusts nothing that was decided further in.
_NEVER = {
    Owner.GOVERNMENT: {IncidentClass.COMMUNITY},
    Owner.POLICE: {IncidentClass.COMMUNITY, IncidentClass.EMERGENCY},
    Owner.EMERGENCY: {IncidentClass.COMMUNITY, IncidentClass.CRIME},
}


class WebhookSubscriber:
    """Posts to the subscription's address through the guarded client."""

    def __init__(self, client: httpx.AsyncClient, key: bytes, clock_s: Callable[[], float] = time.time) -> None:
        self._client = client
        self._key = key
        self._clock_s = clock_s

    def secret_of(self, subscription_id: str) -> str:
        """What the receiver checks signatures with."""
        made = hmac.new(self._key, subscription_id.encode(), hashlib.sha256).digest()
        return "whs_" + base64.urlsafe_b64encode(made).decode().rstrip("=")

    async def deliver(self, subscription: Subscription, delivery: Delivery) -> None:
        """See the port."""
        if delivery.incident_class in _NEVER.get(subscription.owner, ()):
            raise NotifyError(f"The {subscription.owner} may never hear of {delivery.incident_class}.", refused=True)
        body = delivery.body.encode()
        secret = self.secret_of(subscription.id).encode()
        headers = signed_headers(secret, delivery.id, delivery.event, int(self._clock_s()), body)
        await attempt(self._client, subscription.url, content=body, headers=headers, gone=frozenset({410}))
