"""The API's shapes for regions, adjacencies, sites and cameras, and how the core's words become them."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kentongan_server.domain.place import Region
from kentongan_server.domain.region_code import Level
from kentongan_server.domain.surroundings import Adjacency, Basis, Camera, CameraHealth, Site, SiteKind

RegionPath = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9./RWT]{1,64}$"),
    Field(description="A region's code", examples=["33.74.12.1001/RW03/RT02"]),
]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
ThingId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,64}$"), Field(examples=["pos-12-1001-03-02"])]


class RegionBrief(BaseModel):
    """A region by its code and name."""

    code: str
    name: str
    level: Level


class PlaceOut(RegionBrief):
    """A region of any level. One with a day in `valid_until` has ended; its successors took over."""

    latitude: float
    longitude: float
    households: int | None
    valid_from: date | None
    valid_until: date | None


class LocatedOut(RegionBrief):
    """The RT at a position. `drawn`: somebody drew an outline that holds it; else it is the nearest point, a guess."""

    drawn: bool
    distance_m: int = Field(description="From the RT's own point")


class PlaceDetailOut(PlaceOut):
    """A region with what stands above and directly below it, and what took its place."""

    ancestors: list[RegionBrief] = Field(description="Those above it, the kota first, as far as they are known")
    children: list[RegionBrief] = Field(description="Those directly below it, of today")
    successors: list[RegionBrief]


class NewRt(BaseModel):
    """An RT that begins."""

    model_config = ConfigDict(extra="forbid")
    code: RegionPath
    name: Name
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    households: int | None = Field(None, ge=0, le=100_000)

    def region(self) -> Region:
        """The core's word for it."""
        return Region(self.code, self.name, self.latitude, self.longitude, households=self.households)


class PartIn(NewRt):
    """One of the RTs that an RT becomes, and who and what goes there by name."""

    people: list[ThingId] = Field([], max_length=1000)
    nodes: list[ThingId] = Field([], max_length=1000)
    sites: list[ThingId] = Field([], max_length=1000)
    cameras: list[ThingId] = Field([], max_length=1000)


class SplitIn(BaseModel):
    """An RT that becomes several; one of them may keep its code."""

    model_config = ConfigDict(extra="forbid")
    code: RegionPath
    parts: list[PartIn] = Field(min_length=2, max_length=20)


class MergeIn(BaseModel):
    """RTs that become one; it may keep the code of one of them."""

    model_config = ConfigDict(extra="forbid")
    codes: list[RegionPath] = Field(min_length=1, max_length=20)
    into: NewRt


class AdjacencyIn(BaseModel):
    """Two RTs."""

    model_config = ConfigDict(extra="forbid")
    a: RegionPath
    b: RegionPath


class SuggestIn(BaseModel):
    """Where to look for neighbours, and how far."""

    model_config = ConfigDict(extra="forbid")
    within: RegionPath | None = Field(None, description="Only for the RTs of this region; left out: the city's")
    within_m: float = Field(300, ge=10, le=5_000)


class AdjacencyOut(BaseModel):
    """Two RTs side by side. `by` is the human who decided, null while it is only suggested."""

    a: str
    b: str
    distance_m: int
    basis: Basis
    by: str | None
    decided_at: datetime | None


class NeighbourOut(RegionBrief):
    """An RT near another one, and how many steps away."""

    ring: int


class SiteIn(BaseModel):
    """A place where a kentongan can hang. What is left out of a known one stays as it is."""

    model_config = ConfigDict(extra="forbid")
    region: RegionPath | None = None
    kind: SiteKind | None = None
    name: Name | None = None
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)


class SiteOut(BaseModel):
    """A place where kentongan hang, and which."""

    id: str
    region: str
    kind: SiteKind
    name: str
    latitude: float | None
    longitude: float | None
    kentongan: list[str]


class CameraIn(BaseModel):
    """A camera, or the result of a look at it. What is left out of a known one stays as it is."""

    model_config = ConfigDict(extra="forbid")
    region: RegionPath | None = None
    name: Name | None = None
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    representative: bool | None = None
    link: Annotated[str, StringConstraints(max_length=500, pattern=r"^[a-z][a-z0-9+.-]*://[^\s\x00-\x1f]+$")] | None = (
        None
    )
    health: CameraHealth | None = None


class CameraOut(BaseModel):
    """A camera of an RT. Only those who keep it or answer alarms are shown its link."""

    id: str
    region: str
    name: str
    latitude: float
    longitude: float
    representative: bool
    health: CameraHealth
    heard_at: datetime | None
    checked_at: datetime | None
    link: str | None


def brief(region: Region) -> RegionBrief:
    """The region by its name."""
    return RegionBrief(code=region.code, name=region.name, level=region.level)


def place_out(region: Region) -> PlaceOut:
    """The region as it is."""
    return PlaceOut(**place_fields(region))


def place_fields(region: Region) -> dict[str, object]:
    """What every view of a region says."""
    return {
        "code": region.code,
        "name": region.name,
        "level": region.level,
        "latitude": region.latitude,
        "longitude": region.longitude,
        "households": region.households,
        "valid_from": region.valid_from,
        "valid_until": region.valid_until,
    }


def adjacency_out(edge: Adjacency) -> AdjacencyOut:
    """The adjacency as it is."""
    return AdjacencyOut(
        a=edge.a, b=edge.b, distance_m=edge.distance_m, basis=edge.basis, by=edge.by, decided_at=edge.decided_at
    )


def site_out(site: Site, kentongan: list[str]) -> SiteOut:
    """The site, with the nodes that hang there."""
    return SiteOut(
        id=site.id,
        region=site.region,
        kind=site.kind,
        name=site.name,
        latitude=site.latitude,
        longitude=site.longitude,
        kentongan=kentongan,
    )


def camera_out(camera: Camera, *, with_link: bool) -> CameraOut:
    """The camera, with its link for those who may follow it."""
    return CameraOut(
        id=camera.id,
        region=camera.region,
        name=camera.name,
        latitude=camera.latitude,
        longitude=camera.longitude,
        representative=camera.representative,
        health=camera.health,
        heard_at=camera.heard_at,
        checked_at=camera.checked_at,
        link=camera.link if with_link else None,
    )
