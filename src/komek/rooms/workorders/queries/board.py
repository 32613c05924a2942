"""The board of a service: its open orders in the order of their promises, what they can be told apart by, their counts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, Count, Func, Q, QuerySet, Value

from komek.platform.questions import Given, Question
from komek.registers.staff import queries as staff
from komek.rooms.cards.queries import Line, line
from komek.rooms.routing.queries import paged
from komek.rooms.workorders.models import Order
from komek.rooms.workorders.rules import Status

COUNTED = ("open", "overdue", "sent", "accepted", "on_the_way", "on_site", "back")


@dataclass(frozen=True)
class OrderRow:
    """A line of a service's board: an order, where it is, and its card."""

    id: int
    due_at: datetime | None
    status: str
    returned: int
    foreman: str
    lat: float | None
    lon: float | None
    card: Line

    @property
    def state(self) -> str:
        """Where it stands on the board: what came back is told apart until somebody sets out again."""
        return RETURNED if self.returned and self.status == Status.ACCEPTED else self.status


_ORDER = ("id", "due_at", "status", "returned", "foreman", "card__lat", "card__lon")
_NAMES = tuple(name.removeprefix("card__") for name in _ORDER)
RETURNED = "returned"


@dataclass(frozen=True)
class Page:
    """Some orders, and where the next page begins; None at the end."""

    rows: list[OrderRow]
    next: str | None


def orders_of(
    service_code: str,
    *,
    state: str = "",
    district: str = "",
    topic: str = "",
    foreman: str = "",
    after: str | None = None,
    limit: int = 50,
) -> Page:
    """The open orders of a service and of the bodies under it, the nearest promise first; three queries at most."""
    asked = {"status": Status.ACCEPTED if state == RETURNED else state, "district": district}
    asked |= {"topic": topic, "foreman": foreman}
    seen = staff.seen_by(service_code)
    # Of one service the index has the orders in the order asked for; of several they are sorted.
    whose = {"service": service_code} if len(seen) == 1 else {"services": seen}
    given = {**whose, **{name: value for name, value in asked.items() if value}}
    wanted = {RETURNED: _open_returned, Status.ACCEPTED: _open_accepted}.get(state, _open)
    found, last = paged(wanted, given, key="id", after=after, limit=limit)
    own = len(_ORDER)
    rows = [OrderRow(**dict(zip(_NAMES, one[:own], strict=True)), card=Line._make(one[own:])) for one in found]
    return Page(rows, last)


_FILTERS = {
    "service": "service_code",
    "status": "status",
    "district": "card__district_code",
    "topic": "card__topic_code",
    "foreman": "foreman",
}


def _open(services: Given | None = None, **given: Given) -> QuerySet[Order, Any]:
    wanted = Order.objects.filter(ended_at__isnull=True)
    if services:
        wanted = wanted.filter(service_code=services.any)
    wanted = wanted.filter(**{_FILTERS[name]: value for name, value in given.items()})
    return wanted.values_list(*_ORDER, *line("card__"), named=True)


def _open_returned(**given: Given) -> QuerySet[Order, Any]:
    return _open(**given).filter(returned__gt=0)


def _open_accepted(**given: Given) -> QuerySet[Order, Any]:
    return _open(**given).filter(returned=0)


@dataclass(frozen=True)
class Facets:
    """What the open orders of a service can be told apart by."""

    districts: tuple[str, ...]
    topics: tuple[tuple[str, str | None, str | None, str | None], ...]
    foremen: tuple[str, ...]


def facets(service_code: str) -> Facets:
    """The districts, topics and foremen of a service's open orders; one query."""
    districts, topics, foremen = (
        [*filter(None, one or ())] for one in _facets(services=staff.seen_by(service_code))[0]
    )
    # A topic that has been published anew has several names; one is enough.
    by_code = {topic[0]: tuple(topic) for topic in topics if topic[0]}
    return Facets(tuple(sorted(districts)), tuple(by_code[code] for code in sorted(by_code)), tuple(sorted(foremen)))


def _told_apart(services: Given) -> QuerySet[Order, Any]:
    rows = Order.objects.filter(service_code=services.any, ended_at__isnull=True).order_by().values(all=Value(1))
    topic = Func(
        *(f"card__{name}" for name in ("topic_code", "topic__name_kk", "topic__name_ru", "topic__name_en")),
        template="ARRAY[%(expressions)s]",
        output_field=ArrayField(CharField()),
    )
    told = rows.annotate(
        districts=ArrayAgg("card__district_code", distinct=True),
        topics=ArrayAgg(topic, distinct=True),
        foremen=ArrayAgg("foreman", distinct=True),
    )
    return told.values_list("districts", "topics", "foremen")


_facets = Question(_told_apart)


def counts(service_code: str, *, at: datetime) -> dict[str, int]:
    """How many orders of a service are open and overdue, and how many stand in each state of its board."""
    return _counts.one(services=staff.seen_by(service_code), at=at) or dict.fromkeys(COUNTED, 0)


def _counted(services: Given, at: Given) -> QuerySet[Order, Any]:
    rows = Order.objects.filter(service_code=services.any, ended_at__isnull=True).order_by().values(all=Value(1))
    counted = rows.annotate(
        open=Count("id"),
        overdue=Count("id", filter=Q(due_at__lt=at)),
        sent=Count("id", filter=Q(status=Status.SENT)),
        accepted=Count("id", filter=Q(status=Status.ACCEPTED, returned=0)),
        on_the_way=Count("id", filter=Q(status=Status.ON_THE_WAY)),
        on_site=Count("id", filter=Q(status=Status.ON_SITE)),
        back=Count("id", filter=Q(status=Status.ACCEPTED, returned__gt=0)),
    )
    return counted.values(*COUNTED)


_counts = Question(_counted)
