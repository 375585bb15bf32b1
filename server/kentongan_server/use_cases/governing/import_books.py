"""For each sort of row: its key, what is known of it, and what it may not be."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Protocol, TypeVar

from kentongan_server.domain.errors import ConflictError, InvalidError, UnknownError
from kentongan_server.domain.outline import Outline
from kentongan_server.domain.place import Node, NodeRole, Region, unheard_node
from kentongan_server.domain.region_code import Level, is_code, level_of, parent_of
from kentongan_server.domain.surroundings import Adjacency, Basis, Camera, Site, between, distance_m
from kentongan_server.domain.view_link import has_credentials
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.governing.move_nodes import put_nodes

Thing = TypeVar("Thing")

FURTHEST_M = 50_000.0
MANY = 2_000
# Indonesia, from Sabang to Merauke and from Miangas to Rote.
SOUTH, NORTH, WEST, EAST = -11.1, 6.2, 94.9, 141.1


@dataclass(frozen=True, slots=True)
class Job:
    """What the rows say, and who answers for it."""

    uow: UnitOfWork
    rows: Sequence[dict[str, Any]]
    by: str | None


class Book(Protocol):
    """Judges the rows of one sort against what is known, and keeps what they say."""

    def __init__(self, job: Job) -> None: ...

    @staticmethod
    def key(values: dict[str, Any]) -> str:
        """What names the thing."""
        ...

    def judge(self, values: dict[str, Any], *, again: bool) -> tuple[Any | None, Any]:
        """What was known (None: nothing) and what the row makes of it; KentonganError when it is refused.

        `again`: a row of this import has spoken of it before, and may not be contradicted.
        """
        ...

    def put(self, things: Sequence[Any]) -> None:
        """Keep them."""
        ...


@dataclass(frozen=True, slots=True)
class Drawn:
    """A region and its outline, where somebody drew one."""

    region: Region
    outline: Outline | None


class Regions:
    """Regions, each below one that is known or in the file. A row without an outline leaves the known one as it is."""

    def __init__(self, job: Job) -> None:
        self._places = job.uow.places
        codes = {code for values in job.rows if is_code(code := self.key(values))}
        parents = {parent for code in codes if (parent := parent_of(code)) is not None}
        self._known = {region.code: region for region in job.uow.places.regions(_few(codes | parents))}
        drawn = {self.key(values) for values in job.rows if "outline" in values}
        self._outlines = {outline.region: outline for outline in job.uow.places.outlines(drawn)}

    @staticmethod
    def key(values: dict[str, Any]) -> str:
        return str(values.get("code", ""))

    def judge(self, values: dict[str, Any], *, again: bool) -> tuple[Drawn | None, Drawn]:
        code = self.key(values)
        values = dict(values)
        was = self._outlines.get(code)
        outline = values.pop("outline", was)
        level = level_of(code)
        before = self._known.get(code)
        if before is not None and before.has_ended:
            raise ConflictError(f"{code} ended on {before.valid_until}, and its code is not used again.")
        region = _changed(Region, before, values, ("code", "name", "latitude", "longitude"))
        _assert_on_the_map(region.latitude, region.longitude)
        parent = self._known.get(parent_of(code) or "")
        if parent is not None:
            _assert_near(region, parent)
        elif level is not Level.KOTA:
            raise UnknownError(f"{parent_of(code)}, in which it lies, is not known; import that first.")
        _assert_no_contradiction(again, (before, was), (region, outline))
        self._known[code] = region
        if outline is not None:
            self._outlines[code] = outline
        return None if before is None else Drawn(before, was), Drawn(region, outline)

    def put(self, things: Sequence[Drawn]) -> None:
        self._places.put_regions([thing.region for thing in things])
        self._places.put_outlines([thing.outline for thing in things if thing.outline is not None])


class _InRts:
    """What all rows share that speak of RTs."""

    def __init__(self, uow: UnitOfWork, codes: Collection[str]) -> None:
        self._rts = {region.code: region for region in uow.places.regions(_few(codes))}

    def _rt(self, code: str) -> Region:
        if level_of(code) is not Level.RT:
            raise InvalidError(f"{code} is no RT.")
        region = self._rts.get(code)
        if region is None:
            raise UnknownError(f"The RT {code} is not known; import it first.")
        if region.has_ended:
            raise ConflictError(f"The RT {code} ended on {region.valid_until}; name one of its successors.")
        return region


class Adjacencies(_InRts):
    """Neighbouring RTs. What a human decided outlives a file that only suggests."""

    def __init__(self, job: Job) -> None:
        codes = {str(values[end]) for values in job.rows for end in "ab" if end in values}
        super().__init__(job.uow, codes)
        self._uow, self._by = job.uow, job.by
        self._known = {edge.pair: edge for edge in job.uow.surroundings.adjacencies_of(_few(codes))}

    @staticmethod
    def key(values: dict[str, Any]) -> str:
        return " ".join(sorted((str(values.get("a", "")), str(values.get("b", "")))))

    def judge(self, values: dict[str, Any], *, again: bool) -> tuple[Adjacency | None, Adjacency]:
        _assert_said(values, ("a", "b"))
        if values["a"] == values["b"]:
            raise InvalidError("An RT is not its own neighbour; name two.")
        basis = values.get("basis", Basis.SUGGESTED)
        drawn = between(self._rt(values["a"]), self._rt(values["b"]), Basis.SUGGESTED)
        if drawn.distance_m > FURTHEST_M:
            raise InvalidError(f"The two lie {drawn.distance_m / 1000:.0f} km apart; is a code mistyped?")
        before = self._known.get(drawn.pair)
        if basis is Basis.SUGGESTED or (before is not None and before.basis is basis):
            edge = replace(before, distance_m=drawn.distance_m) if before is not None else drawn
        elif self._by is None:
            raise InvalidError(f"Say who answers for it: {basis} is a named human's word (--by).")
        else:
            edge = replace(drawn, basis=basis, by=self._by, decided_at=self._uow.now())
        _assert_no_contradiction(again, before, edge)
        self._known[edge.pair] = edge
        return before, edge

    def put(self, things: Sequence[Adjacency]) -> None:
        self._uow.surroundings.put_adjacencies(things)


class Sites(_InRts):
    """Places where kentongan hang."""

    def __init__(self, job: Job) -> None:
        self._surroundings = job.uow.surroundings
        self._known = {
            site.id: site for site in job.uow.surroundings.sites(_few({self.key(values) for values in job.rows}))
        }
        super().__init__(job.uow, _codes_of(job.rows) | {site.region for site in self._known.values()})

    @staticmethod
    def key(values: dict[str, Any]) -> str:
        return str(values.get("id", ""))

    def judge(self, values: dict[str, Any], *, again: bool) -> tuple[Site | None, Site]:
        before = self._known.get(self.key(values))
        site = _changed(Site, before, values, ("id", "region", "kind", "name"))
        rt = self._rt(site.region)
        if (site.latitude is None) != (site.longitude is None):
            raise InvalidError("A position needs latitude and longitude, or neither.")
        if site.latitude is not None and site.longitude is not None:
            _assert_on_the_map(site.latitude, site.longitude)
            _assert_near(site, rt)
        _assert_no_contradiction(again, before, site)
        self._known[site.id] = site
        return before, site

    def put(self, things: Sequence[Site]) -> None:
        self._surroundings.put_sites(things)


class Cameras(_InRts):
    """Cameras of RTs."""

    def __init__(self, job: Job) -> None:
        self._surroundings = job.uow.surroundings
        keys = {self.key(values) for values in job.rows}
        self._known = {camera.id: camera for camera in job.uow.surroundings.cameras(_few(keys))}
        super().__init__(job.uow, _codes_of(job.rows) | {camera.region for camera in self._known.values()})

    @staticmethod
    def key(values: dict[str, Any]) -> str:
        return str(values.get("id", ""))

    def judge(self, values: dict[str, Any], *, again: bool) -> tuple[Camera | None, Camera]:
        before = self._known.get(self.key(values))
        camera = _changed(Camera, before, values, ("id", "region", "name", "latitude", "longitude"))
        rt = self._rt(camera.region)
        _assert_on_the_map(camera.latitude, camera.longitude)
        _assert_near(camera, rt)
        if camera.link is not None and has_credentials(camera.link):
            raise InvalidError("The link holds a name or password; leave it out: the recorder asks for its own.")
        _assert_no_contradiction(again, before, camera)
        self._known[camera.id] = camera
        return before, camera

    def put(self, things: Sequence[Camera]) -> None:
        self._surroundings.put_cameras(things)


class Kentongan(_InRts):
    """Nodes and where they hang. What was heard of a known one is not the file's to say."""

    def __init__(self, job: Job) -> None:
        self._uow = job.uow
        self._there = {
            node.id: node for node in job.uow.places.nodes_named(_few({self.key(values) for values in job.rows}))
        }
        self._known = dict(self._there)
        named = {str(values["site"]) for values in job.rows if values.get("site")}
        named |= {node.site for node in self._known.values() if node.site}
        self._sites = {site.id: site for site in job.uow.surroundings.sites(_few(named))}
        codes = {node.region for node in self._known.values()} | {site.region for site in self._sites.values()}
        super().__init__(job.uow, _codes_of(job.rows) | codes)

    @staticmethod
    def key(values: dict[str, Any]) -> str:
        return str(values.get("id", ""))

    def judge(self, values: dict[str, Any], *, again: bool) -> tuple[Node | None, Node]:
        _assert_said(values, ("id",))
        before = self._known.get(values["id"])
        name = values.get("site") or (before.site if before is not None and "region" not in values else None)
        site = self._sites.get(name) if name else None
        if name and site is None:
            raise UnknownError(f"The site {name} is not known; import it first.")
        code = values.get("region") or (site.region if site else before.region if before else None)
        if code is None:
            raise InvalidError("A new kentongan needs a region, or a site that stands in one.")
        if site is not None and site.region != code:
            raise InvalidError(f"The site {site.id} stands in {site.region}, not in {code}.")
        self._rt(code)
        role = values.get("role") or (before.role if before else NodeRole.KENTONGAN)
        if name is None and before is not None and before.region == code:
            name = before.site
        node = replace(before or unheard_node(values["id"], code), region=code, role=role, site=name)
        _assert_no_contradiction(again, before, node)
        self._known[node.id] = node
        return before, node

    def put(self, things: Sequence[Node]) -> None:
        put_nodes(self._uow, [(self._there.get(node.id), node) for node in things])


def _few(keys: Collection[str]) -> Collection[str] | None:
    """The keys to ask for; None, which asks for all, when they are so many that all is the better question."""
    return keys if len(keys) <= MANY else None


def _codes_of(rows: Sequence[dict[str, Any]]) -> set[str]:
    return {str(values["region"]) for values in rows if "region" in values}


def _changed(sort: type[Thing], before: Thing | None, values: dict[str, Any], required: Sequence[str]) -> Thing:
    """What is known with what the row says; a new one must say all that is `required`."""
    if before is None:
        _assert_said(values, required)
        return sort(**values)
    known = {field.name: getattr(before, field.name) for field in fields(before)}  # type: ignore[arg-type]
    return sort(**{**known, **values})


def _assert_said(values: dict[str, Any], required: Sequence[str]) -> None:
    missing = [name for name in required if values.get(name) in (None, "")]
    if missing:
        raise InvalidError(f"This row does not say: {', '.join(missing)}.")


def _assert_no_contradiction(again: bool, before: Any, after: Any) -> None:
    if again and before != after:
        raise ConflictError("Another row of this file says something else of it; keep one.")


def _assert_on_the_map(latitude: float, longitude: float) -> None:
    if SOUTH <= latitude <= NORTH and WEST <= longitude <= EAST:
        return
    if SOUTH <= longitude <= NORTH and WEST <= latitude <= EAST:
        raise InvalidError(f"Latitude and longitude are swapped: latitude {latitude:g} is off the map.")
    raise InvalidError(f"The position {latitude:g}, {longitude:g} is not in Indonesia; is a digit missing?")


def _assert_near(thing: Any, region: Region) -> None:
    metres = distance_m(thing.latitude, thing.longitude, region.latitude, region.longitude)
    if metres > FURTHEST_M:
        raise InvalidError(f"It lies {metres / 1000:.0f} km from {region.code}; is the position or the code mistyped?")
