"""A new version of the codebook: the city's by its admin, an RT's own by its head. Old versions stay readable for ever."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from kentongan_server.domain.codebook import Code, Codebook, Rhythm, assert_playable
from kentongan_server.domain.errors import InvalidError, RefusedError, UnknownError
from kentongan_server.domain.events import Noted
from kentongan_server.domain.incident_kind import IncidentKind
from kentongan_server.domain.people import Person, Role
from kentongan_server.domain.region_code import Level, level_of
from kentongan_server.ports.unit_of_work import UnitOfWork


def adopt_codebook(
    uow: UnitOfWork,
    person: Person,
    region: str | None,
    changed: Mapping[IncidentKind, Rhythm],
    all_clear: Rhythm | None,
) -> Codebook:
    """Take these rhythms over into the next version; kinds that are not named keep what they have now.

    What would sound as the one in force does is that one: a repeat makes no version."""
    _assert_may_choose(uow, person, region)
    base = uow.codebooks.current(region or "")
    if base.region == region and rewritten(base, changed, all_clear, version=base.version, region=region) == replace(
        base, adopted_at=None, adopted_by=None, since=None
    ):
        return base
    number = len(uow.codebooks.versions(region)) + 1
    version = f"semarang-{number}" if region is None else f"{region.replace('/', '-')}-{number}"
    book = rewritten(base, changed, all_clear, version=version, region=region)
    book = replace(book, adopted_at=_moment(uow), adopted_by=person.id)
    assert_playable(book)
    uow.codebooks.add(book)
    uow.happened(Noted(None, region, person.id, what="codebook_adopted", data={"version": book.version}))
    return book


def rewritten(
    base: Codebook,
    changed: Mapping[IncidentKind, Rhythm],
    all_clear: Rhythm | None,
    *,
    version: str,
    region: str | None,
) -> Codebook:
    """The codebook with these rhythms in place of its own."""
    codes = {kind: _with_rhythm(code, changed.get(kind)) for kind, code in base.codes.items()}
    return Codebook(version=version, region=region, codes=codes, all_clear=all_clear or base.all_clear)


def forget_own(uow: UnitOfWork, person: Person, region: str) -> Codebook:
    """Sound by the city's codebook again; what the RT had chosen stays readable."""
    _assert_may_choose(uow, person, region)
    if uow.codebooks.current(region).region is None:
        return uow.codebooks.current(region)
    uow.codebooks.forget_own(region, _moment(uow))
    uow.happened(Noted(None, region, person.id, what="codebook_given_up"))
    return uow.codebooks.current(region)


def _moment(uow: UnitOfWork) -> datetime:
    """Now, and after every change before it, whatever a clock that was set back says: kentongan keep the newest."""
    last = uow.codebooks.last_change()
    return uow.now() if last is None else max(uow.now(), last + timedelta(milliseconds=1))


def _with_rhythm(code: Code, rhythm: Rhythm | None) -> Code:
    if rhythm is None:
        return code
    return replace(
        code,
        pattern=rhythm.pattern,
        beats=rhythm.beats,
        rounds=rhythm.rounds,
        duration_ms=rhythm.duration_ms,
        colour=rhythm.colour,
    )


def _assert_may_choose(uow: UnitOfWork, person: Person, region: str | None) -> None:
    if region is None:
        if not person.has(Role.CITY_ADMIN):
            raise RefusedError(
                "Only the city's admin may change the city's codebook; an RT head may choose the RT's own."
            )
        return
    if level_of(region) is not Level.RT:
        raise InvalidError("Only an RT chooses a codebook of its own; name an RT.")
    if uow.places.region(region) is None or not person.sees(region):
        raise UnknownError("There is no such region, or it is not yours to see.")
    if not (person.has(Role.RT_HEAD, region) or person.has(Role.CITY_ADMIN, region)):
        raise RefusedError("Only the RT head or the city's admin may choose the RT's codebook; ask one of them.")
