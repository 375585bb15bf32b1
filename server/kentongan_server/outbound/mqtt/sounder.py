"""Turns orders into sealed commands, and stages into sealed receipts."""

from datetime import datetime, timedelta
from typing import Protocol

from kentongan_contract import codec, topics
from kentongan_contract.messages import Codebook as Kept
from kentongan_contract.messages import Command, Receipt, Time
from kentongan_contract.seal import seal
from kentongan_server.domain.alarm import COMMAND_TTL_MS, Action
from kentongan_server.domain.codebook import Codebook
from kentongan_server.outbound.mqtt.signer import Signer
from kentongan_server.ports.alarms import Order

CITY_TIME = timedelta(hours=7)  # WIB; the whole city lies in it


class Publisher(Protocol):
    """What the sounder asks of the link."""

    async def publish(self, topic: str, payload: bytes) -> None:
        """Send; LinkDownError when the broker did not take it. There is no way to ask for `retain`."""
        ...


class MqttSounder:
    """The Sounder over a broker link."""

    def __init__(self, link: Publisher, signer: Signer) -> None:
        self._link = link
        self._signer = signer

    async def send(self, order: Order) -> None:
        """Send one attempt at a command; LinkDownError when the broker did not take it."""
        rhythm = order.rhythm
        sounds = order.action in (Action.SOUND, Action.ALL_CLEAR)
        command = Command(
            id=order.command,
            action=order.action.value,
            incident=order.incident,
            class_=order.kind.incident_class.value,
            purpose=order.purpose.value,
            pattern=rhythm.pattern,
            beats=list(rhythm.beats) if sounds else [],
            rounds=rhythm.rounds if sounds else 0,
            duration_ms=rhythm.duration_ms if sounds else 0,
            colour=rhythm.colour,
            nonce=order.nonce,
            counter=order.counter,
            ttl_ms=COMMAND_TTL_MS,
        )
        await self._publish(order.node, "command", codec.encode(command))

    async def show(self, node: str, report: str, stage: str, incident: str | None) -> None:
        """Tell a call point how far help has come; LinkDownError when the broker did not take it."""
        receipt = Receipt(report=report, stage=stage, incident=incident)
        await self._publish(node, "receipt", codec.encode(receipt))

    async def tell_time(self, node: str, nonce: str, at: datetime) -> None:
        """Set the clock of a node that has none; LinkDownError when the broker did not take it."""
        time = Time(int(at.timestamp()), int(CITY_TIME.total_seconds()) // 60, nonce)
        await self._publish(node, "time", codec.encode(time))

    async def teach(self, node: str, book: Codebook) -> None:
        """Give a node the beats to keep; LinkDownError when the broker did not take it."""
        codes: list[list[object]] = [
            [kind.value, code.pattern, list(code.beats), code.rounds, code.duration_ms, code.colour]
            for kind, code in book.codes.items()
        ]
        await self._publish(node, "codebook", codec.encode(Kept(book.revision, book.version, codes)))

    async def _publish(self, node: str, kind: str, body: bytes) -> None:
        sealed = seal(self._signer.key(node), kind, node, body)
        await self._link.publish(topics.down(node, kind), sealed)
