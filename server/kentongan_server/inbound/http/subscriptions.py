"""Third parties' systems: who is told by webhook of which incidents, and how each delivery went. See docs/webhooks.md."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.lifecycle import NotificationState
from kentongan_server.domain.subscription import Delivery, Owner, Subscription
from kentongan_server.inbound.http.callers import Caller
from kentongan_server.inbound.http.problems import Problem
from kentongan_server.inbound.http.strict_json import StrictRoute
from kentongan_server.inbound.http.views import RegionCode
from kentongan_server.inbound.http.web_address import is_web_address
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork
from kentongan_server.use_cases.governing import keep_subscriptions
from kentongan_server.use_cases.informing.publish import publish_test

router = APIRouter(prefix="/api/v1/subscriptions", tags=["subscriptions"], route_class=StrictRoute)
URL = "https://kelurahan.example/kentongan"


class SubscriptionIn(BaseModel):
    """A receiver. Its owner decides what it may ever hear; community news takes an RT's own neighbourhood."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] = Field(
        examples=["Kelurahan Sukorejo"]
    )
    region: RegionCode
    owner: Owner = Field(examples=["government"])
    hears: Annotated[set[IncidentClass], Field(min_length=1)] = Field(examples=[["crime", "emergency"]])
    url: Annotated[str, StringConstraints(max_length=2000)] = Field(examples=[URL])


class DeliveryOut(BaseModel):
    """One event to it: `sent` means that it took it, `failed` that it was given up."""

    id: str
    event: str = Field(examples=["incident.opened"])
    incident: str | None
    state: NotificationState = Field(examples=["sent"])
    attempts: int
    error: str | None = Field(None, examples=["The channel answered 503."])
    queued_at: datetime
    due_at: datetime | None
    changed_at: datetime


class SubscriptionOut(BaseModel):
    """A subscription. `secret` is shown once, when it is made; `last` is the newest delivery, shown in the list."""

    id: str
    name: str = Field(examples=["Kelurahan Sukorejo"])
    region: str
    owner: Owner = Field(examples=["government"])
    hears: list[IncidentClass]
    url: str = Field(examples=[URL])
    made_at: datetime
    stopped: str | None = Field(None, examples=["The receiver answered 410: it wants no more."])
    last: DeliveryOut | None = None
    secret: str | None = Field(None, examples=["whs_n1bXq0Zk5fJwB2yT7vRcA9LdE3hU6sGi4PqYx8KtM0o"])


@router.get("")
async def list_subscriptions(request: Request, person: Caller) -> list[SubscriptionOut]:
    """The subscriptions that the caller may change."""
    transactions: Transactions = request.app.state.transactions

    def look(uow: UnitOfWork) -> list[SubscriptionOut]:
        mine = keep_subscriptions.subscriptions_of(uow, person)
        return [_out(one, last=next(iter(uow.subscriptions.deliveries_of(one.id, 1)), None)) for one in mine]

    return await transactions.read(look)


@router.post("", status_code=201)
async def make_subscription(body: SubscriptionIn, request: Request, person: Caller) -> SubscriptionOut:
    """Subscribe a system. Keep the secret: it is shown this once."""
    if not is_web_address(body.url.strip()):
        raise Problem(422, "Write the address as https://host/path, without a password in it.")
    transactions: Transactions = request.app.state.transactions
    secret_of: Callable[[str], str] = request.app.state.subscription_secret

    def job(uow: UnitOfWork) -> Subscription:
        wanted = Subscription(
            id=uow.new_id(),
            name=body.name,
            region=body.region,
            owner=body.owner,
            hears=frozenset(body.hears),
            url=body.url.strip(),
            made_by=person.id,
            made_at=uow.now(),
        )
        return keep_subscriptions.subscribe(uow, person, wanted)

    made = await transactions.run(job)
    return _out(made, secret_of(made.id))


@router.delete("/{subscription_id}", status_code=204)
async def drop_subscription(subscription_id: str, request: Request, person: Caller) -> None:
    """Send nothing there any more, also nothing of what waits."""
    transactions: Transactions = request.app.state.transactions
    await transactions.run(lambda uow: keep_subscriptions.unsubscribe(uow, person, subscription_id))


@router.post("/{subscription_id}/resume")
async def resume_subscription(subscription_id: str, request: Request, person: Caller) -> SubscriptionOut:
    """Send there again what happens from now on; what was missed meanwhile is not sent. Repeating changes nothing."""
    transactions: Transactions = request.app.state.transactions
    return _out(await transactions.run(lambda uow: keep_subscriptions.resume(uow, person, subscription_id)))


@router.post("/{subscription_id}/test", status_code=202)
async def try_subscription(subscription_id: str, request: Request, person: Caller) -> DeliveryOut:
    """Send a delivery that says it is a test; how it went is among the deliveries."""
    transactions: Transactions = request.app.state.transactions

    def job(uow: UnitOfWork) -> Delivery:
        return publish_test(uow, keep_subscriptions.found_subscription(uow, person, subscription_id))

    return _delivery(await transactions.run(job))


@router.get("/{subscription_id}/deliveries")
async def list_deliveries(subscription_id: str, request: Request, person: Caller) -> list[DeliveryOut]:
    """The newest hundred deliveries, newest first."""
    transactions: Transactions = request.app.state.transactions
    found = await transactions.read(lambda uow: keep_subscriptions.deliveries_of(uow, person, subscription_id))
    return [_delivery(one) for one in found]


def _out(one: Subscription, secret: str | None = None, last: Delivery | None = None) -> SubscriptionOut:
    return SubscriptionOut(
        id=one.id,
        name=one.name,
        region=one.region,
        owner=one.owner,
        hears=sorted(one.hears),
        url=one.url,
        made_at=one.made_at,
        stopped=one.stopped,
        last=None if last is None else _delivery(last),
        secret=secret,
    )


def _delivery(one: Delivery) -> DeliveryOut:
    return DeliveryOut(
        id=one.id,
        event=one.event,
        incident=one.incident,
        state=one.state,
        attempts=one.attempts,
        error=one.error,
        queued_at=one.queued_at,
        due_at=one.due_at,
        changed_at=one.changed_at,
    )
