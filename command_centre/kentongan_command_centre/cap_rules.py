"""What the CAP 1.2 standard demands in words and its schema cannot say."""

import re
from collections.abc import Mapping
from datetime import datetime

from lxml import etree

from kentongan_command_centre.document import Refusal

_WORD = re.compile(r"[^\s,<&]+")
_TRAVELLING_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d"
_REFERENCE = re.compile(rf"[^\s,<&]+,[^\s,<&]+,{_TIME}", re.ASCII)
_DECIMAL = r"-?\d{1,4}(?:\.\d{1,12})?"
_CIRCLE = re.compile(rf"({_DECIMAL}),({_DECIMAL}) ({_DECIMAL})", re.ASCII)
_REFERRING = {"Update", "Cancel"}
_TAKEN = {"Alert", "Update", "Cancel"}
_MEANT = {"Actual", "Exercise", "Test"}


def check_rules(alert: etree._Element, ns: Mapping[str, str]) -> None:
    """Refusal 422 with the first rule that the schema-valid alert breaks."""

    def texts(path: str) -> list[str]:
        return [element.text or "" for element in alert.findall(path, dict(ns))]

    def demand(holds: bool, rule: str) -> None:
        if not holds:
            raise Refusal(422, "Not valid", rule)

    def one(path: str) -> str:
        return (texts(path) or [""])[0]

    demand(bool(_WORD.fullmatch(one("cap:sender"))), "The sender must be one word without space, comma, < and &.")
    for path in ("cap:identifier", "cap:incidents"):
        demand(bool(_TRAVELLING_ID.fullmatch(one(path))), "Identifier and incident must each be one plain word.")
    demand(one("cap:status") in _MEANT, "The status must be Actual, Exercise or Test.")
    demand(one("cap:msgType") in _TAKEN, "The message type must be Alert, Update or Cancel.")
    demand(one("cap:scope") == "Private", "What is told to the police must have scope Private.")
    demand(bool(one("cap:addresses").strip()), "A private alert needs its addresses.")
    references = one("cap:references").split()
    demand(all(_REFERENCE.fullmatch(one) for one in references), "Each reference must be sender,identifier,sent.")
    demand(bool(references) or one("cap:msgType") not in _REFERRING, "An update or cancellation needs references.")
    demand(len(texts("cap:info")) == 1, "The alert needs exactly one info.")
    for circle in texts("cap:info/cap:area/cap:circle"):
        demand(_is_on_earth(circle), "A circle must be latitude,longitude and a radius in kilometres.")
    sent, effective, onset, expires = (
        _time(one(path))
        for path in ("cap:sent", "cap:info/cap:effective", "cap:info/cap:onset", "cap:info/cap:expires")
    )
    starts = [moment for moment in (sent, effective, onset) if moment]
    demand(
        expires is None or all(moment <= expires for moment in starts), "The alert must not expire before it begins."
    )
    demand(not (sent and effective) or effective >= sent, "The alert must not take effect before it was sent.")


def _is_on_earth(circle: str) -> bool:
    match = _CIRCLE.fullmatch(circle)
    if not match:
        return False
    latitude, longitude, radius = (float(number) for number in match.groups())
    return abs(latitude) <= 90 and abs(longitude) <= 180 and radius >= 0


def _time(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal(422, "Not valid", "A time of the alert is none.") from error
