"""Questions about cards. Lists that need the service or the deadline are asked of the rooms that know them."""

import hmac
import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Case, Exists, ExpressionWrapper, F, FloatField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import ASin, Coalesce, Cos, Least, Radians, Sin, Sqrt

from komek.platform import unit
from komek.platform.languages import LANGUAGES
from komek.platform.questions import Given, Question
from komek.registers.places.rules import ensure_point
from komek.rooms.cards import rules
from komek.rooms.cards.models import CELL, Card, Entry
from komek.rooms.cards.rules import Status
from komek.rooms.intake.models import Contact

EARTH_METRES = 6_371_008.8
METRES_A_DEGREE = 111_320.0
MOST_NEARBY = 20
MOST_OPEN = 20
A_QUARTER = timedelta(days=92)


class Line(NamedTuple):
    """What a list shows of a card: fifty of them are read at once, so it is a row and nothing behind it."""

    id: int
    number: str
    kind: str
    status: str
    owner_code: str
    topic_code: str
    topic_kk: str | None
    topic_ru: str | None
    topic_en: str | None
    text: str
    place_text: str
    district_code: str
    reopened: int


_TOPIC = {f"topic_{language}": f"topic__name_{language}" for language in LANGUAGES}


def line(of: str = "") -> tuple[str, ...]:
    """The columns of a line, in its order, for a query that reaches cards by this path."""
    return tuple(of + _TOPIC.get(name, name) for name in Line._fields)


class Whereabouts(NamedTuple):
    """The district of a card, and the number that rang for it."""

    card_id: int
    number: str
    district: str


@dataclass(frozen=True)
class Page:
    """Some cards, the newest first; `before` is where the next page begins, None at the end."""

    cards: list[Card]
    before: int | None


@dataclass(frozen=True)
class ForwardPage:
    """Some cards, the oldest first; `after` is where the next page begins, None at the end."""

    cards: list[Card]
    after: int | None


def card(card_id: int) -> Card:
    """One card with its topic, its place and its article; whose it is stays with the register of residents."""
    return unit.known(Card, card_id) or _found(_by_id.one(id=card_id), card_id)


def cards(card_ids: Collection[int]) -> dict[int, Card]:
    """Many cards at once, by id."""
    return _whole().in_bulk(list(card_ids))


def by_number(text: str) -> Card:
    """The card of a number however it was typed; raises WrongNumber or NoSuchCard."""
    number = rules.read_number(text)
    return _found(_by_number.one(number=number), number)


def by_code(number: str, code: str) -> Card:
    """The card of a number for somebody who also has its code; a wrong code is as unknown as a wrong number."""
    found = by_number(number)
    if not hmac.compare_digest(found.access_code.encode(), code.strip().lower().encode("utf-8", "replace")):
        raise rules.NoSuchCard(found.number)
    return found


def locked(card_id: int) -> Card:
    """The card for changing: nobody else may until this transaction ends; raises NoSuchCard."""
    found = unit.hold(Card, card_id)
    if found is None:
        raise rules.NoSuchCard(card_id)
    return found


def story(card: Card) -> list[Entry]:
    """The whole history of a card, in order."""
    return _story(card=card.pk)


_story = Question(lambda card: Entry.objects.filter(card_id=card).select_related("by").order_by("id"))


def corrections_since(card: Card, revision: int) -> list[Entry]:
    """How a card became what it is now from what somebody read as this revision, in order, each with what it `changed`.

    Who read the whole card anew, to classify or to end it, may have changed anything.
    """
    made = max(0, card.revision - revision)
    found = Entry.objects.filter(card=card, verb__in=rules.REVISING).select_related("by").order_by("-id")[:made]
    for entry in found:
        entry.data.setdefault("changed", list(rules.CORRECTABLE))
    return list(found)[::-1]


def of_contact(contact: Contact) -> list[Card]:
    """The cards that one contact made, in order."""
    made = unit.children(contact, Card, "contact_id")
    return made if made is not None else _of_contact(contact=contact.pk)


def received_of(contact: Contact) -> Card | None:
    """The card that already has a number while nobody has read it."""
    return Card.objects.filter(contact=contact, status=Status.RECEIVED).order_by("id").first()


def of_key(key: str) -> Card | None:
    """The card that was made under this key."""
    return _of_key.one(key=key)


def open_of(resident_id: int, *, limit: int = MOST_OPEN) -> list[Card]:
    """What is still open for a resident, the newest first."""
    return _open_of(resident=resident_id)[:limit]


def of_resident(resident_id: int, *, limit: int = MOST_OPEN) -> list[Card]:
    """The last cards of a resident, open or not."""
    return _of_resident(resident=resident_id)[:limit]


def beside(contact: Contact) -> tuple[list[Card], list[Card]]:
    """The cards that a contact made, in order, and the last others of its resident, the newest first; one query."""
    if contact.resident_id is None:
        return of_contact(contact), []
    found = _beside(contact=contact.pk, resident=contact.resident_id)
    made = [card for card in reversed(found) if card.contact_id == contact.pk]
    return made, [card for card in found if card.contact_id != contact.pk]


def nearby(lat: float, lon: float, *, at: datetime, metres: float = 200) -> list[Card]:
    """What is open around a point, or ended two weeks ago at most, the nearest first, each with its `metres`."""
    box = around(lat, lon, metres=metres)
    return _nearby(lat=lat, lon=lon, metres=metres, at=at, news=at - rules.STILL_NEWS, **box)


BOX = ("news", "south", "north", "west", "east", "rows", "columns")


def around(lat: float, lon: float, *, metres: float) -> dict[str, Any]:
    """The box around a point, and the squares it lies in, as `within` wants them."""
    ensure_point(lat, lon)
    north = metres / METRES_A_DEGREE
    east = north / max(0.01, math.cos(math.radians(lat)))
    south, west = lat - north, lon - east
    return {
        "south": south,
        "north": lat + north,
        "west": west,
        "east": lon + east,
        "rows": rules.cells(south, lat + north, rules.CELLS_A_DEGREE_NORTH),
        "columns": rules.cells(west, lon + east, rules.CELLS_A_DEGREE_EAST),
    }


def within(cards: "QuerySet[Card]", **given: Any) -> "QuerySet[Card]":
    """Two ways to the few cards of a box that count, each with an index of its own: what is open, what has just ended."""
    is_open = Q(closed_at=None, lat__gte=given["south"], lat__lte=given["north"])
    is_open &= Q(lon__gte=given["west"], lon__lte=given["east"])
    has_ended = Q(row=given["rows"].any, column=given["columns"].any, closed_at__gt=given["news"])
    row, column = CELL
    return cards.alias(row=row, column=column).filter(is_open | has_ended, lat__isnull=False)


def page(
    *,
    before: int | None = None,
    limit: int = 50,
    statuses: Collection[Status] = (),
    owner_code: str = "",
    open_only: bool = False,
) -> Page:
    """Cards newest first, by key: a page deep in the past costs what the first costs."""
    rows = _whole()
    if before is not None:
        rows = rows.filter(id__lt=before)
    if statuses:
        rows = rows.filter(status__in=list(statuses))
    if owner_code:
        rows = rows.filter(owner_code=owner_code)
    if open_only or (statuses and rules.OPEN.issuperset(statuses)):
        rows = rows.filter(closed_at=None)
    found = list(rows.order_by("-id")[: limit + 1])
    return Page(found[:limit], found[limit - 1].id if len(found) > limit else None)


def whereabouts(*, after: int | None, at: datetime, limit: int = 500) -> list[Whereabouts]:
    """In which district each card lies and the number of who rang for it, the oldest first.

    Both are empty where they are not known, or nobody rang. Without `after` it begins with those of a quarter.
    """
    rows = Card.objects.filter(received_at__gt=at - A_QUARTER) if after is None else Card.objects.filter(id__gt=after)
    rang = Case(When(channel="phone", then=Coalesce("conversation__handle__value", Value(""))), default=Value(""))
    return [Whereabouts(*one) for one in rows.order_by("id").values_list("id", rang, "district_code")[:limit]]


def unread(*, after: int = 0, limit: int = 50) -> list[Card]:
    """Cards with a number that nobody has read yet, the oldest first."""
    rows = _whole().filter(status=Status.RECEIVED, closed_at=None, id__gt=after)
    return list(rows.order_by("id")[:limit])


def of_partner(partner_id: int, number: str) -> Card:
    """The card of a number that came by this partner; raises WrongNumber, or NoSuchCard for one that did not."""
    read = rules.read_number(number)
    return _found(next(iter(_of_partner(partner_id).filter(number=read)[:1]), None), read)


def page_of_partner(partner_id: int, *, after: int = 0, since: datetime | None = None, limit: int = 50) -> ForwardPage:
    """What came by this partner, by key; with `since`, only what has a newer line in its history."""
    rows = _of_partner(partner_id).filter(id__gt=after)
    if since is not None:
        rows = rows.filter(Exists(Entry.objects.filter(card=OuterRef("id"), at__gte=since)))
    found = list(rows.order_by("id")[: limit + 1])
    return ForwardPage(found[:limit], found[limit - 1].id if len(found) > limit else None)


def _of_partner(partner_id: int) -> QuerySet[Card]:
    return Card.objects.select_related("conversation").filter(channel="api", conversation__partner_id=partner_id)


def _whole() -> QuerySet[Card]:
    return Card.objects.select_related("topic", "street", "house", "registered_by", "answered_by")


# Not `first()`: rows found by a key need no order, and nothing is asked as often as this.
_of_contact = Question(lambda contact: _whole().filter(contact_id=contact).order_by("id"))
_of_key = Question(lambda key: Card.objects.filter(key=key)[:1])
_by_id = Question(lambda id: _whole().filter(id=id)[:1])  # noqa: A006 - the column's name
_by_number = Question(lambda number: _whole().filter(number=number)[:1])
_of_resident = Question(lambda resident: _whole().filter(resident_id=resident).order_by("-id")[:MOST_OPEN])
_beside = Question(
    lambda contact, resident: (
        _whole()
        .filter(
            id__in=Card.objects.filter(contact_id=contact)
            .values("id")
            .union(Card.objects.filter(resident_id=resident).order_by("-id").values("id")[:MOST_OPEN])
        )
        .order_by("-id")
    )
)
_open_of = Question(lambda resident: _whole().filter(resident_id=resident, closed_at=None).order_by("-id")[:MOST_OPEN])


def _found(found: Card | None, name: object) -> Card:
    if found is None:
        raise rules.NoSuchCard(name)
    return found


def _near(**given: Given) -> QuerySet[Card]:
    boxed = within(_whole(), **given).filter(received_at__lte=given["at"])
    measured = boxed.annotate(metres=distance(given["lat"], given["lon"])).filter(metres__lte=given["metres"])
    return measured.order_by("metres", "-id")[:MOST_NEARBY]


def distance(lat: Given, lon: Given) -> ExpressionWrapper:
    """Metres along the globe by haversine, which stays exact for the small distances asked about."""
    up = Sin(Radians(F("lat") - lat) / Value(2.0))
    across = Sin(Radians(F("lon") - lon) / Value(2.0))
    square = up * up + Cos(Radians(F("lat"))) * Cos(Radians(lat)) * across * across
    metres = Value(2 * EARTH_METRES) * ASin(Sqrt(Least(square, Value(1.0))))
    return ExpressionWrapper(metres, output_field=FloatField())


_nearby = Question(_near, ("lat", "lon", "metres", "at", *BOX))
