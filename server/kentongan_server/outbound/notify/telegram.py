"""Telegram's bot API: one message with two buttons, so that a neighbour answers without opening anything."""

import json
from datetime import timedelta
from typing import Any

import httpx

from kentongan_server.domain.notification import Destination, Message
from kentongan_server.outbound.notify.http_attempt import attempt
from kentongan_server.outbound.notify.wording import Wording
from kentongan_server.ports.notifier import NotifyError


class TelegramNotifier:
    """Sends to the chat in a destination's address. A bot cannot speak to a chat that never spoke to it."""

    def __init__(self, client: httpx.AsyncClient, token: str, wording: Wording, api: str) -> None:
        self._client = client
        self._base = f"{api.rstrip('/')}/bot{token}"
        self._wording = wording

    async def notify(self, destination: Destination, message: Message) -> None:
        """See the port."""
        if not destination.address.lstrip("-").isdigit():
            raise NotifyError("The chat has not spoken to our bot yet.", refused=True)
        words = self._wording.of(message)
        told: dict[str, Any] = {
            "chat_id": int(destination.address),
            "text": words.text,
            "disable_notification": not message.is_urgent,
            "link_preview_options": {"is_disabled": True},
        }
        answers = self._wording.buttons(message)
        if answers:
            buttons = [
                {"text": word, "callback_data": f"{answer} {message.incident}"} for answer, word in answers.items()
            ]
            told["reply_markup"] = {"inline_keyboard": [buttons]}
        await self._call("sendMessage", told)

    async def _call(self, method: str, told: dict[str, Any]) -> None:
        # 403: the person blocked the bot; Telegram asks to stop then.
        body = await attempt(
            self._client,
            f"{self._base}/{method}",
            content=json.dumps(told).encode(),
            headers={"Content-Type": "application/json"},
            gone=frozenset({403}),
        )
        try:
            answer = json.loads(body)
            taken = answer["ok"] is True
        except (ValueError, KeyError, TypeError) as error:
            raise NotifyError("Telegram's answer cannot be read.") from error
        if not taken:
            wait = (answer.get("parameters") or {}).get("retry_after")
            raise NotifyError(
                "Telegram did not take the message.",
                retry_after=timedelta(seconds=min(wait, 3600)) if type(wait) is int else None,
            )
