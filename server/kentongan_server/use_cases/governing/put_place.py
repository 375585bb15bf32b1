"""Keep one site or camera as somebody describes it, by the same rules as a file of them."""

from typing import Any

from kentongan_server.domain.errors import RefusedError
from kentongan_server.domain.events import Noted
from kentongan_server.domain.people import Person, Role
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.governing.import_books import Book, Cameras, Job, Sites

KEEPERS = (Role.CITY_ADMIN, Role.TECHNICIAN)


def put_site(uow: UnitOfWork, by: Person, values: dict[str, Any]) -> bool:
    """Keep the site, whose `id` is in the values; True when it is new."""
    return _put(uow, by, Sites, values, "site")


def put_camera(uow: UnitOfWork, by: Person, values: dict[str, Any]) -> bool:
    """Keep the camera, whose `id` is in the values; saying its health is a look at it. True when it is new."""
    if "health" in values:
        values = {**values, "checked_at": uow.now()}
    return _put(uow, by, Cameras, values, "camera")


def _put(uow: UnitOfWork, by: Person, sort: type[Book], values: dict[str, Any], what: str) -> bool:
    book = sort(Job(uow, [values], by.id))
    before, after = book.judge(values, again=False)
    for region in {thing.region for thing in (before, after) if thing is not None}:
        if not any(by.has(role, region) for role in KEEPERS):
            raise RefusedError(f"Only the city's admin or a technician of {region} may change its sites and cameras.")
    if before != after:
        book.put([after])
        uow.happened(Noted(region=after.region, actor=by.id, what=f"{what}_put", data={"id": after.id}))
    return before is None
