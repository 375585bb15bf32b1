"""My channels, my quiet hours, and the word of a channel's other end: it arrived, or somebody answered in a chat."""

import base64
import binascii
import hashlib
import hmac
import json
import re
import secrets
from datetime import datetime, time
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Header, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kentongan_server.domain.answer import Answer
from kentongan_server.domain.consent import VERSION, Purpose, is_in_force
from kentongan_server.domain.errors import KentonganError, UnknownError
from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.lifecycle import NotificationState
from kentongan_server.domain.notification import Destination, Notification, NotifyChannel
from kentongan_server.domain.preferences import Preferences
from kentongan_server.domain.quiet_hours import QuietHours
from kentongan_server.inbound.http.access import own_session
from kentongan_server.inbound.http.callers import Caller, CallerDetail
from kentongan_server.inbound.http.pace import paced
from kentongan_server.inbound.http.problems import Problem
from kentongan_server.inbound.http.strict_json import StrictRoute
from kentongan_server.inbound.http.web_address import is_web_address
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork
from kentongan_server.use_cases.governing.consent import agree
from kentongan_server.use_cases.informing import choose_channels
from kentongan_server.use_cases.informing.deliver_notifications import arrived
from kentongan_server.use_cases.responding.acknowledge import acknowledge

router = APIRouter(prefix="/api/v1", tags=["telling"], route_class=StrictRoute)

Hears = Annotated[set[IncidentClass], Field(min_length=1)]
Later = Annotated[int, Field(ge=0, le=600, examples=[60], description="How many seconds after the others it speaks")]
Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
_PHONE = re.compile(r"\+[1-9][0-9]{7,14}")
_MAIL = re.compile(r"[^\s@<>,;\"]{1,64}@[A-Za-z0-9.-]{1,180}\.[A-Za-z]{2,24}")


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ChannelIn(_In):
    """Where to reach me. `address`: a phone number, a mailbox, an https address, or a browser's subscription as JSON."""

    channel: NotifyChannel
    address: Annotated[str, StringConstraints(max_length=2000)] = Field("", examples=["+62 812 3456 7890"])
    hears: Hears = Field(default_factory=lambda: set(IncidentClass))
    after_s: Later = 0
    consent: Annotated[str, StringConstraints(min_length=1, max_length=32)] | None = Field(
        None,
        examples=[VERSION],
        description="The version of the words of GET /consent-texts that I agree to with this; once is enough.",
    )


class ChannelChangeIn(_In):
    """What it hears, and how much later than my other channels."""

    hears: Hears
    after_s: Later


class CodeIn(_In):
    """The code that came over the channel."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=40)] = Field(examples=["402913"])


class PreferencesIn(_In):
    """Language of what is sent, and the hours without community news by the clock of Semarang; equal ends: none."""

    language: Literal["id", "en", "jv"]
    quiet_from: Clock = Field(examples=["21:00"])
    quiet_until: Clock = Field(examples=["05:30"])


class LastOut(BaseModel):
    """How the newest word to a channel went: `sent` means that the channel took it, `delivered` that it arrived."""

    state: NotificationState = Field(examples=["delivered"])
    at: datetime
    error: str | None = Field(None, examples=["The channel answered 503."])


class ChannelOut(BaseModel):
    """One way to me. `address` is shortened; `secret` is shown once, to check a webhook's signatures with."""

    id: str
    channel: NotifyChannel
    address: str
    hears: list[IncidentClass]
    after_s: int = Field(examples=[60])
    confirmed: bool
    last: LastOut | None = None
    secret: str | None = None
    print: str | None = Field(
        None,
        description="SHA-256 of a browser's endpoint, in hex: by it a browser finds itself.",
        examples=["9f86d0" * 8],
    )
    connect: str | None = Field(None, description="Open this to connect the chat.")


class ChannelsOut(BaseModel):
    """My channels, what this server offers, and whether I agreed to the words in force: else nothing can be added."""

    channels: list[ChannelOut]
    offered: list[NotifyChannel]
    push_key: str | None = Field(description="applicationServerKey for the browser's subscription")
    agreed: bool


class ConfirmedOut(BaseModel):
    """Whether the code was the right one."""

    confirmed: bool


@router.get("/me/channels")
async def my_channels(request: Request, person: Caller) -> ChannelsOut:
    """Where I am reached."""
    transactions: Transactions = request.app.state.transactions

    def look(uow: UnitOfWork) -> tuple[list[ChannelOut], bool]:
        mine = uow.destinations.of_people([person.id])
        latest = uow.notifications.latest({one.id for one in mine})
        agreed = is_in_force(uow.consents.of_person(person.id), Purpose.CHANNELS)
        return [_out(one, latest.get(one.id)) for one in mine], agreed

    found, agreed = await transactions.read(look)
    offered = request.app.state.offered_channels
    return ChannelsOut(channels=found, offered=sorted(offered), push_key=request.app.state.push_key, agreed=agreed)


@router.post("/me/channels", status_code=201, dependencies=[Depends(paced)])
async def add_channel(body: ChannelIn, request: Request, calling: CallerDetail) -> ChannelOut:
    """Be reached there too, once I agreed to it. All but a browser must first say the code that is sent there."""
    person = calling.person
    if body.consent is not None:
        own_session(calling.session)  # a program cannot agree for its owner
    if body.channel not in request.app.state.offered_channels:
        raise Problem(409, f"This server has no {body.channel}; choose another channel.")
    code = secrets.token_urlsafe(12) if body.channel is NotifyChannel.TELEGRAM else f"{secrets.randbelow(10**6):06d}"
    secret = secrets.token_urlsafe(24)
    address = _address(body, code, secret)
    transactions: Transactions = request.app.state.transactions

    def add(uow: UnitOfWork) -> Destination:
        if body.consent is not None:
            agree(uow, person.id, Purpose.CHANNELS, body.consent)
        wanted = Destination(uow.new_id(), person.id, body.channel, address, frozenset(body.hears), body.after_s, False)
        return choose_channels.add_destination(uow, person, wanted, code)

    added = _out(await transactions.run(add))
    bot = request.app.state.telegram_bot
    if body.channel is NotifyChannel.TELEGRAM and bot:
        added.connect = f"tg://resolve?domain={bot}&start={code}"
    if body.channel is NotifyChannel.WEBHOOK:
        added.secret = secret
    return added


@router.post("/me/channels/{channel_id}/confirm", dependencies=[Depends(paced)])
async def confirm_channel(channel_id: str, body: CodeIn, request: Request, person: Caller) -> ConfirmedOut:
    """Say the code that came there. Five wrong ones make it void."""
    transactions: Transactions = request.app.state.transactions
    fits = await transactions.run(
        lambda uow: choose_channels.confirm_destination(uow, person, channel_id, body.code.strip())
    )
    return ConfirmedOut(confirmed=fits)


@router.post("/me/channels/{channel_id}/test", status_code=202)
async def try_channel(channel_id: str, request: Request, person: Caller) -> ChannelOut:
    """Send a word there that says it is a test. How it went is among my channels, as `last`."""
    transactions: Transactions = request.app.state.transactions

    def job(uow: UnitOfWork) -> ChannelOut:
        tried = choose_channels.try_destination(uow, person, channel_id)
        return _out(tried, uow.notifications.latest({channel_id}).get(channel_id))

    return await transactions.run(job)


@router.put("/me/channels/{channel_id}")
async def change_channel(channel_id: str, body: ChannelChangeIn, request: Request, person: Caller) -> ChannelOut:
    """Choose what it hears, and when."""
    transactions: Transactions = request.app.state.transactions
    hears = frozenset(body.hears)
    return _out(
        await transactions.run(
            lambda uow: choose_channels.change_destination(uow, person, channel_id, hears, body.after_s)
        )
    )


@router.delete("/me/channels/{channel_id}", status_code=204)
async def remove_channel(channel_id: str, request: Request, person: Caller) -> None:
    """Not be reached there any more, also not by what waits already."""
    transactions: Transactions = request.app.state.transactions
    await transactions.run(lambda uow: choose_channels.remove_destination(uow, person, channel_id))


@router.get("/me/preferences")
async def my_preferences(request: Request, person: Caller) -> PreferencesIn:
    """My language and quiet hours."""
    transactions: Transactions = request.app.state.transactions
    found = await transactions.read(lambda uow: uow.destinations.preferences([person.id]))
    mine = found.get(person.id, Preferences())
    hours = mine.quiet_hours
    return PreferencesIn(
        language=mine.language,
        quiet_from=hours.begin.isoformat("minutes"),
        quiet_until=hours.end.isoformat("minutes"),
    )


@router.put("/me/preferences")
async def choose_preferences(body: PreferencesIn, request: Request, person: Caller) -> PreferencesIn:
    """Choose them. Alarms know no quiet hours."""
    hours = QuietHours(time.fromisoformat(body.quiet_from), time.fromisoformat(body.quiet_until))
    transactions: Transactions = request.app.state.transactions
    await transactions.run(
        lambda uow: choose_channels.choose_preferences(uow, person, Preferences(body.language, hours))
    )
    return body


@router.post("/notifications/{notification_id}/delivered", status_code=204)
async def say_delivered(notification_id: str, request: Request) -> None:
    """It arrived. Whoever knows the id has received it; repeating changes nothing."""
    transactions: Transactions = request.app.state.transactions
    if not await transactions.run(lambda uow: arrived(uow, notification_id)):
        raise UnknownError("There is no such notification.")


@router.post("/telegram", include_in_schema=False)
async def hear_telegram(
    request: Request, x_telegram_bot_api_secret_token: Annotated[str, Header(max_length=256)] = ""
) -> dict[str, Any]:
    """What people say to the bot: the code that connects their chat, /stop, or an answer to an alarm."""
    secret: str | None = request.app.state.telegram_secret
    if secret is None or not hmac.compare_digest(secret.encode(), x_telegram_bot_api_secret_token.encode()):
        raise Problem(401, "This address is Telegram's alone.")
    update = await request.json()
    update = update if isinstance(update, dict) else {}
    transactions: Transactions = request.app.state.transactions
    message, pressed = update.get("message"), update.get("callback_query")
    if isinstance(message, dict):
        chat, text = (message.get("chat") or {}).get("id"), str(message.get("text") or "")
        if type(chat) is int and text.startswith("/start "):
            code = text.removeprefix("/start ").strip()[:40]
            linked = await transactions.run(lambda uow: choose_channels.link_chat(uow, code, str(chat)))
            word = "linked" if linked else "unknown_code"
            return {"method": "sendMessage", "chat_id": chat, "text": request.app.state.chat_words(word)}
        if type(chat) is int and text.split("@", maxsplit=1)[0].strip() == "/stop":
            await transactions.run(lambda uow: choose_channels.unlink_chat(uow, str(chat)))
            return {"method": "sendMessage", "chat_id": chat, "text": request.app.state.chat_words("unlinked")}
    elif isinstance(pressed, dict):
        chat = (((pressed.get("message") or {}).get("chat")) or {}).get("id")
        said, _, incident = str(pressed.get("data") or "").partition(" ")
        if type(chat) is int and said in tuple(Answer):
            await transactions.run(lambda uow: _answer(uow, str(chat), incident, Answer(said)))
            told = {"method": "answerCallbackQuery", "callback_query_id": str(pressed.get("id"))}
            return {**told, "text": request.app.state.chat_words("answered")}
    return {}


def _answer(uow: UnitOfWork, chat: str, incident: str, said: Answer) -> None:
    for one in uow.destinations.at_address(NotifyChannel.TELEGRAM, chat):
        person = uow.people.person(one.person, uow.now())
        if person is not None and one.confirmed:
            try:
                acknowledge(uow, incident, person, said)
            except KentonganError:
                return  # over, or not theirs to see: Telegram must not ask again for ever


def _address(body: ChannelIn, code: str, secret: str) -> str:
    said = body.address.strip()
    match body.channel:
        case NotifyChannel.TELEGRAM:
            return f"code:{code}"
        case NotifyChannel.SMS:
            number = re.sub(r"[\s().-]", "", said)
            number = "+62" + number[1:] if number.startswith("0") else number
            if _PHONE.fullmatch(number):
                return number
            raise Problem(422, "Write the phone number as 0812-3456-7890 or +62 812 3456 7890.")
        case NotifyChannel.EMAIL:
            if _MAIL.fullmatch(said):
                return said
            raise Problem(422, "Write the mailbox as name@example.org.")
        case NotifyChannel.WEBHOOK:
            if is_web_address(said):
                return json.dumps({"url": said, "secret": secret})
            raise Problem(422, "Write the address as https://host/path, without a password in it.")
        case NotifyChannel.WEB_PUSH:
            return _subscription(said)


def _subscription(said: str) -> str:
    try:
        given = json.loads(said)
        keys = {name: str(given["keys"][name]) for name in ("p256dh", "auth")}
        lengths = [len(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))) for value in keys.values()]
        endpoint = str(given["endpoint"])
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise Problem(422, "Send the browser's subscription as JSON: endpoint, keys.p256dh and keys.auth.") from error
    if lengths != [65, 16] or not is_web_address(endpoint):
        raise Problem(422, "This is no browser's subscription; subscribe again.")
    return json.dumps({"endpoint": endpoint, "keys": keys}, sort_keys=True)


def _out(one: Destination, latest: Notification | None = None) -> ChannelOut:
    return ChannelOut(
        id=one.id,
        channel=one.channel,
        address=_shortened(one),
        hears=sorted(one.hears),
        after_s=one.after_s,
        confirmed=one.confirmed,
        print=_print(one),
        last=None if latest is None else LastOut(state=latest.state, at=latest.changed_at, error=latest.error),
    )


def _print(one: Destination) -> str | None:
    if one.channel is not NotifyChannel.WEB_PUSH:
        return None
    return hashlib.sha256(json.loads(one.address)["endpoint"].encode()).hexdigest()


def _shortened(one: Destination) -> str:
    """Enough to know one's own again."""
    if one.channel in (NotifyChannel.WEB_PUSH, NotifyChannel.WEBHOOK):
        where = json.loads(one.address)
        return urlsplit(where.get("url") or where.get("endpoint")).hostname or ""
    if one.channel is NotifyChannel.TELEGRAM:
        return "" if not one.confirmed else f"…{one.address[-3:]}"
    if one.channel is NotifyChannel.SMS:
        return f"{one.address[:3]}…{one.address[-3:]}"
    name, _, host = one.address.partition("@")
    return f"{name[:1]}…@{host}"
