"""Where the ronda's roster is kept, and who is on duty."""

from datetime import date, datetime, timedelta
from typing import Protocol

from kentongan_server.domain import roster
from kentongan_server.domain.roster import CheckIn, Rota, Swap, Turn


class RosterBook(Protocol):
    """The roster within one transaction."""

    def rotas_of(self, region: str) -> list[Rota]:
        """The region's rotas, ended ones too, by weekday and age."""
        ...

    def rotas_with(self, person_id: str) -> list[Rota]:
        """The rotas of every region in which this person has, or may be given, a turn."""
        ...

    def rota(self, rota_id: str) -> Rota | None:
        """The rota with this id."""
        ...

    def put_rota(self, rota: Rota) -> None:
        """Keep a rota, new or ended."""
        ...

    def swaps_of(self, rota_ids: list[str], since: date) -> list[Swap]:
        """The swaps asked for in nights from `since` on, oldest first."""
        ...

    def swap(self, swap_id: str) -> Swap | None:
        """The swap with this id."""
        ...

    def put_swap(self, swap: Swap) -> None:
        """Keep a swap, asked for or accepted."""
        ...

    def check_ins_of(self, rota_ids: list[str], since: date) -> list[CheckIn]:
        """Who came, in nights from `since` on, earliest first."""
        ...

    def put_check_in(self, check_in: CheckIn) -> None:
        """Keep that somebody came; the first time counts."""
        ...

    def calendar_of(self, token_hash: str) -> str | None:
        """Whose calendar feed has this secret."""
        ...

    def put_calendar(self, person_id: str, token_hash: str | None) -> None:
        """Give the person's feed a new secret, or (None) none; the old one opens nothing any more."""
        ...


def turns_between(book: RosterBook, rotas: list[Rota], first: datetime, last: datetime) -> list[Turn]:
    """The turns that these rotas make in that time, with what became of them."""
    if not rotas:
        return []
    ids, since = [rota.id for rota in rotas], roster.nights_between(first, last)[0]
    return roster.turns(rotas, book.swaps_of(ids, since), book.check_ins_of(ids, since), first, last)


def on_duty(book: RosterBook, region: str, at: datetime) -> list[Turn]:
    """Who watches in the RT at that time; empty when no watch is on."""
    after = at + timedelta(milliseconds=1)
    return roster.on_duty(turns_between(book, book.rotas_of(region), at, after), at)
