"""A signed JSON request, read into a document."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from starlette.datastructures import Headers

from kentongan_command_centre.document import Document, Event, Format, Refusal
from kentongan_command_centre.signature import prove
from kentongan_command_centre.strict_json import read_strictly
from kentongan_command_centre.view import views_of_webhook


def _only_text(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("a time is written as text")
    return value


Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,128}$")]
Word = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
Line = Annotated[str, Field(max_length=1000)]
Time = Annotated[AwareDatetime, BeforeValidator(_only_text), Field(strict=False)]


class _Part(BaseModel):
    """Unknown fields are ignored, so that the sender may grow; missing or mistyped ones are refused."""

    model_config = ConfigDict(strict=True, extra="ignore")


class _Region(_Part):
    code: Line
    name: Line


class _Position(_Part):
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class _Body(_Part):
    version: Literal[1]
    delivery: Id
    event: Literal["incident.reported", "incident.updated", "incident.cancelled"]
    recipient: Word
    incident: Id
    kind: Word
    incident_class: Word = Field(alias="class")
    purpose: Literal["actual", "drill", "test"]
    region: _Region
    position: _Position | None
    opened_at: Time
    queued_at: Time
    source: Line
    trust: Line
    text: Annotated[str, Field(max_length=100_000)] | None
    earlier: list[Id] = []
    cameras: Any = None  # read for what they are worth, never a reason to refuse
    position_link: Any = None
    links_until: Any = None


def read_webhook(secrets: Sequence[bytes], headers: Headers, body: bytes, now: datetime) -> Document:
    """The document; Refusal when it is not proven, not readable, or not what its headers say."""
    prove(secrets, headers, body, now)
    try:
        read = _Body.model_validate(read_strictly(body))
    except ValidationError as error:
        field = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"]) or "the body"
        raise Refusal(422, "Not valid", f"Missing or wrong: {field}.") from None
    for header, said in (("X-Kentongan-Delivery", read.delivery), ("X-Kentongan-Event", read.event)):
        if headers.getlist(header) != [said]:
            raise Refusal(422, "Not valid", f"{header} does not say what the signed body says.")
    event = Event(read.event)
    if event is not Event.REPORTED and not read.earlier:
        raise Refusal(422, "Not valid", "An update or cancellation must name the earlier documents.")
    return Document(
        format=Format.WEBHOOK,
        delivery=read.delivery,
        event=event,
        recipient=read.recipient,
        incident=read.incident,
        incident_class=read.incident_class,
        kind=read.kind,
        categories=(),
        purpose=read.purpose,
        region=read.region.code,
        region_name=read.region.name,
        latitude=read.position.latitude if read.position else None,
        longitude=read.position.longitude if read.position else None,
        source=read.source,
        trust=read.trust,
        text=read.text,
        opened_at=read.opened_at,
        queued_at=read.queued_at,
        digest=hashlib.sha256(body).hexdigest(),
        raw=body.decode(),
        views=views_of_webhook(read.cameras, read.position_link, read.links_until),
    )
