"""What the register holds, asked by id or code."""

from collections.abc import Mapping

from django.db.models import QuerySet

from komek.platform.languages import pick
from komek.platform.questions import Question
from komek.registers.places import rules
from komek.registers.places.models import District, House, HouseService, Street, StreetAlias


def districts() -> QuerySet[District]:
    """All districts, in the order of their codes."""
    return District.objects.all()


def district_names() -> list[Mapping[str, object]]:
    """Codes and names of all districts, for a choice; their outlines stay in the database."""
    return list(District.objects.values("code", "name_kk", "name_ru", "name_en"))


def serving(house_id: int) -> dict[str, str]:
    """Who serves a house: duty → service code."""
    return dict(_serving(house=house_id))


_serving = Question(lambda house: HouseService.objects.filter(house_id=house).values_list("duty", "service_code"))


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


def street_ids() -> dict[str, int]:
    """Every street name, the other names included → the street's id; the street's own name wins."""
    ids = dict(StreetAlias.objects.values_list("name", "street_id"))
    ids.update(Street.objects.values_list("name", "id"))
    return ids
