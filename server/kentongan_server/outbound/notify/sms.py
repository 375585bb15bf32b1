"""SMS through whatever gateway the city has: one HTTP request, made from a template."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote_plus

import httpx

from kentongan_server.domain.notification import Destination, Message
from kentongan_server.outbound.notify.http_attempt import attempt
from kentongan_server.outbound.notify.wording import Wording


@dataclass(frozen=True, slots=True)
class SmsGateway:
    """`{to}`, `{text}` and `{id}` in the URL and body are filled in, escaped as the body's type needs it."""

    url: str
    body: str = '{"to": "{to}", "message": "{text}", "id": "{id}"}'
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    def request(self, to: str, text: str, id: str) -> tuple[str, bytes]:
        """The address and the body for one message."""
        values = {"to": to, "text": text, "id": id}
        is_json = self.content_type.split(";")[0].strip() == "application/json"
        url, body = self.url, self.body
        for name, value in values.items():
            url = url.replace("{" + name + "}", quote_plus(value))
        # One pass: a text that happens to hold "{id}" is left as it is.
        parts = body.split("{")
        filled = parts[0]
        for part in parts[1:]:
            name, closed, rest = part.partition("}")
            if closed and name in values:
                filled += (json.dumps(values[name])[1:-1] if is_json else quote_plus(values[name])) + rest
            else:
                filled += "{" + part
        return url, filled.encode()


class SmsNotifier:
    """Sends to the number in a destination's address."""

    def __init__(self, client: httpx.AsyncClient, gateway: SmsGateway, wording: Wording) -> None:
        self._client = client
        self._gateway = gateway
        self._wording = wording

    async def notify(self, destination: Destination, message: Message) -> None:
        """See the port."""
        url, body = self._gateway.request(destination.address, self._wording.of(message).text, message.notification)
        headers = {"Content-Type": self._gateway.content_type, **self._gateway.headers}
        # A gateway's 404 is a wrong setting of ours, not a number that is gone.
        await attempt(self._client, url, content=body, headers=headers, gone=frozenset())
