"""Questions about places; none of them fails because an address is unknown."""

import json
import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from shapely import Point
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from shapely.prepared import PreparedGeometry, prep

from komek.platform.languages import pick
from komek.registers.places import rules
from komek.registers.places.models import Crossing, District, House, HouseService, Street

# Below this a suggestion is not worth showing; above `SURE` a place takes the street without being asked.
FAINT, SURE = 0.34, 0.66
LANE_UNSAID, LANE_SAID, HOUSE_KNOWN, BUSY = 0.2, 0.1, 0.04, 0.008
MOST_STREETS = 40
STREETS_WITH_HOUSES = 6

FIND_STREETS = """
WITH asked AS (
    SELECT * FROM unnest(%(phrases)s::text[], %(weights)s::float8[], %(orders)s::int[]) AS a(phrase, weight, standing)
), named AS (
    SELECT s.id AS street_id, s.folded, asked.* FROM asked
    JOIN places_street s ON asked.phrase <%% s.folded OR s.folded %% asked.phrase
    UNION ALL
    SELECT n.street_id, n.folded, asked.* FROM asked
    JOIN places_streetalias n ON asked.phrase <%% n.folded OR n.folded %% asked.phrase
), scored AS (
    SELECT street_id, standing, weight * (
        0.5 * word_similarity(phrase, folded) + 0.3 * similarity(phrase, folded)
        + CASE WHEN phrase = folded THEN 0.2 ELSE 0 END) AS score
    FROM named
), best AS (
    SELECT DISTINCT ON (street_id) street_id, standing, score FROM scored ORDER BY street_id, score DESC
)
SELECT s.id, s.name, s.name_kk, s.name_ru, s.name_en, s.district_code, s.lat, s.lon, s.points, best.score, best.standing
FROM best JOIN places_street s ON s.id = best.street_id
ORDER BY best.score DESC, s.points DESC, s.name LIMIT %(limit)s
"""


@dataclass(frozen=True)
class _Found:
    """A street that may be meant, with how sure we are and where in the text it was named."""

    id: int
    name: str
    label: str
    district_code: str
    lat: float | None
    lon: float | None
    score: float
    standing: int


def suggest(text: str, limit: int = 8, language: str | None = None) -> list[rules.Suggestion]:
    """Streets, houses and crossings that the words may mean, the likeliest first; at most three queries."""
    address = rules.parse(rules.trimmed(text))
    streets = _streets(address, language)
    if not streets:
        return []
    houses = _houses(streets[:STREETS_WITH_HOUSES], address.house)
    streets = sorted(streets, key=lambda street: -street.score - HOUSE_KNOWN * ((street.id, address.house) in houses))
    found = _crossings(streets) if address.crossing else []
    for street in streets:
        found.extend(_with_houses(street, address.house, houses, first=street is streets[0]))
    return found[:limit]


def _streets(address: rules.Address, language: str | None) -> list[_Found]:
    if not address.phrases:
        return []
    asked = {
        "phrases": [phrase.text for phrase in address.phrases],
        "weights": [phrase.weight for phrase in address.phrases],
        "orders": [phrase.order for phrase in address.phrases],
        "limit": MOST_STREETS,
    }
    with connection.cursor() as cursor:
        cursor.execute(FIND_STREETS, asked)
        columns = [column.name for column in cursor.description or ()]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    found = [_found(row, address, language) for row in rows]
    return sorted((street for street in found if street.score >= FAINT), key=lambda street: -street.score)


def _found(row: dict[str, Any], address: rules.Address, language: str | None) -> _Found:
    score = row["score"] + BUSY * math.log1p(row["points"])
    if rules.is_lane(row["name"]):
        score += LANE_SAID if address.lane else -LANE_UNSAID
    return _Found(
        id=row["id"],
        name=row["name"],
        label=pick(row, "name", language) or row["name"],
        district_code=row["district_code"],
        lat=row["lat"],
        lon=row["lon"],
        score=score,
        standing=row["standing"],
    )


def _houses(streets: list[_Found], number: str) -> dict[tuple[int, str], House]:
    """Houses of these streets whose number is the one asked for, or begins with it on the first street."""
    if not number:
        return {}
    wanted = Q(street_id__in=[street.id for street in streets], number=number)
    wanted |= Q(street_id=streets[0].id, number__startswith=number)
    houses = House.objects.filter(wanted).order_by("number")[:60]
    return {(house.street_id, house.number): house for house in houses}


def _crossings(streets: list[_Found]) -> list[rules.Suggestion]:
    """Crossings of two streets that were named by different words, in the order they were said."""
    by_id = {street.id: street for street in streets[:20]}
    found = []
    for crossing in Crossing.objects.filter(street_id__in=by_id, other_id__in=by_id):
        first, second = sorted(
            (by_id[crossing.street_id], by_id[crossing.other_id]), key=lambda street: street.standing
        )
        if first.standing != second.standing:
            found.append(
                rules.Suggestion(
                    kind="crossing",
                    label=f"{first.label} × {second.label}",
                    street_id=first.id,
                    house_id=None,
                    house_number="",
                    district_code=crossing.district_code or first.district_code,
                    lat=crossing.lat,
                    lon=crossing.lon,
                    score=min(first.score, second.score) + HOUSE_KNOWN,
                    other_street_id=second.id,
                )
            )
    return sorted(found, key=lambda suggestion: -suggestion.score)[:3]


def _with_houses(
    street: _Found, number: str, houses: dict[tuple[int, str], House], *, first: bool
) -> list[rules.Suggestion]:
    """The house asked for, else the street with the number as it was said; then the houses that begin so."""
    exact = houses.get((street.id, number))
    lines = [_house_line(street, exact) if exact else _street_line(street, number)]
    if first and number:
        lines += [_house_line(street, house) for (_, other), house in houses.items() if house.street_id == street.id and other != number][:3]
    return lines


def _street_line(street: _Found, number: str) -> rules.Suggestion:
    return rules.Suggestion(
        kind="street",
        label=f"{street.label}, {number}" if number else street.label,
        street_id=street.id,
        house_id=None,
        house_number=number,
        district_code=street.district_code,
        lat=street.lat,
        lon=street.lon,
        score=street.score,
    )


def _house_line(street: _Found, house: House) -> rules.Suggestion:
    return replace(
        _street_line(street, house.number),
        kind="house",
        house_id=house.id,
        district_code=house.district_code or street.district_code,
        lat=house.lat,
        lon=house.lon,
    )


def locate(  # noqa: PLR0913 - everything a desk or an adapter may know about a place
    text: str,
    lat: float | None = None,
    lon: float | None = None,
    *,
    street_id: int | None = None,
    house_id: int | None = None,
    house_number: str = "",
    landmark: str = "",
    district_code: str = "",
) -> rules.Place:
    """The place that the words and the point mean, as far as it is known; an unknown address is a place as well."""
    rules.ensure_point(lat, lon)
    words = rules.trimmed(text)
    place = rules.Place(
        text=words, house_number=rules.house_number(house_number), lat=lat, lon=lon, landmark=rules.trimmed(landmark)
    )
    place = _chosen(place, street_id=street_id, house_id=house_id) or _read(place)
    return _districted(place, district_code)


def _chosen(place: rules.Place, *, street_id: int | None, house_id: int | None) -> rules.Place | None:
    """What the person picked from the suggestions, when it still exists."""
    house = House.objects.filter(id=house_id).first() if house_id else None
    if house:
        return _at_house(place, house)
    street = Street.objects.filter(id=street_id).first() if street_id else None
    if street is None:
        return None
    number = place.house_number or rules.parse(place.text).house
    known = House.objects.filter(street=street, number=number).first() if number else None
    if known:
        return _at_house(place, known)
    return replace(
        place,
        street_id=street.id,
        house_number=number,
        district_code=street.district_code,
        lat=place.lat if place.lat is not None else street.lat,
        lon=place.lon if place.lon is not None else street.lon,
    )


def _at_house(place: rules.Place, house: House) -> rules.Place:
    return replace(
        place,
        street_id=house.street_id,
        house_id=house.id,
        house_number=house.number,
        district_code=house.district_code,
        lat=place.lat if place.lat is not None else house.lat,
        lon=place.lon if place.lon is not None else house.lon,
    )


def _read(place: rules.Place) -> rules.Place:
    """What was read out of the words, when it is sure enough."""
    first = next(iter(suggest(place.text, limit=1)), None)
    number = place.house_number or rules.parse(place.text).house
    if first is None or first.score < SURE:
        return replace(place, house_number=number)
    return replace(
        place,
        street_id=first.street_id,
        house_id=first.house_id,
        house_number=first.house_number,
        district_code=first.district_code,
        lat=place.lat if place.lat is not None else first.lat,
        lon=place.lon if place.lon is not None else first.lon,
    )


def _districted(place: rules.Place, said: str) -> rules.Place:
    """The district by the point; else the one that was said; else that of the street."""
    if place.lat is None or place.lon is None:
        return replace(place, district_code=place.district_code or said)
    by_point = district_at(place.lat, place.lon)
    if by_point:
        return replace(place, district_code=by_point)
    outside = District.objects.filter(polygon__isnull=False).exists()
    return replace(place, outside=outside, district_code=place.district_code or said)


def district_at(lat: float, lon: float) -> str | None:
    """The district a point lies in: the boxes in SQL, then the outline."""
    boxed = District.objects.filter(
        polygon__isnull=False, min_lat__lte=lat, max_lat__gte=lat, min_lon__lte=lon, max_lon__gte=lon
    ).annotate(outline=Cast("polygon", TextField()))
    point = Point(lon, lat)
    for code, outline in boxed.values_list("code", "outline"):
        if _shape(outline).covers(point):
            return str(code)
    return None


@lru_cache(maxsize=64)
def _shape(outline: str) -> PreparedGeometry[BaseGeometry]:
    """The outline ready for many tests; kept by its text, so that a changed outline is never an old one."""
    return prep(shape(json.loads(outline)))


def districts() -> QuerySet[District]:
    """All districts, in the order of their codes."""
    return District.objects.all()


def serving(house_id: int) -> dict[str, str]:
    """Who serves a house: duty → service code."""
    return dict(HouseService.objects.filter(house_id=house_id).values_list("duty", "service_code"))


def house(house_id: int) -> House:
    """One house with its street."""
    found = House.objects.select_related("street").filter(id=house_id).first()
    if found is None:
        raise rules.NoSuchHouse(house_id)
    return found


def address(place: rules.Place, language: str | None = None) -> str:
    """The place as it is written in that language; the resident's own words when no street was found."""
    street = Street.objects.filter(id=place.street_id).first() if place.street_id else None
    if street is None:
        return place.text
    name = pick(street, "name", language) or street.name
    return f"{name}, {place.house_number}" if place.house_number else name


class Outlines:
    """All districts' outlines at once, for telling the district of many points without a query each."""

    def __init__(self) -> None:
        rows = District.objects.filter(polygon__isnull=False).annotate(outline=Cast("polygon", TextField()))
        self._shapes = [(code, _shape(outline)) for code, outline in rows.values_list("code", "outline")]

    def district(self, lat: float, lon: float) -> str | None:
        """The district a point lies in."""
        point = Point(lon, lat)
        return next((code for code, outline in self._shapes if outline.covers(point)), None)
