"""The composition root: the one file that knows every class and binds the stages to the events they listen to."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Protocol

from fastapi import FastAPI

from kentongan_server.domain.events import ReportTaken, StageReached
from kentongan_server.domain.forward import Recipient
from kentongan_server.inbound.clock.heartbeats import Heartbeats
from kentongan_server.inbound.clock.relay import Relay
from kentongan_server.inbound.clock.ticker import Ticker
from kentongan_server.inbound.http import health, incidents, live, places, police_replies, problems, reports
from kentongan_server.inbound.http.callers import Callers
from kentongan_server.inbound.metrics import Metrics
from kentongan_server.inbound.mqtt.listener import Listener
from kentongan_server.inbound.web.pages import DemoSession, page_router
from kentongan_server.outbound.clock.system_clock import SystemClock, UlidIdentifiers
from kentongan_server.outbound.database.engine import migrate, open_database
from kentongan_server.outbound.database.transactions import DatabaseTransactions
from kentongan_server.outbound.mqtt.broker_link import BrokerLink
from kentongan_server.outbound.mqtt.signer import Signer
from kentongan_server.outbound.mqtt.sounder import MqttSounder
from kentongan_server.outbound.notify.pager import HttpPager, LogPager
from kentongan_server.outbound.police.cap import CapIdentity, CapResponder, CapSeal
from kentongan_server.outbound.police.connection import open_connections
from kentongan_server.outbound.police.webhook import WebhookResponder
from kentongan_server.outbound.telemetry.database import DatabaseTelemetry
from kentongan_server.ports.outbox import Channel
from kentongan_server.ports.responder import Responder
from kentongan_server.ports.telemetry import Telemetry
from kentongan_server.ports.unit_of_work import Committed, Listeners
from kentongan_server.settings import Settings
from kentongan_server.use_cases.alarming import raise_alarm
from kentongan_server.use_cases.forwarding import forward_report
from kentongan_server.use_cases.informing import tell_reporter, tell_residents


class ClosableTelemetry(Telemetry, Protocol):
    """A telemetry that holds something open."""

    def close(self) -> None:
        """Let it go."""
        ...


class SettingsError(Exception):
    """A setting is missing or wrong; the text says which and what to do."""


def listeners() -> Listeners:
    """Which stage acts on which event, in this order and in the event's own transaction."""
    return {
        ReportTaken: (raise_alarm.on_report, forward_report.on_report, tell_residents.on_report),
        StageReached: (tell_reporter.on_stage,),
    }


def create_app(settings: Settings) -> FastAPI:
    """The server as an ASGI application; it opens its doors in the lifespan and closes them after it."""
    app = FastAPI(
        title="Kentongan",
        version="0.1.0",
        summary="Neighbourhood alarms: from a report to the sirens, the neighbours and the police",
        lifespan=lambda app: _open(app, settings),
    )
    problems.install(app)
    for room in (reports, incidents, places, live, police_replies, health):
        app.include_router(room.router)
    app.include_router(page_router(_demo_session(settings.demo_file)))
    return app


@asynccontextmanager
async def _open(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    async with AsyncExitStack() as doors:
        clock = SystemClock()
        engine = open_database(settings.database_url)
        await asyncio.to_thread(migrate, engine)
        signer = Signer(_master_key(settings.master_key_file))
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
        relay = Relay(transactions, sounder, await _responders(settings, doors), pager, metrics)
        feed = live.Feed(transactions)

        def committed(what: Committed) -> None:
            relay.committed(what)
            feed.committed(what)

        transactions.listen(committed)
        listener = Listener(transactions, signer, sounder, metrics, heartbeats.add)
        ticker = Ticker(transactions, lambda: link.connected_for(time.monotonic()))
        app.state.transactions = transactions
        app.state.callers = Callers(transactions)
        app.state.metrics = metrics
        app.state.clock = clock
        app.state.feed = feed
        app.state.is_connected = lambda: link.connected
        app.state.police_secrets = [
            secret.get_secret_value().encode()
            for secret in (settings.police_webhook_secret, settings.police_previous_secret)
            if secret is not None
        ]
        work = [asyncio.create_task(room.run()) for room in (relay, feed, ticker, heartbeats)]
        link.start(listener.receive)
        try:
            yield
        finally:
            await asyncio.to_thread(link.stop)
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)


async def _responders(settings: Settings, doors: AsyncExitStack) -> dict[Channel, Responder]:
    found: dict[Channel, Responder] = {}
    ways = (
        (
            Recipient.POLICE,
            settings.police_url,
            settings.police_webhook_secret,
            Channel.POLICE_WEBHOOK,
            Channel.POLICE_CAP,
        ),
        (
            Recipient.EMERGENCY,
            settings.emergency_url,
            settings.emergency_webhook_secret,
            Channel.EMERGENCY_WEBHOOK,
            Channel.EMERGENCY_CAP,
        ),
    )
    for recipient, url, secret, webhook, cap in ways:
        if url is None:
            continue
        if secret is None:
            raise SettingsError(
                f"{recipient} has a URL but no webhook secret: set KENTONGAN_{recipient.upper()}_WEBHOOK_SECRET."
            )
        connections = open_connections()
        doors.push_async_callback(connections.aclose)
        found[webhook] = WebhookResponder(
            connections,
            SystemClock(),
            recipient=recipient,
            base_url=url,
            secret=secret.get_secret_value().encode(),
        )
        if settings.cap_key_file and settings.cap_cert_file:
            identity = CapIdentity(settings.cap_sender, "Kentongan", settings.cap_address)
            seal = CapSeal(settings.cap_key_file.read_bytes(), settings.cap_cert_file.read_bytes())
            found[cap] = CapResponder(connections, recipient=recipient, base_url=url, identity=identity, seal=seal)
    return found


def _telemetry(settings: Settings) -> ClosableTelemetry:
    if settings.influx_url is None:
        return DatabaseTelemetry(open_database(settings.telemetry_url))
    from kentongan_server.outbound.telemetry.influx import InfluxTelemetry  # a quarter of a second, only when wanted

    return InfluxTelemetry(
        settings.influx_url, settings.influx_token.get_secret_value(), settings.influx_org, settings.influx_bucket
    )


def _master_key(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The master key {path} cannot be read; make one with: kentongan server make-keys."
        ) from error
    if len(key) != 32:
        raise SettingsError(f"The master key {path} must be 64 hex digits.")
    return key


def _demo_session(path: Path | None) -> DemoSession | None:
    return None if path is None else DemoSession(**json.loads(path.read_text()))
