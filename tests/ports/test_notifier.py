"""What every channel to people keeps, its twin included: a word that returns was taken, and a refusal says what follows.

The real ones speak to real servers on loopback: SMTP, an SMS gateway, Telegram's API, a push service, a house's webhook.
"""

import base64
import json
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from aiosmtpd.controller import Controller
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.fakes.notifier import FakeNotifier
from tests.integration.notify.strangers import Mailbox, Stranger

from kentongan_server.domain.incident_kind import IncidentClass, Purpose
from kentongan_server.domain.notification import Destination, Message, NotifyChannel, Wave
from kentongan_server.outbound.notify.email import EmailNotifier, SmtpServer
from kentongan_server.outbound.notify.guarded_client import guarded_client
from kentongan_server.outbound.notify.sms import SmsGateway, SmsNotifier
from kentongan_server.outbound.notify.telegram import TelegramNotifier
from kentongan_server.outbound.notify.web_push import VapidKey, WebPushNotifier, make_vapid_key
from kentongan_server.outbound.notify.webhook import WebhookNotifier
from kentongan_server.outbound.notify.wording import Wording
from kentongan_server.ports.notifier import Notifier, NotifyError

WORDING = Wording("https://kentongan.example")
ALARM = Message("n-1", "01JDBV5Y0M0000000000000000", IncidentClass.CRIME, Purpose.ACTUAL, Wave.RONDA, "id")
CODE = Message("n-2", None, None, Purpose.ACTUAL, Wave.CONFIRM, "id", code="402913")
TRIAL = Message("n-3", None, None, Purpose.ACTUAL, Wave.TRIAL, "en")
SECURITY = Message("n-4", None, None, Purpose.ACTUAL, Wave.SECURITY, "jv")


@dataclass
class Bench:
    """A notifier, how many words arrived, and what its other end does to the next one."""

    notifier: Notifier
    to: Destination
    arrived: Callable[[], int]
    is_busy: Callable[[], None]
    is_gone: Callable[[], None] | None


@contextmanager
def _fake(_: Path, __: httpx.AsyncClient) -> Iterator[Bench]:
    fake = FakeNotifier()

    def says(**how: bool) -> None:
        fake.error = NotifyError("The channel answered.", **how)

    to = Destination("d-1", "sari", NotifyChannel.SMS, "+628123456")
    yield Bench(fake, to, lambda: len(fake.told), says, lambda: says(gone=True))


@contextmanager
def _over_http(
    channel: NotifyChannel, make: Callable[[Stranger, Path, httpx.AsyncClient], tuple[Notifier, str]], gone: int | None,
    folder: Path, client: httpx.AsyncClient,
) -> Iterator[Bench]:  # fmt: skip
    with Stranger() as stranger:
        notifier, address = make(stranger, folder, client)
        told = {"ok": True} if channel is NotifyChannel.TELEGRAM else {}
        stranger.usual = json.dumps(told).encode()
        yield Bench(
            notifier,
            Destination("d-1", "sari", channel, address),
            lambda: len(stranger.heard) - stranger.refused,
            lambda: stranger.says(503),
            None if gone is None else lambda: stranger.says(gone),
        )


def _telegram(stranger: Stranger, _: Path, client: httpx.AsyncClient) -> tuple[Notifier, str]:
    return TelegramNotifier(client, "1:a", WORDING, stranger.url), "4711"


def _sms(stranger: Stranger, _: Path, client: httpx.AsyncClient) -> tuple[Notifier, str]:
    return SmsNotifier(client, SmsGateway(f"{stranger.url}/sms"), WORDING), "+628123456"


def _webhook(stranger: Stranger, _: Path, client: httpx.AsyncClient) -> tuple[Notifier, str]:
    return WebhookNotifier(client, WORDING), json.dumps({"url": stranger.url, "secret": "of-the-house"})


def _web_push(stranger: Stranger, folder: Path, client: httpx.AsyncClient) -> tuple[Notifier, str]:
    make_vapid_key(folder / "vapid.pem")
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    raw = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    keys = {name: base64.urlsafe_b64encode(part).decode() for name, part in (("p256dh", raw), ("auth", os.urandom(16)))}
    key = VapidKey(folder / "vapid.pem", "mailto:kentongan@example.org")
    return WebPushNotifier(client, key, WORDING), json.dumps({"endpoint": f"{stranger.url}/push", "keys": keys})


@contextmanager
def _email(_: Path, __: httpx.AsyncClient) -> Iterator[Bench]:
    mailbox = Mailbox()
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = int(door.getsockname()[1])
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        server = SmtpServer("127.0.0.1", port, "kentongan@example.org", security="none")
        yield Bench(
            EmailNotifier(server, WORDING),
            Destination("d-1", "sari", NotifyChannel.EMAIL, "sari@example.org"),
            lambda: len(mailbox.mails),
            lambda: setattr(mailbox, "refuse", "451 later"),
            lambda: setattr(mailbox, "refuse", "550 no such mailbox"),
        )
    finally:
        controller.stop()


CHANNELS = {
    "fake": _fake,
    "email": _email,
    "telegram": lambda *given: _over_http(NotifyChannel.TELEGRAM, _telegram, 403, *given),
    "sms": lambda *given: _over_http(NotifyChannel.SMS, _sms, None, *given),
    "webhook": lambda *given: _over_http(NotifyChannel.WEBHOOK, _webhook, 410, *given),
    "web_push": lambda *given: _over_http(NotifyChannel.WEB_PUSH, _web_push, 410, *given),
}


@pytest.fixture(
    params=[pytest.param(name, marks=[] if name == "fake" else [pytest.mark.real]) for name in sorted(CHANNELS)]
)
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bench]:
    async with guarded_client(allow_private=True) as client:
        with CHANNELS[request.param](tmp_path, client) as found:
            yield found


@pytest.mark.parametrize("message", [ALARM, CODE, TRIAL, SECURITY], ids=["alarm", "code", "trial", "security"])
async def test_a_word_that_returns_was_taken_once(bench: Bench, message: Message) -> None:
    await bench.notifier.notify(bench.to, message)
    assert bench.arrived() == 1


async def test_one_that_is_busy_may_be_tried_again(bench: Bench) -> None:
    bench.is_busy()
    with pytest.raises(NotifyError) as caught:
        await bench.notifier.notify(bench.to, ALARM)
    assert (caught.value.gone, caught.value.refused) == (False, False)
    assert bench.arrived() == 0


async def test_one_that_is_gone_says_so_and_trying_again_will_not_help(bench: Bench) -> None:
    if bench.is_gone is None:
        return  # an SMS gateway has no word for it
    bench.is_gone()
    with pytest.raises(NotifyError) as caught:
        await bench.notifier.notify(bench.to, ALARM)
    assert (caught.value.gone, caught.value.refused) == (True, True)


async def test_no_refusal_tells_the_address(bench: Bench) -> None:
    bench.is_busy()
    with pytest.raises(NotifyError) as caught:
        await bench.notifier.notify(bench.to, ALARM)
    assert bench.to.address not in str(caught.value)
    assert str(caught.value).endswith(".")
