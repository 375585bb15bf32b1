"""How alarms spread, with a preview before it is saved; where it is kept quiet on purpose; and whose word is doubted."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kentongan_server.domain.errors import UnknownError
from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.spread import SHIPPED, Period, Rule
from kentongan_server.inbound.http.callers import Caller
from kentongan_server.inbound.http.strict_json import StrictRoute
from kentongan_server.inbound.http.views import RegionCode
from kentongan_server.ports.unit_of_work import Transactions
from kentongan_server.use_cases.alarming.quiet_places import shelve, take_out_of_service
from kentongan_server.use_cases.alarming.set_rule import WouldSound, drop_rule, preview_rule, set_rule
from kentongan_server.use_cases.reporting.doubt_reporter import appeal, lift

router = APIRouter(prefix="/api/v1", tags=["spreading"], route_class=StrictRoute)
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class RuleIn(BaseModel):
    """How alarms of one class rise by day or by night. `home` is the RT whose surroundings the preview shows."""

    model_config = ConfigDict(extra="forbid")
    region: RegionCode
    incident_class: IncidentClass = Field(alias="class")
    period: Period
    rises: dict[int, Annotated[int, Field(ge=0, le=1_000_000)]] = Field(
        description="Level → seconds without an acknowledgement", max_length=3, examples=[{"2": 60, "3": 180}]
    )
    witness_to: int = Field(ge=1, le=4, description="How far a second reporter lifts it")
    home: RegionCode

    def rule(self) -> Rule:
        """The same in the core's words."""
        return Rule(dict(self.rises), self.witness_to)


class SavedRuleIn(RuleIn):
    """The rule, and how many RTs its preview showed."""

    rts: int = Field(ge=1, le=100_000, description="How many RTs the preview showed for `home`")


class WouldSoundOut(BaseModel):
    """One RT that would sound, and why."""

    region: str
    name: str
    level: int
    reason: str
    after_s: int | None = Field(
        examples=[60], description="Seconds without an answer; null when only a witness lifts it so far"
    )
    kentongan: int = Field(examples=[3])


class PreviewOut(BaseModel):
    """These RTs would sound."""

    rts: int
    kentongan: int = Field(examples=[3])
    sounding: list[WouldSoundOut]


class RuleOut(BaseModel):
    """A rule as it is kept."""

    region: str | None = Field(description="null for what we ship")
    incident_class: IncidentClass = Field(serialization_alias="class")
    period: Period
    rises: dict[int, int]
    witness_to: int


class ShelveIn(BaseModel):
    """For how long, and why."""

    model_config = ConfigDict(extra="forbid")
    region: RegionCode
    hours: float = Field(ge=0, le=168, allow_inf_nan=False)
    reason: Reason


class ServiceIn(BaseModel):
    """Why it is out of service; null when it serves again."""

    model_config = ConfigDict(extra="forbid")
    reason: Reason | None


class AppealIn(BaseModel):
    """What the RT head should know."""

    model_config = ConfigDict(extra="forbid")
    text: Reason


@router.get("/alarm-rules")
async def list_rules(request: Request, person: Caller, region: Annotated[str, Query(max_length=64)]) -> list[RuleOut]:
    """What is set for exactly this region, and what we ship for where nothing is set."""
    transactions: Transactions = request.app.state.transactions
    if not person.sees(region):
        raise UnknownError("There is no such region, or it is not yours to see.")
    kept = await transactions.read(lambda uow: uow.spreading.rules(region))
    own = [_rule_out(region, of, period, rule) for (of, period), rule in kept.items()]
    return own + [_rule_out(None, of, period, rule) for (of, period), rule in SHIPPED.items()]


@router.post("/alarm-rules/preview")
async def preview_rule_change(body: RuleIn, request: Request, person: Caller) -> PreviewOut:
    """Which RTs an unanswered alarm of `home` would reach by this rule, and why each."""
    transactions: Transactions = request.app.state.transactions
    return _preview_out(
        await transactions.read(
            lambda uow: preview_rule(uow, person, body.region, body.incident_class, body.rule(), body.home)
        )
    )


@router.put("/alarm-rules")
async def save_rule(body: SavedRuleIn, request: Request, person: Caller) -> PreviewOut:
    """Keep the rule whose preview was seen; 409 when other RTs would sound by now."""
    transactions: Transactions = request.app.state.transactions
    return _preview_out(
        await transactions.run(
            lambda uow: set_rule(
                uow,
                person,
                body.region,
                body.incident_class,
                body.period,
                body.rule(),
                home=body.home,
                rts_seen=body.rts,
            )
        )
    )


@router.delete("/alarm-rules", status_code=204)
async def delete_rule(
    request: Request,
    person: Caller,
    region: Annotated[str, Query(max_length=64)],
    incident_class: Annotated[IncidentClass, Query(alias="class")],
    period: Period,
) -> None:
    """Go back to the rule of the region above."""
    transactions: Transactions = request.app.state.transactions
    await transactions.run(lambda uow: drop_rule(uow, person, region, incident_class, period))


@router.post("/shelvings")
async def shelve_region(body: ShelveIn, request: Request, person: Caller) -> dict[str, datetime]:
    """No community sounds in the RT for so many hours; 0 ends it. Crimes and emergencies always sound."""
    transactions: Transactions = request.app.state.transactions
    return {"until": await transactions.run(lambda uow: shelve(uow, person, body.region, body.hours, body.reason))}


@router.put("/nodes/{node_id}/service")
async def set_service(node_id: str, body: ServiceIn, request: Request, person: Caller) -> dict[str, Any]:
    """Take a kentongan out of service with a reason, or back into it; whether its RT is deaf then."""
    transactions: Transactions = request.app.state.transactions
    node, deaf = await transactions.run(lambda uow: take_out_of_service(uow, person, node_id, body.reason))
    return {"id": node.id, "out_of_service": node.out_of_service, "deaf": deaf}


@router.post("/me/appeal")
async def appeal_cooldown(body: AppealIn, request: Request, person: Caller) -> dict[str, datetime]:
    """Ask the RT head to give the caller's word its weight back; until when it weighs less otherwise."""
    transactions: Transactions = request.app.state.transactions
    cooldown = await transactions.run(lambda uow: appeal(uow, person, body.text))
    return {"until": cooldown.until}


@router.delete("/people/{person_id}/cooldown")
async def lift_cooldown(person_id: str, request: Request, person: Caller) -> dict[str, int]:
    """Give a person's word its weight back, as RT head or operator."""
    transactions: Transactions = request.app.state.transactions
    return {"lifted": await transactions.run(lambda uow: lift(uow, person_id, person))}


def _rule_out(region: str | None, incident_class: IncidentClass, period: Period, rule: Rule) -> RuleOut:
    return RuleOut(
        region=region,
        incident_class=incident_class,
        period=period,
        rises=dict(rule.rises),
        witness_to=rule.witness_to,
    )


def _preview_out(would: list[WouldSound]) -> PreviewOut:
    sounding = [
        WouldSoundOut(
            region=each.region,
            name=each.name,
            level=each.level,
            reason=each.reason,
            after_s=each.after_s,
            kentongan=each.kentongan,
        )
        for each in would
    ]
    return PreviewOut(rts=len(would), kentongan=sum(each.kentongan for each in would), sounding=sounding)
