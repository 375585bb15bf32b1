"""The one place that knows every part and puts them together."""

import asyncio
import hashlib
import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from structlog.typing import FilteringBoundLogger

from kentongan_contract import topics
from kentongan_contract.seal import Key
from kentongan_gateway import VERSION
from kentongan_gateway.beat_player import BeatPlayer
from kentongan_gateway.broker_link import Address, BrokerLink, Tls
from kentongan_gateway.contacts import Contacts
from kentongan_gateway.gateway import Gateway
from kentongan_gateway.lines import Lines
from kentongan_gateway.local_alarm import LocalAlarm
from kentongan_gateway.own_kentongan import OwnKentongan
from kentongan_gateway.own_siren import Cause, OwnSiren
from kentongan_gateway.relay import Relay
from kentongan_gateway.reports import Reports
from kentongan_gateway.settings import Settings
from kentongan_gateway.siren import Panel
from kentongan_gateway.spool import Spool
from kentongan_gateway.spool_writer import SpoolWriter

# One block of frame counters for each start: they rise across restarts with no write for a frame.
COUNTERS_PER_BOOT = 1 << 30
NONCE_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class GuardPost:
    """The parts that must be run and stopped."""

    gateway: Gateway
    link: BrokerLink
    lines: Lines
    contacts: Contacts
    panel: Panel
    player: BeatPlayer
    writer: SpoolWriter


def clock_ms() -> int:
    """Milliseconds of the steady clock."""
    return time.monotonic_ns() // 1_000_000


def build(settings: Settings, log: FilteringBoundLogger, tell: Callable[[dict[str, Any]], None]) -> GuardPost:
    """Everything put together and nothing begun; PinsError or SpoolError when it cannot be."""
    loop = asyncio.get_running_loop()
    draw = random.SystemRandom().random

    # Parts that call each other are tied by functions that look the other one up when they are called.
    def pressed() -> None:
        gateway.press()

    def key_turned() -> None:
        gateway.turn_key()

    def state_changed(leisure_ms: int) -> None:
        gateway.state_changed(leisure_ms)

    def siren_told(cause: Cause, outcome: str | None) -> None:
        gateway.siren_told(cause, outcome)

    def broker_up() -> None:
        panel.lamp(True)
        gateway.broker_up()

    def broker_down(reason: str) -> None:
        panel.lamp(False)
        gateway.broker_down(reason)

    contacts = Contacts(loop, clock_ms, settings.hold_ms, pressed, key_turned)
    panel = Panel(settings.pins, contacts.edge)
    spool = _open_spool(settings, log, panel)
    keys = {node: bytes.fromhex(key.get_secret_value()) for node, key in settings.links.items()}
    fingerprints = {node: hashlib.sha256(key).hexdigest()[:16] for node, key in keys.items()}
    boot = spool.next_boot(int(time.time()))
    kept, heard, sounded = spool.kept(), spool.heard(fingerprints.items()), spool.sounded()
    log.info("starting", node=settings.node, version=VERSION, boot=boot, kept=len(kept), pins=settings.pins)
    writer = _writer(spool, loop, log)
    player = BeatPlayer(panel.siren)
    siren = OwnSiren(player, clock_ms, lambda action: _hand_over(loop, action), siren_told)
    kentongan = OwnKentongan(
        settings.node,
        Key(bytes.fromhex(settings.key.get_secret_value())),
        boot,
        f"gateway-{VERSION}",
        siren,
        clock_ms,
        secrets.token_bytes,
        round(settings.heartbeat_ms * NONCE_SHARE),
        state_changed,
    )
    reports = Reports(
        settings.node,
        kentongan.report_bytes,
        lambda topic, payload: link.publish(topic, payload, retain=False),
        writer.add,
        draw,
    )
    reports.restore(kept, clock_ms())
    gateway = Gateway(
        kentongan=kentongan,
        siren=siren,
        alarm=LocalAlarm(sounded),
        relay=Relay({node: Key(key) for node, key in keys.items()}, heard, boot * COUNTERS_PER_BOOT),
        reports=reports,
        line_keys=fingerprints,
        heartbeat_ms=settings.heartbeat_ms,
        clock_ms=clock_ms,
        random=draw,
        note=writer.add,
        on_disk=lambda: writer.settled,
        log=log,
        tell=tell,
    )
    link = BrokerLink(
        _address(settings),
        [topics.every_down(node) for node in (settings.node, *keys)],
        gateway.last_will,
        broker_up,
        broker_down,
        gateway.from_broker,
        draw,
    )
    lines = Lines(settings.serial, settings.serial_baud, loop, gateway.from_line, gateway.line_changed)
    gateway.fit(link, lines)
    return GuardPost(gateway, link, lines, contacts, panel, player, writer)


def _open_spool(settings: Settings, log: FilteringBoundLogger, panel: Panel) -> Spool:
    try:
        spool = Spool(settings.spool)
    except BaseException:
        panel.close()
        raise
    if spool.trouble is not None:
        log.error("spool in trouble", trouble=spool.trouble)
    return spool


def _writer(spool: Spool, loop: asyncio.AbstractEventLoop, log: FilteringBoundLogger) -> SpoolWriter:
    def failed(trouble: str) -> None:
        _hand_over(loop, lambda: log.error("the spool cannot be written; trying on", trouble=trouble))

    def recovered() -> None:
        _hand_over(loop, lambda: log.info("the spool is written again"))

    return SpoolWriter(spool, failed, recovered)


def _address(settings: Settings) -> Address:
    tls = None
    if settings.broker_authority is not None:
        tls = Tls(settings.broker_authority, settings.broker_certificate, settings.broker_private_key)
    password = settings.password.get_secret_value()
    return Address(settings.broker_host, settings.broker_port, settings.node, password, tls)


def _hand_over(loop: asyncio.AbstractEventLoop, action: Callable[[], None]) -> None:
    try:
        loop.call_soon_threadsafe(action)
    except RuntimeError:
        return  # the loop has ended: the program is stopping
