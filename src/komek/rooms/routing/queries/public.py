"""What anybody may know of the works in the city: what it is, where roughly, whose it is and by when; never whose words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from komek.platform.languages import LANGUAGES, pick
from komek.platform.questions import Given, Question
from komek.registers.catalog import queries as catalog
from komek.registers.catalog.models import Topic
from komek.registers.staff import queries as staff
from komek.registers.staff.queries import ServiceCard
from komek.rooms.cards import queries as cards
from komek.rooms.cards.models import Card
from komek.rooms.cards.rules import Kind, Outcome, Status
from komek.rooms.routing.models import Assignment, Clock

MOST_WORKS = 120
# So long a finished work is still shown.
STILL_SHOWN = timedelta(days=7)
# A pin that somebody has set themselves is shown to within some hundred metres.
ROUGHLY = 3
BEGUN = (Status.ROUTED, Status.IN_WORK, Status.DONE)
CARRIED_OUT = (Outcome.DONE, Outcome.PARTLY)
_NAMES = {f"{what}_{language}": f"{what}__name_{language}" for what in ("topic", "street") for language in LANGUAGES}
_COLUMNS = (
    "topic_code",
    "status",
    "house_id",
    "house__number",
    "house__lat",
    "house__lon",
    "district_code",
    "lat",
    "lon",
    "registered_at",
    "closed_at",
)


@dataclass(frozen=True)
class Work:
    """One work as everybody sees it: no number, no words and no pin of the resident's."""

    topic_code: str
    topic: str
    place: str
    district_code: str
    lat: float
    lon: float
    services: tuple[ServiceCard, ...]
    since: datetime
    due_at: datetime | None
    closed_at: datetime | None
    status: str

    def is_overdue(self, at: datetime) -> bool:
        return self.closed_at is None and self.due_at is not None and self.due_at < at


def public_topics() -> list[Topic]:
    """The topics whose works the city shows, by the patterns of its pack; none unless it names some."""
    patterns = settings.CITY.get("public_works", ())
    return [
        topic
        for _, of_group in catalog.grouped()
        for topic in of_group
        if any(fnmatchcase(topic.code, pattern) for pattern in patterns)
    ]


def works_around(lat: float, lon: float, *, metres: float, at: datetime, language: str) -> list[Work]:
    """The public works of a box, open or just carried out, the nearest first, at most so many; one query."""
    topics = [topic.code for topic in public_topics()]
    box = cards.around(lat, lon, metres=metres)
    if not topics:
        return []
    rows = _works(lat=lat, lon=lon, topics=topics, news=at - STILL_SHOWN, **box)
    services = staff.services({code for row in rows for code in row.services})
    return [_work(row, services, language) for row in rows]


def _found(**given: Given) -> QuerySet[Card, Any]:
    carried_out = Q(closed_at__isnull=True, status__in=BEGUN) | Q(closed_at__isnull=False, outcome__in=CARRIED_OUT)
    wanted = cards.within(Card.objects.filter(carried_out), **given).filter(
        kind=Kind.REQUEST, topic_code=given["topics"].any
    )
    of_card = Assignment.objects.filter(card=OuterRef("pk"), withdrawn_at__isnull=True)
    of_round = of_card.filter(Q(ended_at__isnull=True) | Q(ended_at=OuterRef("closed_at")))
    told = wanted.annotate(
        **{name: F(path) for name, path in _NAMES.items()},
        # While a clock stands nothing is late, and when it runs again the promise is another.
        due_at=Subquery(Clock.objects.filter(card=OuterRef("pk"), paused_at__isnull=True).values("due_at")),
        services=ArraySubquery(of_round.order_by("id").values("service_code")),
        metres=cards.distance(given["lat"], given["lon"]),
    )
    columns = (*_COLUMNS, *_NAMES, "due_at", "services", "metres")
    return told.order_by("metres", "-id").values_list(*columns, named=True)[:MOST_WORKS]


_works = Question(_found, ("lat", "lon", "topics", *cards.BOX))


def _work(row: Any, services: dict[str, ServiceCard], language: str) -> Work:
    names = row._asdict()
    street, house = pick(names, "street", language), row.house__number or ""
    known = row.house_id is not None
    lat, lon = _point(row)
    return Work(
        topic_code=row.topic_code,
        topic=pick(names, "topic", language),
        place=f"{street}, {house}" if street and known else street,
        district_code=row.district_code,
        lat=lat,
        lon=lon,
        services=tuple(services[code] for code in row.services if code in services),
        since=row.registered_at,
        due_at=row.due_at,
        closed_at=row.closed_at,
        status=row.status,
    )


def _point(row: Any) -> tuple[float, float]:
    """Of a house the point that everybody knows; a card keeps the resident's own pin, also where its house is known."""
    if row.house__lat is not None and row.house__lon is not None:
        return row.house__lat, row.house__lon
    return round(row.lat, ROUGHLY), round(row.lon, ROUGHLY)
