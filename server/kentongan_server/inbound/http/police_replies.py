"""What the command centre answers, signed like what we send it."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from kentongan_server.domain.forward import Recipient
from kentongan_server.inbound.http.openapi import signed_body
from kentongan_server.inbound.http.police_signature import SignatureError, verify_reply
from kentongan_server.inbound.http.problems import Problem
from kentongan_server.inbound.http.strict_json import StrictRequest, loads
from kentongan_server.ports.clock import Clock
from kentongan_server.ports.unit_of_work import Transactions
from kentongan_server.use_cases.forwarding.record_police_reply import Reply, record_police_reply

router = APIRouter(prefix="/api/v1/police", tags=["police"])


class ReplyIn(BaseModel):
    """An answer to an incident."""

    model_config = ConfigDict(extra="ignore")
    incident: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    reply: Reply
    delivery: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,128}$")] | None = None
    operator: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    disposition: Annotated[str, StringConstraints(max_length=100)] | None = None


@router.post(
    "/replies",
    openapi_extra=signed_body(ReplyIn),
)
async def post_reply(request: Request) -> dict[str, str]:
    """Take an answer of the command centre; a repeated one changes nothing."""
    body = await StrictRequest(request.scope, request.receive).body()
    by = _who_signed(request, body)
    try:
        reply = ReplyIn.model_validate(loads(body))
    except ValidationError as error:
        fields = ", ".join(sorted({".".join(str(part) for part in item["loc"])[:50] for item in error.errors()}))
        raise Problem(422, f"Please correct: {fields or 'body'}.") from error
    transactions: Transactions = request.app.state.transactions
    status = await transactions.run(
        lambda uow: record_police_reply(
            uow,
            reply.incident,
            reply.reply,
            reply.operator,
            reply.disposition,
            delivery=reply.delivery,
            digest=hashlib.sha256(body).hexdigest(),
            by=by,
        )
    )
    return {"incident": reply.incident, "status": status}


def _who_signed(request: Request, body: bytes) -> Recipient:
    """Whose key signed this; each recipient has its own and can speak of its own class alone. Problem 401 for nobody's."""
    clock: Clock = request.app.state.clock
    rings: Mapping[Recipient, Callable[[], Sequence[bytes]]] = request.app.state.reply_secrets
    refusal = "No command centre may answer here: none is configured."
    for recipient, secrets in rings.items():
        known = secrets()
        if not known:
            continue
        try:
            verify_reply(known, request.headers.items(), body, clock.now())
        except SignatureError as error:
            refusal = str(error)
        else:
            return recipient
    raise Problem(401, refusal)
