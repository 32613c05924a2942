"""The values that leave the register of places, and what it refuses."""

import math
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from komek.refusal import Refusal

LONGEST_TEXT = 500
OUTLINES = ("Polygon", "MultiPolygon")
FEWEST_CORNERS = 4
POLE, DATE_LINE = 90.0, 180.0


@dataclass(frozen=True)
class Place:
    """Where something is, as far as we know: the resident's words always, the rest when it was found."""

    text: str
    street_id: int | None = None
    house_id: int | None = None
    house_number: str = ""
    district_code: str = ""
    lat: float | None = None
    lon: float | None = None
    landmark: str = ""
    outside: bool = False
    # Made by the register itself: street and house exist and belong together.
    of_register: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Suggestion:
    """One line under the address field; `kind` is street, house or crossing."""

    kind: str
    label: str
    street_id: int
    house_id: int | None
    house_number: str
    district_code: str
    lat: float | None
    lon: float | None
    score: float
    other_street_id: int | None = None


class NoSuchHouse(Refusal):
    """The register has no house of that id."""

    def __init__(self, house: int) -> None:
        super().__init__("no_such_house", "There is no house with the number %(house)s in the register.", house=house)


class ImpossiblePoint(Refusal):
    """A point that is not on the globe."""

    def __init__(self) -> None:
        super().__init__("impossible_point", "The point is not on the map: latitude −90…90, longitude −180…180.")


class UnreadableOutline(Refusal):
    """A district whose outline is not a polygon of GeoJSON."""

    def __init__(self, district: str) -> None:
        super().__init__(
            "unreadable_outline", "The outline of %(district)s is not a GeoJSON polygon.", district=district
        )


def ensure_point(lat: float | None, lon: float | None) -> None:
    """Refuse half a point and points off the globe; no point at all is fine."""
    if lat is None and lon is None:
        return
    if lat is None or lon is None or not (math.isfinite(lat) and math.isfinite(lon)):
        raise ImpossiblePoint
    if not (abs(lat) <= POLE and abs(lon) <= DATE_LINE):
        raise ImpossiblePoint


def trimmed(text: str, longest: int = LONGEST_TEXT) -> str:
    """The text on one line without control and direction signs, cut to what a screen can show."""
    visible = text[: longest * 4]
    if not visible.isprintable():
        visible = "".join(
            " " if sign in "\t\n\r" else sign
            for sign in visible
            if sign in "\t\n\r" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn")
        )
    return " ".join(visible.split())[:longest]


def outline_box(district: str, outline: Mapping[str, Any]) -> tuple[float, float, float, float]:
    """The smallest box (min lat, min lon, max lat, max lon) around a GeoJSON polygon."""
    if outline.get("type") not in OUTLINES:
        raise UnreadableOutline(district)
    try:
        points = [(float(lon), float(lat)) for lon, lat in _positions(outline)]
    except (KeyError, IndexError, TypeError, ValueError) as failure:
        raise UnreadableOutline(district) from failure
    if len(points) < FEWEST_CORNERS:
        raise UnreadableOutline(district)
    lons, lats = zip(*points, strict=True)
    return min(lats), min(lons), max(lats), max(lons)


def _positions(outline: Mapping[str, Any]) -> Iterator[tuple[float, float]]:
    """Every corner of every ring; a height behind a position is left out."""
    told = outline["coordinates"]
    polygons = [told] if outline["type"] == "Polygon" else told
    for polygon in polygons:
        for ring in polygon:
            for position in ring:
                yield position[0], position[1]
