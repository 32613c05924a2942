"""What the map under our own signs shows: layers, how streets rank, and what others' map data is in our words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from komek.refusal import Refusal
from komek.registers.places.rules.tracing import METRES_A_DEGREE, Point

LANGUAGES = ("kk", "ru", "en")
# Crossings from which on a street is one of the city's main ones, or of a quarter's.
MAIN_CROSSINGS, MIDDLE_CROSSINGS = 12, 5
AVENUES = ("даңғылы", "проспект", "шоссе", "тас жолы", "avenue", "highway")
AVENUE_METRES = 2_500.0


class Layer(StrEnum):
    """The layers of the map, from below to above."""

    DISTRICT = "district"
    GREEN = "green"
    WATER = "water"
    BUILDING = "building"
    PATH = "path"
    RAIL = "rail"
    STREET = "street"
    HOUSE = "house"
    PLACE = "place"


class Rank(StrEnum):
    """How far away a street is still worth drawing."""

    MAIN = "main"
    MIDDLE = "middle"
    MINOR = "minor"


# From which zoom on something is in the tiles at all; a page shows it no earlier.
FIRST_ZOOM = {Layer.BUILDING: 13, Layer.PATH: 13, Layer.HOUSE: 14, Layer.RAIL: 10, Layer.GREEN: 9}
FIRST_ZOOM_OF_STREETS = {Rank.MAIN: 8, Rank.MIDDLE: 10, Rank.MINOR: 11}

STREETS = {
    Rank.MAIN: {"motorway", "trunk", "primary", "secondary"},
    Rank.MIDDLE: {"tertiary", "unclassified"},
    Rank.MINOR: {"residential", "living_street", "pedestrian", "road", "service"},
}
PATHS = {"footway", "path", "cycleway", "steps", "track", "bridleway"}
GREENS = {"park", "garden", "forest", "grass", "meadow", "wood", "cemetery", "recreation_ground", "nature_reserve"}
WATERS = {"water", "reservoir", "basin", "riverbank", "dock"}
WATERWAYS = {"river", "canal", "stream"}
QUARTERS = {"suburb", "quarter", "neighbourhood", "village", "hamlet", "town"}


class CannotDraw(Refusal):
    """There is no map: what draws it is not here, or did not like what it was given."""

    def __init__(self, why: str) -> None:
        super().__init__("cannot_draw", "The map could not be drawn: %(why)s", why=why)


class UnreadableMap(Refusal):
    """A file of map data that is none."""

    def __init__(self, file: str, line: int, why: str) -> None:
        super().__init__(
            "unreadable_map",
            "%(file)s, line %(line)s: %(why)s Give GeoJSON features, as one collection or one a line.",
            file=file,
            line=line,
            why=why,
        )


@dataclass(frozen=True)
class Basemap:
    """A map that was drawn: its file, and of what it was made."""

    file: str
    bounds: tuple[float, float, float, float]
    zooms: tuple[int, int]
    credits: tuple[str, ...]
    rows: str


@dataclass(frozen=True)
class Feature:
    """One thing on the map: GeoJSON geometry, and what the style may ask of it."""

    layer: Layer
    geometry: Mapping[str, Any]
    properties: Mapping[str, Any]
    first_zoom: int = 0

    def written(self) -> dict[str, Any]:
        """As the maker of tiles reads it."""
        told: dict[str, Any] = {"type": "Feature", "geometry": self.geometry, "properties": self.properties}
        return told | {"tippecanoe": {"minzoom": self.first_zoom}} if self.first_zoom else told


def street_rank(names: Sequence[str], *, crossings: int, metres: float) -> Rank:
    """An avenue by its name or by how many streets cross it."""
    avenue = metres > AVENUE_METRES and any(word in name.lower() for name in names for word in AVENUES)
    if avenue or crossings >= MAIN_CROSSINGS:
        return Rank.MAIN
    return Rank.MIDDLE if crossings >= MIDDLE_CROSSINGS else Rank.MINOR


def street(lines: Sequence[Sequence[Point]], names: Mapping[str, Any], rank: Rank) -> Feature:
    """A street along its lines."""
    coordinates = [[[round(lon, 6), round(lat, 6)] for lat, lon in line] for line in lines]
    return Feature(
        Layer.STREET,
        {"type": "MultiLineString", "coordinates": coordinates},
        {"rank": rank.value, **said(names)},
        FIRST_ZOOM_OF_STREETS[rank],
    )


def said(names: Mapping[str, Any]) -> dict[str, str]:
    """The names that there are; a tile has no room for empty ones."""
    keys = ("name", *(f"name_{language}" for language in LANGUAGES))
    return {key: str(names[key]) for key in keys if names.get(key)}


def metres(line: Sequence[Point]) -> float:
    """How long a line is, roughly: for ranking only."""
    return sum(METRES_A_DEGREE * ((a[0] - b[0]) ** 2 + (0.63 * (a[1] - b[1])) ** 2) ** 0.5 for a, b in pairwise(line))


def feature_of(told: Mapping[str, Any]) -> Feature | None:
    """A feature of somebody else's map in our words: OpenStreetMap's tags, or a property «layer» with one of ours."""
    geometry, properties = told.get("geometry"), told.get("properties") or {}
    if not isinstance(geometry, Mapping) or not isinstance(properties, Mapping):
        return None
    kind = str(geometry.get("type", ""))
    layer, rank = _layer(properties, kind)
    if layer is None:
        return None
    names = {"name": properties.get("name")}
    names |= {f"name_{one}": properties.get(f"name_{one}") or properties.get(f"name:{one}") for one in LANGUAGES}
    kept: dict[str, Any] = said(names)
    if rank:
        kept["rank"] = rank.value
    if number := properties.get("addr:housenumber") or properties.get("number"):
        kept["number"] = str(number)
    first = FIRST_ZOOM_OF_STREETS[rank] if rank else FIRST_ZOOM.get(layer, 0)
    return Feature(layer, geometry, kept, first)


def _layer(properties: Mapping[str, Any], kind: str) -> tuple[Layer | None, Rank | None]:
    own = properties.get("layer")
    if own in set(Layer):
        return Layer(own), Rank(properties.get("rank", Rank.MINOR)) if own == Layer.STREET else None
    if "LineString" in kind:
        return _line_layer(properties)
    return _flat_layer(properties) if "Polygon" in kind else _point_layer(properties), None


def _line_layer(tags: Mapping[str, Any]) -> tuple[Layer | None, Rank | None]:
    highway = str(tags.get("highway") or "").removesuffix("_link")
    rank = next((rank for rank, kinds in STREETS.items() if highway in kinds), None)
    # A drive through a yard is a street only if it has a name.
    drive = highway == "service" and not tags.get("name")
    if rank and not drive:
        return Layer.STREET, rank
    if drive or highway in PATHS:
        return Layer.PATH, None
    if tags.get("railway") == "rail":
        return Layer.RAIL, None
    return (Layer.WATER if tags.get("waterway") in WATERWAYS else None), None


def _flat_layer(tags: Mapping[str, Any]) -> Layer | None:
    if tags.get("building"):
        return Layer.BUILDING
    ground = {str(tags.get(key)) for key in ("natural", "landuse", "leisure", "waterway", "boundary")}
    if ground & WATERS:
        return Layer.WATER
    if ground & GREENS:
        return Layer.GREEN
    return Layer.DISTRICT if "administrative" in ground else None


def _point_layer(tags: Mapping[str, Any]) -> Layer | None:
    if tags.get("addr:housenumber"):
        return Layer.HOUSE
    return Layer.PLACE if tags.get("place") in QUARTERS else None
