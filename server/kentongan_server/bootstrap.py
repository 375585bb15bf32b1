"""The composition root: the one file that knows every class and binds the stages to the events they listen to."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import structlog
from fastapi import FastAPI

from kentongan_server.domain.view_link import ViewLinks
from kentongan_server.inbound.clock.checkpointer import Checkpointer
from kentongan_server.inbound.clock.heartbeats import Heartbeats
from kentongan_server.inbound.clock.nightly import Nightly
from kentongan_server.inbound.clock.offerer import Offerer
from kentongan_server.inbound.clock.publisher import Publisher
from kentongan_server.inbound.clock.relay import Relay
from kentongan_server.inbound.clock.teller import Teller
from kentongan_server.inbound.clock.ticker import Ticker
from kentongan_server.inbound.http import (
    access,
    answers,
    channels,
    codebooks,
    drill_schedules,
    health,
    home,
    imports,
    incidents,
    live,
    openapi,
    people,
    places,
    planned,
    police_replies,
    privacy,
    problems,
    region_tree,
    releases,
    reports,
    ronda,
    spreading,
    statistics,
    subscriptions,
    surroundings,
    view_links,
)
from kentongan_server.inbound.http.callers import Callers
from kentongan_server.inbound.http.pace import Pace
from kentongan_server.inbound.metrics import Metrics
from kentongan_server.inbound.mqtt.codebook_watch import CodebookWatch
from kentongan_server.inbound.mqtt.listener import Listener
from kentongan_server.inbound.web.pages import DemoSession, page_router
from kentongan_server.key_files import Keys, believed, derive, read_keys, ways
from kentongan_server.notifiers import open_notifiers, open_subscriber
from kentongan_server.outbound.clock.system_clock import SystemClock, UlidIdentifiers
from kentongan_server.outbound.database.engine import migrate, open_database
from kentongan_server.outbound.database.transactions import DatabaseTransactions
from kentongan_server.outbound.mqtt.broker_link import BrokerLink
from kentongan_server.outbound.mqtt.home_assistant import HomeAssistantView
from kentongan_server.outbound.mqtt.signer import Signer
from kentongan_server.outbound.mqtt.sounder import MqttSounder
from kentongan_server.outbound.notify.pager import HttpPager, LogPager
from kentongan_server.outbound.notify.wording import Wording
from kentongan_server.outbound.passwords.argon2_hasher import Argon2Hasher
from kentongan_server.outbound.passwords.secret_maker import OsSecretMaker, PyotpCodes
from kentongan_server.outbound.police.cap import CapIdentity, CapResponder
from kentongan_server.outbound.police.connection import open_connections
from kentongan_server.outbound.police.webhook import WebhookResponder
from kentongan_server.outbound.record.checkpoint_file import CheckpointFile
from kentongan_server.outbound.telemetry.database import DatabaseTelemetry
from kentongan_server.ports.outbox import Channel
from kentongan_server.ports.responder import Responder
from kentongan_server.ports.telemetry import Telemetry
from kentongan_server.ports.unit_of_work import Committed
from kentongan_server.settings import Settings
from kentongan_server.stages import listeners
from kentongan_server.use_cases.governing.check_pin import CountedPinCheck

log = structlog.get_logger()


class ClosableTelemetry(Telemetry, Protocol):
    """A telemetry that holds something open."""

    def close(self) -> None:
        """Let it go."""
        ...


class Room(Protocol):
    """Something at work until it is cancelled."""

    async def run(self) -> None:
        """Work."""
        ...


def create_app(settings: Settings) -> FastAPI:
    """The server as an ASGI application; SettingsError before anything is opened. Its doors open in the lifespan."""
    keys = read_keys(settings)
    app = FastAPI(
        title="Kentongan",
        version="0.1.0",
        summary="Neighbourhood alarms: from a report to the sirens, the neighbours and the police",
        lifespan=lambda app: _open(app, settings, keys),
        generate_unique_id_function=lambda route: route.name,
    )
    problems.install(app)
    for room in (
        reports,
        incidents,
        answers,
        codebooks,
        spreading,
        planned,
        drill_schedules,
        places,
        surroundings,
        imports,
        statistics,
        live,
        access,
        people,
        privacy,
        ronda,
        police_replies,
        view_links,
        health,
        home,
        region_tree,
        channels,
        releases,
        subscriptions,
    ):
        app.include_router(room.router)
    openapi.describe(app)
    app.include_router(page_router(_demo_session(settings.demo_file)))
    return app


@asynccontextmanager
async def _open(app: FastAPI, settings: Settings, keys: Keys) -> AsyncIterator[None]:
    async with AsyncExitStack() as doors:
        clock = SystemClock()
        engine = open_database(settings.database_url)
        await asyncio.to_thread(migrate, engine)
        signer = Signer(keys.master)
        transactions = DatabaseTransactions(engine, clock, UlidIdentifiers(), listeners())
        doors.callback(transactions.close)
        link = BrokerLink(
            settings.broker_host,
            settings.broker_port,
            settings.broker_username,
            settings.broker_password.get_secret_value(),
        )
        sounder = MqttSounder(link, signer)
        metrics = Metrics()
        telemetry = _telemetry(settings)
        doors.callback(telemetry.close)
        heartbeats = Heartbeats(telemetry, metrics)
        pager = HttpPager(settings.pager_url) if settings.pager_url else LogPager()
        if isinstance(pager, HttpPager):
            doors.push_async_callback(pager.close)
        links = ViewLinks(derive(keys.master, "view-links"), settings.public_url)
        relay = Relay(
            transactions, sounder, await _responders(settings, keys, doors), pager, metrics, links, link.behind
        )
        notifiers = open_notifiers(settings, keys.vapid, doors)
        app.state.offered_channels = frozenset(notifiers)
        app.state.push_key = keys.vapid.public if keys.vapid else None
        app.state.telegram_bot = settings.telegram_bot
        app.state.telegram_secret = settings.telegram_secret and settings.telegram_secret.get_secret_value()
        app.state.chat_words = partial(Wording(None).button, language="id")
        teller = Teller(transactions, notifiers, metrics)
        subscriber = open_subscriber(settings, derive(keys.master, "subscriptions"), doors)
        app.state.subscription_secret = subscriber.secret_of
        publisher = Publisher(transactions, subscriber, metrics)
        feed = live.Feed(transactions)

        def committed(what: Committed) -> None:
            relay.committed(what)
            teller.committed(what)
            publisher.committed(what)
            feed.committed(what)

        transactions.listen(committed)
        codebooks_kept = CodebookWatch(transactions, sounder)
        listener = Listener(transactions, signer, sounder, metrics, heartbeats.add, codebooks_kept)
        ticker = Ticker(transactions, lambda: link.connected_for(time.monotonic()), behind=link.behind)
        app.state.transactions = transactions
        app.state.callers = Callers(transactions)
        app.state.hasher = Argon2Hasher(derive(keys.master, "passwords"))
        app.state.maker = OsSecretMaker()
        app.state.codes = PyotpCodes(derive(keys.master, "one-time-codes"))
        app.state.pace = Pace()
        app.state.view_links = links
        app.state.view_pace = Pace()
        app.state.public_url = settings.public_url
        app.state.pin_check = CountedPinCheck(transactions, app.state.hasher)
        app.state.metrics = metrics
        app.state.home_view = HomeAssistantView()
        app.state.clock = clock
        app.state.feed = feed
        app.state.is_connected = lambda: link.connected
        app.state.reply_secrets = {way.recipient: partial(believed, way.keys) for way in ways(settings)}
        rooms: list[Room] = [relay, teller, publisher, feed, ticker, heartbeats, codebooks_kept]
        rooms.append(Nightly(transactions, clock))
        checkpointer = Checkpointer(transactions, keys.record, CheckpointFile(settings.checkpoint_file))
        rooms.append(checkpointer)
        rooms.append(Offerer(transactions, sounder, settings.offer_every_s))
        work = [_at_work(type(room).__name__, room.run()) for room in rooms]
        app.state.stopped = lambda: [task.get_name() for task in work if task.done()]
        link.start(listener.receive)
        try:
            yield
        finally:
            await link.stop()
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            await checkpointer.take()


def _at_work(name: str, run: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
    """The room at work until it is cancelled; one that stops by itself is a defect, and the server says it is not ready."""

    def ended(task: "asyncio.Task[None]") -> None:
        if not task.cancelled():
            log.critical("room_stopped", room=name, exc_info=task.exception())

    task = asyncio.create_task(run, name=name)
    task.add_done_callback(ended)
    return task


async def _responders(settings: Settings, keys: Keys, doors: AsyncExitStack) -> dict[Channel, Responder]:
    found: dict[Channel, Responder] = {}
    for way in ways(settings):
        if way.url is None or keys.seal is None:
            continue
        connections = open_connections(way.tls)
        doors.push_async_callback(connections.aclose)
        identity = CapIdentity(settings.cap_sender, "Kentongan", way.address)
        found[way.webhook] = WebhookResponder(
            connections, SystemClock(), recipient=way.recipient, base_url=way.url, keys=way.keys
        )
        found[way.cap] = CapResponder(
            connections, recipient=way.recipient, base_url=way.url, identity=identity, seal=keys.seal
        )
    return found


def _telemetry(settings: Settings) -> ClosableTelemetry:
    if settings.influx_url is None:
        return DatabaseTelemetry(open_database(settings.telemetry_url))
    from kentongan_server.outbound.telemetry.influx import InfluxTelemetry  # a quarter of a second, only when wanted

    return InfluxTelemetry(
        settings.influx_url, settings.influx_token.get_secret_value(), settings.influx_org, settings.influx_bucket
    )


def _demo_session(path: Path | None) -> DemoSession | None:
    return None if path is None else DemoSession(**json.loads(path.read_text()))
