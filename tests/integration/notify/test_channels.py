"""Every channel against a server that speaks it: what travels, what the answers mean, and what never travels."""

import base64
import hashlib
import hmac
import json
import os
import socket
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import http_ece
import httpx
import pytest
from aiosmtpd.controller import Controller
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.integration.notify.strangers import Mailbox, Stranger

from kentongan_server.domain.incident_kind import IncidentClass, Purpose
from kentongan_server.domain.notification import Destination, Message, NotifyChannel, Wave
from kentongan_server.outbound.notify.email import EmailNotifier, SmtpServer
from kentongan_server.outbound.notify.guarded_client import guarded_client, is_public
from kentongan_server.outbound.notify.sms import SmsGateway, SmsNotifier
from kentongan_server.outbound.notify.telegram import TelegramNotifier
from kentongan_server.outbound.notify.web_push import VapidKey, WebPushNotifier, make_vapid_key
from kentongan_server.outbound.notify.webhook import WebhookNotifier
from kentongan_server.outbound.notify.wording import Wording
from kentongan_server.ports.notifier import NotifyError

pytestmark = pytest.mark.real

INCIDENT = "01JDBV5Y0M0000000000000000"
WORDING = Wording("https://kentongan.example")
CRIME = Message("n-1", INCIDENT, IncidentClass.CRIME, Purpose.ACTUAL, Wave.RONDA, "id")
CODE = Message("n-2", None, None, Purpose.ACTUAL, Wave.CONFIRM, "id", code="402913")


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    with Stranger() as found:
        yield found


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """The guarded client as a closed network has it: loopback allowed."""
    async with guarded_client(allow_private=True) as found:
        yield found


def to(channel: NotifyChannel, address: str) -> Destination:
    return Destination("d-1", "sari", channel, address)


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Browser:
    """A browser's half of web push: its keys, and what it makes of what arrives."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)

    def subscription(self, endpoint: str) -> str:
        raw = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return json.dumps({"endpoint": endpoint, "keys": {"p256dh": b64(raw), "auth": b64(self._auth)}})

    def reads(self, body: bytes) -> dict[str, Any]:
        return json.loads(http_ece.decrypt(body, private_key=self._key, auth_secret=self._auth, version="aes128gcm"))


async def test_web_push_can_be_read_by_its_browser_alone_and_is_signed_by_us(
    stranger: Stranger, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    make_vapid_key(tmp_path / "vapid.pem")
    key = VapidKey(tmp_path / "vapid.pem", "mailto:kentongan@example.org")
    browser, other = Browser(), Browser()
    notifier = WebPushNotifier(client, key, WORDING)
    await notifier.notify(to(NotifyChannel.WEB_PUSH, browser.subscription(f"{stranger.url}/push/abc")), CRIME)
    path, headers, body = stranger.heard[0]
    assert path == "/push/abc"
    told = browser.reads(body)
    assert (told["incident"], told["notification"], told["urgent"]) == (INCIDENT, "n-1", True)
    with pytest.raises(http_ece.ECEException):
        other.reads(body)
    assert (headers["urgency"], headers["topic"], headers["ttl"]) == ("high", INCIDENT, "3600")
    scheme, _, rest = headers["authorization"].partition(" ")
    token, public = (part.split("=", 1)[1] for part in rest.split(","))
    assert (scheme, public) == ("vapid", key.public)
    verifier = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(public))
    signed, _, given = token.rpartition(".")
    r, s = (int.from_bytes(unb64(given)[half : half + 32], "big") for half in (0, 32))
    verifier.verify(encode_dss_signature(r, s), signed.encode(), ec.ECDSA(hashes.SHA256()))
    claims = json.loads(unb64(signed.partition(".")[2]))
    assert (claims["aud"], claims["sub"]) == (stranger.url, "mailto:kentongan@example.org")
    assert time.time() < claims["exp"] < time.time() + 24 * 3600


@pytest.mark.parametrize(("status", "gone"), [(404, True), (410, True), (500, False), (429, False)])
async def test_what_a_push_service_answers(
    stranger: Stranger, client: httpx.AsyncClient, tmp_path: Path, status: int, gone: bool
) -> None:
    make_vapid_key(tmp_path / "vapid.pem")
    notifier = WebPushNotifier(client, VapidKey(tmp_path / "vapid.pem", "mailto:a@example.org"), WORDING)
    stranger.says(status, None, Retry_After="120")
    with pytest.raises(NotifyError) as caught:
        await notifier.notify(to(NotifyChannel.WEB_PUSH, Browser().subscription(stranger.url)), CRIME)
    assert (caught.value.gone, caught.value.retry_after) == (gone, timedelta(seconds=120))
    assert stranger.url not in str(caught.value)


async def test_telegram_gets_two_buttons(stranger: Stranger, client: httpx.AsyncClient) -> None:
    stranger.says(200, {"ok": True, "result": {}})
    notifier = TelegramNotifier(client, "123:abc", WORDING, stranger.url)
    await notifier.notify(to(NotifyChannel.TELEGRAM, "4711"), CRIME)
    path, _, body = stranger.heard[0]
    told = json.loads(body)
    assert (path, told["chat_id"]) == ("/bot123:abc/sendMessage", 4711)
    buttons = told["reply_markup"]["inline_keyboard"][0]
    assert [(one["text"], one["callback_data"]) for one in buttons] == [
        ("Saya datang", f"coming {INCIDENT}"),
        ("Saya lihat", f"seen {INCIDENT}"),
    ]


async def test_telegram_s_refusals(stranger: Stranger, client: httpx.AsyncClient) -> None:
    notifier = TelegramNotifier(client, "123:abc", WORDING, stranger.url)
    stranger.says(403, {"ok": False, "description": "Forbidden: bot was blocked by the user"})
    stranger.says(200, {"ok": False, "parameters": {"retry_after": 7}})
    with pytest.raises(NotifyError) as blocked:
        await notifier.notify(to(NotifyChannel.TELEGRAM, "4711"), CRIME)
    assert blocked.value.gone
    with pytest.raises(NotifyError) as busy:
        await notifier.notify(to(NotifyChannel.TELEGRAM, "4711"), CRIME)
    assert busy.value.retry_after == timedelta(seconds=7)
    with pytest.raises(NotifyError, match="not spoken"):
        await notifier.notify(to(NotifyChannel.TELEGRAM, "code:abc"), CRIME)
    assert len(stranger.heard) == 2


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
async def test_an_sms_goes_out_as_the_gateway_wants_it(
    stranger: Stranger, client: httpx.AsyncClient, content_type: str
) -> None:
    is_json = content_type == "application/json"
    body = '{"to": "{to}", "text": "{text}", "ref": "{id}"}' if is_json else "to={to}&text={text}&ref={id}"
    gateway = SmsGateway(f"{stranger.url}/send?to={{to}}", body, content_type, {"X-Key": "k"})
    await SmsNotifier(client, gateway, WORDING).notify(to(NotifyChannel.SMS, "+628123456"), CODE)
    path, headers, heard = stranger.heard[0]
    assert (path, headers["x-key"]) == ("/send?to=%2B628123456", "k")
    told = json.loads(heard) if is_json else dict(httpx.QueryParams(heard.decode()))
    assert (told["to"], told["ref"]) == ("+628123456", "n-2")
    assert "402913" in told["text"]


async def test_a_person_s_webhook_is_signed(stranger: Stranger, client: httpx.AsyncClient) -> None:
    address = json.dumps({"url": f"{stranger.url}/hook", "secret": "s3cret-of-the-house"})
    await WebhookNotifier(client, WORDING).notify(to(NotifyChannel.WEBHOOK, address), CRIME)
    _, headers, body = stranger.heard[0]
    signed = f"{headers['x-kentongan-timestamp']}.".encode() + body
    expected = hmac.new(b"s3cret-of-the-house", signed, hashlib.sha256).hexdigest()
    assert headers["x-kentongan-signature"] == f"sha256={expected}"
    assert headers["x-kentongan-delivery"] == json.loads(body)["delivery"] == "n-1"


async def test_an_e_mail_arrives_and_a_refused_mailbox_is_gone() -> None:
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        notifier = EmailNotifier(
            SmtpServer("127.0.0.1", controller.port, "kentongan@example.org", security="none"), WORDING
        )
        await notifier.notify(to(NotifyChannel.EMAIL, "sari@example.org"), CRIME)
        (mail,) = mailbox.mails
        assert mail.rcpt_tos == ["sari@example.org"]
        assert INCIDENT.encode() in mail.content
        mailbox.refuse = "550 no such mailbox"
        with pytest.raises(NotifyError) as caught:
            await notifier.notify(to(NotifyChannel.EMAIL, "gone@example.org"), CRIME)
        assert caught.value.gone
        mailbox.refuse = "451 later"
        with pytest.raises(NotifyError) as later:
            await notifier.notify(to(NotifyChannel.EMAIL, "busy@example.org"), CRIME)
        assert not later.value.refused
    finally:
        controller.stop()
    with pytest.raises(NotifyError, match="could not be used"):
        await notifier.notify(to(NotifyChannel.EMAIL, "sari@example.org"), CRIME)


@pytest.mark.parametrize("language", ["id", "en", "jv"])
@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("wave", [Wave.RONDA, Wave.RESIDENTS, Wave.AGAIN])
@pytest.mark.parametrize("incident_class", IncidentClass)
def test_the_words_are_whole_in_every_language(
    language: str, purpose: Purpose, wave: Wave, incident_class: IncidentClass
) -> None:
    words = WORDING.of(Message("n-1", INCIDENT, incident_class, purpose, wave, language))
    assert INCIDENT in words.sentence
    assert words.link == f"https://kentongan.example/?incident={INCIDENT}"
    loud = words.sentence.upper()
    assert ("DARURAT" in loud or "URGENT" in loud) is (
        purpose is Purpose.ACTUAL and incident_class is not IncidentClass.COMMUNITY
    )


PRIVATE = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1", "2001:db8::1", "localhost", "",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
async def test_no_stranger_sends_us_to_our_own_machines(stranger: Stranger, address: str) -> None:
    async def look_up(_host: str, _port: int) -> list[str]:
        return [address]

    assert not is_public(address)
    async with guarded_client(look_up=look_up) as client:
        notifier = WebhookNotifier(client, WORDING)
        where = json.dumps({"url": f"https://innocent.example:{stranger.port}/", "secret": "s" * 16})
        with pytest.raises(NotifyError) as caught:
            await notifier.notify(to(NotifyChannel.WEBHOOK, where), CRIME)
    assert caught.value.refused
    assert stranger.heard == []


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_the_open_internet_is_open(address: str) -> None:
    assert is_public(address)


async def test_one_private_address_among_public_ones_is_enough(stranger: Stranger) -> None:
    async def look_up(_host: str, _port: int) -> list[str]:
        return ["8.8.8.8", "127.0.0.1"]

    async with guarded_client(look_up=look_up) as client:
        with pytest.raises(httpx.TransportError, match="public"):
            await client.post(f"https://innocent.example:{stranger.port}/")
    assert stranger.heard == []


async def test_a_name_that_changes_its_mind_gains_nothing(stranger: Stranger) -> None:
    """DNS rebinding: the connection goes to the address that was looked at; the name is never asked a second time."""
    asked = []

    async def look_up(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    async with guarded_client(allow_private=True, look_up=look_up) as client:
        answer = await client.post(f"http://rebinding.example:{stranger.port}/x")
    assert (answer.status_code, asked) == (201, ["rebinding.example"])
    assert stranger.heard[0][1]["host"] == f"rebinding.example:{stranger.port}"


async def test_plain_http_and_redirects_lead_nowhere(stranger: Stranger) -> None:
    async with guarded_client() as client:
        with pytest.raises(httpx.TransportError, match="https"):
            await client.post(stranger.url)
    async with guarded_client(allow_private=True) as client:
        stranger.says(307, None, Location=f"{stranger.url}/elsewhere")
        notifier = WebhookNotifier(client, WORDING)
        where = json.dumps({"url": stranger.url, "secret": "s" * 16})
        with pytest.raises(NotifyError, match="307"):
            await notifier.notify(to(NotifyChannel.WEBHOOK, where), CRIME)
    assert len(stranger.heard) == 1
