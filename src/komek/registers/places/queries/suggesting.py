"""What the words of an address may mean."""

import math
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet
from psycopg.types.numeric import Int4, Int8

from komek.platform.languages import pick
from komek.platform.questions import Given, Question
from komek.platform.statements import prepared
from komek.registers.places import rules
from komek.registers.places.models import Crossing, House

# Below this a suggestion is not worth showing; above `SURE` a place takes the street without being asked.
FAINT, SURE = 0.34, 0.66
# What merely resembles a name can score 0.8 by its letters and a little by how busy the street is.
UNMATCHED = 0.9
LANE_UNSAID, LANE_SAID, HOUSE_KNOWN, BUSY = 0.2, 0.1, 0.04, 0.008
MOST_STREETS = 40
STREETS_WITH_HOUSES = 6
MOST_LONGER = 3
CLOSE = 0.15

STREETS = """
WITH asked AS (
    SELECT * FROM unnest($1::text[], $2::float8[], $3::int[]) AS a(phrase, weight, standing)
), named AS (
    SELECT s.street_id, s.folded, asked.* FROM asked
    JOIN places_streetalias s ON {same}
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
ORDER BY best.score DESC, s.points DESC, s.name LIMIT $4
"""
FIND_STREETS = STREETS.format(same="asked.phrase <% s.folded OR s.folded % asked.phrase")
NAMED_STREETS = STREETS.format(same="s.folded = asked.phrase")


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
    return _suggested(address, streets)[:limit] if streets else []


def _suggested(address: rules.Address, streets: list[_Found]) -> list[rules.Suggestion]:
    houses = _houses(streets[:STREETS_WITH_HOUSES], address.house)
    streets = sorted(streets, key=lambda street: -street.score - HOUSE_KNOWN * ((street.id, address.house) in houses))
    lines = [_line(street, address.house, houses) for street in streets]
    close = sum(street.score > streets[0].score - CLOSE for street in streets)
    crossings = _crossings(streets) if address.crossing else []
    return [*crossings, *lines[:close], *_longer(streets[0], address.house, houses), *lines[close:]]


def likeliest(text: str) -> rules.Suggestion | None:
    """The first of the suggestions; a street called by its very name is found without comparing trigrams."""
    address = rules.parse(rules.trimmed(text))
    streets = _streets(address, None, NAMED_STREETS)
    if not streets or streets[0].score < UNMATCHED:
        return next(iter(suggest(text, limit=1)), None)
    return next(iter(_suggested(address, streets)), None)


def _streets(address: rules.Address, language: str | None, query: str = FIND_STREETS) -> list[_Found]:
    if not address.phrases:
        return []
    asked = [
        [phrase.text for phrase in address.phrases],
        [phrase.weight for phrase in address.phrases],
        [Int4(phrase.order) for phrase in address.phrases],
        Int8(MOST_STREETS),
    ]
    with prepared() as cursor:
        cursor.execute(query, asked)
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
    houses = _numbered(streets=[street.id for street in streets], first=streets[0].id, number=number)
    return {(house.street_id, house.number): house for house in houses}


def _of_number(streets: Given, first: Given, number: Given) -> QuerySet[House]:
    wanted = Q(street_id=streets.any, number=number) | Q(street_id=first, number__startswith=number)
    return House.objects.filter(wanted).order_by("number")[:60]


_numbered = Question(_of_number)


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


def _line(street: _Found, number: str, houses: dict[tuple[int, str], House]) -> rules.Suggestion:
    """The house asked for, else the street with the number as it was said."""
    exact = houses.get((street.id, number))
    return _house_line(street, exact) if exact else _street_line(street, number)


def _longer(street: _Found, number: str, houses: dict[tuple[int, str], House]) -> list[rules.Suggestion]:
    """Houses of the likeliest street whose number begins as the one typed so far."""
    longer = [house for (owner, other), house in houses.items() if owner == street.id and other != number]
    return [_house_line(street, house) for house in longer[:MOST_LONGER]]


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
