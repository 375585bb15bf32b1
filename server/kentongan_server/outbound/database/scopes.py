"""Codes in queries: the level by its shape, and a scope, which is a region with everything below it."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, false, or_, true

from kentongan_server.domain.region_code import Level, ancestors, is_code, level_of

_SHAPES = {
    Level.KOTA: "__.__",
    Level.KECAMATAN: "__.__.__",
    Level.KELURAHAN: "__.__.__.____",
    Level.RW: "__.__.__.____/RW%",
    Level.RT: "__.__.__.____/RW%/RT%",
}


def lies_in(code: ColumnElement[str], scopes: Collection[str] | None) -> ColumnElement[bool]:
    """The code lies in one of the scopes; None is the city. What domain.region_code.is_within says of one."""
    if scopes is None:
        return true()
    return or_(false(), *(_lies_within(code, scope) for scope in sorted(scopes)))


def has_part_in(code: ColumnElement[str], scopes: Collection[str] | None) -> ColumnElement[bool]:
    """The code lies in one of the scopes, or one of them in it. What domain.people.Person.has_part_in says of one."""
    if scopes is None:
        return true()
    above = {higher for scope in scopes if is_code(scope) for higher in ancestors(scope)}
    return or_(lies_in(code, scopes), code.in_(sorted(above)))


def _lies_within(code: ColumnElement[str], scope: str) -> ColumnElement[bool]:
    if is_code(scope) and level_of(scope) is Level.RT:
        return code == scope  # nothing lies below an RT, and this the index finds
    below = (code.startswith(f"{scope}{mark}", autoescape=True, escape="!") for mark in "./")
    return or_(code == scope, *below)


def is_of(code: ColumnElement[str], level: Level) -> ColumnElement[bool]:
    """The code is one of this level."""
    shape = code.like(_SHAPES[level])
    return and_(shape, code.not_like(_SHAPES[Level.RT])) if level is Level.RW else shape
