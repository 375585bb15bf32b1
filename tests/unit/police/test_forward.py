"""What a forward refuses to be."""

import pytest
from tests.unit.police.forwards import OPENED_AT, a_forward

from kentongan_server.domain.forward import ForwardEvent


@pytest.mark.parametrize("word", ["", "two words", "a,b", "a/b", "a\r\nX-Evil: 1", "ä", "x" * 129, "a\n"])
def test_ids_that_would_break_a_header_a_url_or_cap_are_refused(word: str) -> None:
    with pytest.raises(ValueError, match="delivery"):
        a_forward(delivery=word)
    with pytest.raises(ValueError, match="incident"):
        a_forward(incident=word)


@pytest.mark.parametrize("event", [ForwardEvent.UPDATED, ForwardEvent.CANCELLED])
def test_an_update_of_nothing_is_refused(event: ForwardEvent) -> None:
    with pytest.raises(ValueError, match="earlier"):
        a_forward(event=event, earlier=())


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        a_forward(opened_at=OPENED_AT.replace(tzinfo=None))
