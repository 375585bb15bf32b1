"""Turns orders into sealed commands, and stages into sealed receipts.

Ten thousand kentongan that are told the same thing differ in three values. What they share is written once; what is left for each
is to fill those in and to seal (docs/decisions/0020). A command that another to the same kentongan has overtaken would be refused
for its lower counter: it is left, and comes again with a higher one.
"""

import json
from base64 import b64encode
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Protocol

from kentongan_contract import codec, topics
from kentongan_contract.messages import Codebook as Kept
from kentongan_contract.messages import Command, Receipt, Time
from kentongan_contract.seal import seal
from kentongan_contract.updates import Offer, Piece
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

    async def publish_all(self, messages: Iterable[tuple[str, bytes]]) -> list[int]:
        """Send many, drawing them one by one; the places of those that the broker took."""
        ...


class MqttSounder:
    """The Sounder over a broker link."""

    def __init__(self, link: Publisher, signer: Signer) -> None:
        self._link = link
        self._signer = signer
        self._newest: dict[str, int] = {}  # by kentongan, the highest counter sent

    async def send(self, order: Order) -> None:
        """Send one attempt at a command; LinkDownError when the broker did not take it."""
        self._newest[order.node] = max(order.counter, self._newest.get(order.node, 0))
        await self._publish(order.node, "command", codec.encode(command_of(order)))

    async def send_all(self, orders: Collection[Order]) -> list[str]:
        """Send many; the commands that the broker took."""
        drawn: list[str] = []
        taken = await self._link.publish_all(self._sealed(list(orders), drawn))
        return [drawn[place] for place in taken]

    def _sealed(self, orders: Iterable[Order], drawn: list[str]) -> Iterator[tuple[str, bytes]]:
        forms: dict[object, Form] = {}
        for order in orders:
            if order.counter < self._newest.get(order.node, 0):
                continue
            self._newest[order.node] = order.counter
            drawn.append(order.command)
            same = (
                order.action,
                order.incident,
                order.kind,
                order.purpose,
                order.rhythm,
                order.report,
                order.leisure_ms,
            )
            form = forms.get(same)
            if form is None:
                form = forms[same] = Form(order)
            yield (
                topics.down(order.node, "command"),
                seal(self._signer.key(order.node), "command", order.node, form.filled(order)),
            )

    async def show(self, node: str, report: str, stage: str, incident: str | None) -> None:
        """Tell a call point how far help has come; LinkDownError when the broker did not take it."""
        receipt = Receipt(report=report, stage=stage, incident=incident)
        await self._publish(node, "receipt", codec.encode(receipt))

    async def tell_time(self, node: str, nonce: str, at: datetime) -> None:
        """Set the clock of a node that has none; LinkDownError when the broker did not take it."""
        time = Time(int(at.timestamp()), int(CITY_TIME.total_seconds()) // 60, nonce)
        await self._publish(node, "time", codec.encode(time))

    async def offer(self, node: str, sequence: int, size: int) -> None:
        """Offer a node a release; LinkDownError when the broker did not take it."""
        await self._publish(node, "offer", codec.encode(Offer(sequence, size)))

    async def give(self, node: str, sequence: int, path: str, offset: int, data: bytes) -> None:
        """Give a node a piece that it asked for; LinkDownError when the broker did not take it."""
        await self._publish(node, "piece", codec.encode(Piece(sequence, path, offset, b64encode(data).decode())))

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


def command_of(order: Order) -> Command:
    """The order in the words of the contract."""
    rhythm = order.rhythm
    sounds = order.action in (Action.SOUND, Action.ALL_CLEAR)
    return Command(
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
        report=order.report,
        leisure_ms=order.leisure_ms,
    )


class Form:
    """A command as it travels, with blanks for what differs from kentongan to kentongan: id, nonce, counter."""

    def __init__(self, order: Order) -> None:
        fields = command_of(order).fields()
        for name in ("id", "nonce", "counter"):
            del fields[name]
        self._rest = json.dumps(fields)[1:].encode()

    def filled(self, order: Order) -> bytes:
        """The bytes for this order; it must agree with the form's own in all that is written once."""
        own = f'{{"id": {json.dumps(order.command)}, "nonce": {json.dumps(order.nonce)}, "counter": {order.counter:d}, '
        return own.encode() + self._rest
