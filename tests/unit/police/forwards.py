"""A plain theft report, with whatever a test wants to be different, and what people may type into one."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from kentongan_server.domain.forward import EarlierForward, Forward, ForwardEvent, Recipient
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind, Purpose
from kentongan_server.outbound.police.cap import CapIdentity

IDENTITY = CapIdentity("kentongan@semarang.test", "Kentongan Kota Semarang", "polrestabes-semarang")
SECRET = b"a secret of this test"
QUEUED_AT = datetime(2026, 3, 1, 18, 4, 5, 678901, tzinfo=UTC)
OPENED_AT = datetime(2026, 3, 1, 18, 4, 5, 600000, tzinfo=UTC)
FIRST = EarlierForward("01FIRST", datetime(2026, 3, 1, 17, 0, 0, 999999, tzinfo=UTC))


def a_forward(**different: Any) -> Forward:
    """Class and recipient follow the kind, and an update knows what it updates, unless said otherwise."""
    kind = different.get("kind", IncidentKind.THEFT)
    is_emergency = kind.incident_class is IncidentClass.EMERGENCY
    is_first = different.get("event", ForwardEvent.REPORTED) is ForwardEvent.REPORTED
    plain: dict[str, Any] = {
        "delivery": "01DELIVERY",
        "recipient": Recipient.EMERGENCY if is_emergency else Recipient.POLICE,
        "event": ForwardEvent.REPORTED,
        "incident": "01INCIDENT",
        "kind": kind,
        "incident_class": kind.incident_class,
        "purpose": Purpose.ACTUAL,
        "region": "33.74.01.1001/RW01/RT01",
        "region_name": "RT 01 RW 01 Miroto",
        "latitude": -6.98,
        "longitude": 110.41,
        "opened_at": OPENED_AT,
        "queued_at": QUEUED_AT,
        "source": "app",
        "trust": "trusted",
        "text": "Motor dibawa lari.",
        "earlier": () if is_first else (FIRST,),
    }
    return Forward(**{**plain, **different})


# Everything a keyboard, a paste or an attacker can produce: controls, lone surrogates, emoji, right-to-left, markup.
anything = st.text(st.characters(codec=None, exclude_categories=()), max_size=200) | st.sampled_from(
    [
        "]]>",
        "<!--",
        "&#0;",
        "<a>&amp;</a>",
        "\x00\x1b[31m",
        "\u202eabc",
        "\ud83d",
        "\U0001f525\U0001f6a8",
        "\u0646\u062c\u062f\u0629",
        "x" * 10_240,
        "\r\n\r",
        " ",
    ]
)
