"""The embedded broker, for a demo on a machine without Mosquitto: amqtt under the same names, passwords and rules.

Demo only: measured, it lets in 4,500 of 10,600 nodes in a minute. Three of amqtt 0.12's habits are corrected here,
since one node could otherwise hurt another: it drops a session before it has asked for the password, it publishes a
will without asking the rules, and it sends a newcomer every retained message that anybody subscribed to.
"""

import asyncio
import logging
import signal
from dataclasses import dataclass
from pathlib import Path

from amqtt.adapters import ReaderAdapter, WriterAdapter
from amqtt.broker import Broker, Server
from amqtt.contexts import Action, BaseContext, BrokerConfig, ListenerConfig, ListenerType
from amqtt.errors import BrokerError
from amqtt.mqtt.connack import NOT_AUTHORIZED, ConnackPacket
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler
from amqtt.plugins.base import BaseAuthPlugin, BasePlugin, BaseTopicPlugin
from amqtt.session import Session

from kentongan_broker.access import Access
from kentongan_broker.enrolment import SERVERS

SHUTDOWN_SECONDS = 2.0

_DOING = {Action.PUBLISH: "write", Action.SUBSCRIBE: "read", Action.RECEIVE: "read"}


class Logins(BaseAuthPlugin):
    """Lets in who knows the password, under their own name as client id, with a will they may speak."""

    @dataclass
    class Config(BasePlugin.Config):
        """The rendered folder."""

        folder: str = ""

    def __init__(self, context: BaseContext) -> None:
        super().__init__(context)
        self._access = Access(Path(self._get_config_option("folder")))

    async def authenticate(self, *, session: Session) -> bool:
        """True when this session may begin."""
        user = session.username or ""
        own = session.client_id == user or (user in SERVERS and str(session.client_id).startswith(f"{user}-"))
        if not own or not self._access.lets_in(user, session.password):
            return False
        return not session.will_flag or self._access.allows(user, "write", session.will_topic or "")


class Topics(BaseTopicPlugin):
    """Asks the acl for every message said, heard or subscribed to."""

    @dataclass
    class Config(BasePlugin.Config):
        """The rendered folder."""

        folder: str = ""

    def __init__(self, context: BaseContext) -> None:
        super().__init__(context)
        self._access = Access(Path(self._get_config_option("folder")))

    async def topic_filtering(
        self, *, session: Session | None = None, topic: str | None = None, action: Action | None = None
    ) -> bool:
        """True when the acl allows it."""
        if session is None or topic is None or action is None:
            return False
        return self._access.allows(session.username or "", _DOING[action], topic)


class CityBroker(Broker):
    """amqtt, made to ask first."""

    async def _handle_client_session(
        self,
        reader: ReaderAdapter,
        writer: WriterAdapter,
        client_session: Session,
        handler: BrokerProtocolHandler,
        server: Server,
        listener_name: str,
    ) -> None:
        if not await self._authenticate(client_session, self.listeners_config[listener_name]):
            await ConnackPacket.build(0, NOT_AUTHORIZED).to_stream(writer)
            await writer.close()
            return
        name = client_session.client_id or ""
        if name in self.sessions:  # the same name again: its former connection is dead, or about to be
            await self.sessions[name][1].handle_connection_closed()
        if client_session.clean_session:
            await super()._delete_session(name)
        await super()._handle_client_session(reader, writer, client_session, handler, server, listener_name)

    async def _delete_session(self, client_id: str) -> None:
        """Nothing yet: whoever says this name may be a stranger."""

    async def _publish_retained_messages_for_subscription(
        self, subscription: tuple[str, int], session: Session
    ) -> None:
        if any(subscriber is session for subscriber, _ in self.subscriptions.get(subscription[0], [])):
            await super()._publish_retained_messages_for_subscription(subscription, session)


async def serve(folder: Path, host: str, port: int, websocket_port: int | None = None) -> None:
    """Serve until SIGTERM or SIGINT; OSError when the port is taken."""
    logging.getLogger("transitions").setLevel(logging.WARNING)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    plugins = {f"{__name__}.{plugin.__name__}": {"folder": str(folder)} for plugin in (Logins, Topics)}
    listeners = {"default": ListenerConfig(bind=f"{host}:{port}")}
    if websocket_port is not None:
        listeners["browsers"] = ListenerConfig(type=ListenerType.WS, bind=f"{host}:{websocket_port}")
    broker = CityBroker(BrokerConfig(listeners=listeners, plugins=plugins))
    try:
        await broker.start()
    except BrokerError as problem:
        if isinstance(problem.__cause__, OSError):
            raise problem.__cause__ from None
        raise
    await ended.wait()
    try:
        await asyncio.wait_for(broker.shutdown(), SHUTDOWN_SECONDS)
    except TimeoutError:
        logging.getLogger(__name__).warning("some connections did not end in time; nothing is lost by cutting them")
