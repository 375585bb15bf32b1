"""The RosterBook in memory."""

from datetime import date

from kentongan_server.domain.roster import CheckIn, Rota, Swap


class FakeRoster:
    """`rotas` and `swaps` by id, `came` by rota, night and person, `feeds` from secret to person."""

    def __init__(self) -> None:
        self.rotas: dict[str, Rota] = {}
        self.swaps: dict[str, Swap] = {}
        self.came: dict[tuple[str, date, str], CheckIn] = {}
        self.feeds: dict[str, str] = {}

    def rotas_of(self, region: str) -> list[Rota]:
        """See the port, as with everything below."""
        return sorted((rota for rota in self.rotas.values() if rota.region == region), key=_by_weekday)

    def rotas_with(self, person_id: str) -> list[Rota]:
        taken = {swap.rota for swap in self.swaps.values() if swap.accepted_by == person_id}
        found = [rota for rota in self.rotas.values() if person_id in rota.people or rota.id in taken]
        return sorted(found, key=_by_weekday)

    def rota(self, rota_id: str) -> Rota | None:
        return self.rotas.get(rota_id)

    def put_rota(self, rota: Rota) -> None:
        self.rotas[rota.id] = rota

    def swaps_of(self, rota_ids: list[str], since: date) -> list[Swap]:
        found = [swap for swap in self.swaps.values() if swap.rota in rota_ids and swap.night >= since]
        return sorted(found, key=lambda swap: (swap.asked_at, swap.id))

    def swap(self, swap_id: str) -> Swap | None:
        return self.swaps.get(swap_id)

    def put_swap(self, swap: Swap) -> None:
        self.swaps[swap.id] = swap

    def check_ins_of(self, rota_ids: list[str], since: date) -> list[CheckIn]:
        found = [one for one in self.came.values() if one.rota in rota_ids and one.night >= since]
        return sorted(found, key=lambda one: (one.came_at, one.person))

    def put_check_in(self, check_in: CheckIn) -> None:
        self.came.setdefault((check_in.rota, check_in.night, check_in.person), check_in)

    def calendar_of(self, token_hash: str) -> str | None:
        return self.feeds.get(token_hash)

    def put_calendar(self, person_id: str, token_hash: str | None) -> None:
        self.feeds = {secret: person for secret, person in self.feeds.items() if person != person_id}
        if token_hash is not None:
            self.feeds[token_hash] = person_id


def _by_weekday(rota: Rota) -> tuple[int, date, str]:
    return rota.weekday, rota.valid_from, rota.id
