"""Where a place is; an unknown address is a place as well."""

from dataclasses import replace

from komek.registers.places import rules
from komek.registers.places.models import District, House, Street
from komek.registers.places.queries.outlines import district_at, outlines
from komek.registers.places.queries.suggesting import SURE, likeliest

SAME_LETTERS = 5


def locate(
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
    said = district_code or _named_district(words)
    place = _chosen(place, street_id=street_id, house_id=house_id) or _read(place)
    return replace(_districted(place, said), of_register=True)


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
    first = likeliest(place.text)
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
    return replace(place, outside=bool(outlines()), district_code=place.district_code or said)


def _named_district(text: str) -> str:
    """The district the words name («Сарыарқа ауданы», «в Алматинском районе»), compared by its first letters."""
    said = [word[:SAME_LETTERS] for word in rules.parse(text).districts]
    if not said:
        return ""
    for district in District.objects.all():
        names = (district.name_kk, district.name_ru, district.name_en)
        words = [word for name in names for word in rules.fold(name).split()]
        if any(word.startswith(start) for start in said for word in words if word not in ("район", "ауданы")):
            return district.code
    return ""
