"""The channels to people that this server has been given: part of the composition root, split from it along its room."""

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import httpx

from kentongan_server.domain.notification import NotifyChannel
from kentongan_server.outbound.notify.email import EmailNotifier, SmtpServer
from kentongan_server.outbound.notify.guarded_client import guarded_client
from kentongan_server.outbound.notify.sms import SmsGateway, SmsNotifier
from kentongan_server.outbound.notify.telegram import TelegramNotifier
from kentongan_server.outbound.notify.webhook import WebhookNotifier
from kentongan_server.outbound.notify.webhook_subscriber import WebhookSubscriber
from kentongan_server.outbound.notify.wording import Wording
from kentongan_server.ports.notifier import Notifier
from kentongan_server.settings import Settings

if TYPE_CHECKING:
    from kentongan_server.outbound.notify.web_push import VapidKey


def open_notifiers(
    settings: Settings, vapid: "VapidKey | None", doors: AsyncExitStack
) -> dict[NotifyChannel, Notifier]:
    """A notifier for each channel that is set up. People's own addresses are reached through the guarded client alone."""
    wording = Wording(settings.public_url)
    strangers = guarded_client(allow_private=settings.foreign_private_addresses)
    own = httpx.AsyncClient(timeout=10, follow_redirects=False, headers={"User-Agent": "kentongan-server"})
    doors.push_async_callback(strangers.aclose)
    doors.push_async_callback(own.aclose)
    found: dict[NotifyChannel, Notifier] = {NotifyChannel.WEBHOOK: WebhookNotifier(strangers, wording)}
    if vapid is not None:
        from kentongan_server.outbound.notify.web_push import WebPushNotifier  # aiohttp comes with it: slow to import

        found[NotifyChannel.WEB_PUSH] = WebPushNotifier(strangers, vapid, wording)
    if settings.telegram_token is not None and settings.telegram_api is not None:
        token = settings.telegram_token.get_secret_value()
        found[NotifyChannel.TELEGRAM] = TelegramNotifier(own, token, wording, settings.telegram_api)
    if settings.sms_url is not None:
        headers = {name: value.get_secret_value() for name, value in settings.sms_headers.items()}
        gateway = SmsGateway(settings.sms_url, settings.sms_body, settings.sms_content_type, headers)
        found[NotifyChannel.SMS] = SmsNotifier(own, gateway, wording)
    if settings.smtp_host is not None:
        password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
        server = SmtpServer(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_sender,
            settings.smtp_username,
            password,
            settings.smtp_security,
        )
        found[NotifyChannel.EMAIL] = EmailNotifier(server, wording)
    return found


def open_subscriber(settings: Settings, key: bytes, doors: AsyncExitStack) -> WebhookSubscriber:
    """The way to third parties, with connections of its own: what hangs there takes no channel's places."""
    client = guarded_client(allow_private=settings.foreign_private_addresses)
    doors.push_async_callback(client.aclose)
    return WebhookSubscriber(client, key)
