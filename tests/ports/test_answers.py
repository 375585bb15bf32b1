"""What every Answers keeps."""

from dataclasses import replace

from tests.ports.samples import an_incident, at

from kentongan_server.domain.answer import Answer, Answered, Tally
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork

ONE, TWO = "incident-1", "incident-2"


def said(person: str, answer: Answer, seconds: float = 0, incident: str = ONE, by: str = "community") -> Answered:
    return Answered(incident, person, by, answer, at(seconds))


async def test_a_person_has_one_last_word(store: Transactions) -> None:
    def fill(uow: UnitOfWork) -> None:
        uow.incidents.add_incident(an_incident(TWO))
        uow.answers.put(said("sari", Answer.SEEN))
        uow.answers.put(said("sari", Answer.COMING, 5))
        uow.answers.put(said("sari", Answer.SEEN, 6, TWO))

    await store.run(fill)
    found = await store.read(lambda uow: uow.answers.of_person([ONE, TWO, "nothing"], "sari"))
    assert found == {ONE: Answer.COMING, TWO: Answer.SEEN}
    assert await store.read(lambda uow: uow.answers.of_person([ONE], "joko")) == {}
    assert await store.read(lambda uow: uow.answers.of_person([], "sari")) == {}


async def test_neighbours_are_counted_and_the_police_are_not(store: Transactions) -> None:
    def fill(uow: UnitOfWork) -> None:
        uow.answers.put(said("sari", Answer.COMING))
        uow.answers.put(said("joko", Answer.COMING, 9))
        uow.answers.put(said("rini", Answer.SEEN, 9))
        uow.answers.put(said("wulan", Answer.COMING, 1, by="police"))

    await store.run(fill)
    assert await store.read(lambda uow: uow.answers.tallies([ONE, TWO])) == {ONE: Tally(coming=2, seen=1)}
    assert await store.read(lambda uow: uow.answers.tallies([ONE], at(9))) == {ONE: Tally(coming=1, seen=0)}
    assert await store.read(lambda uow: uow.answers.tallies([])) == {}
    assert await store.read(lambda uow: uow.answers.people(ONE)) == {"sari", "joko", "rini", "wulan"}


async def test_what_was_answered_to_a_merged_incident_counts_for_the_one_that_goes_on(store: Transactions) -> None:
    def fill(uow: UnitOfWork) -> None:
        uow.incidents.add_incident(an_incident(TWO))
        uow.answers.put(said("sari", Answer.SEEN))
        uow.answers.put(said("sari", Answer.COMING, 3, TWO))
        uow.answers.put(said("joko", Answer.COMING, 9, TWO))
        uow.answers.put(said("rini", Answer.SEEN, 2, TWO))
        uow.answers.put(said("wulan", Answer.COMING, 1, TWO, by="police"))

    await store.run(fill)
    assert await store.read(lambda uow: uow.answers.somebody_comes(ONE)) is False
    two = await store.read(lambda uow: uow.incidents.incident(TWO))
    for into in (ONE, None):
        await store.run(lambda uow, into=into: uow.incidents.change(replace(two, merged_into=into)))
        merged = into is not None
        found = await store.read(lambda uow: uow.answers.tallies([ONE, TWO]))
        assert found == {ONE: Tally(2, 1) if merged else Tally(0, 1), TWO: Tally(2, 1)}, "each person once"
        assert await store.read(lambda uow: uow.answers.somebody_comes(ONE)) is merged
        mine = await store.read(lambda uow: uow.answers.of_person([ONE, TWO], "sari"))
        assert mine == {ONE: Answer.COMING if merged else Answer.SEEN, TWO: Answer.COMING}
        given = await store.read(lambda uow: uow.answers.given(ONE, "sari"))
        assert given == [said("sari", Answer.SEEN), said("sari", Answer.COMING, 3, TWO)][: 2 if merged else 1]
        everybody = {"sari", "joko", "rini", "wulan"}
        assert await store.read(lambda uow: uow.answers.people(ONE)) == (everybody if merged else {"sari"})
    early = await store.run(lambda uow: uow.incidents.change(replace(two, merged_into=ONE)))
    assert early is None
    assert await store.read(lambda uow: uow.answers.tallies([ONE], at(3))) == {ONE: Tally(0, 2)}
