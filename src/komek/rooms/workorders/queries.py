"""Questions about work orders. What a service may see is decided here, not on its screen."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, TextField, Value, prefetch_related_objects
from django.db.models.functions import Coalesce, Greatest

from komek.platform.questions import Given, Question
from komek.registers.staff import queries as staff
from komek.registers.staff.models import Agent
from komek.registers.staff.rules import Right
from komek.rooms.cards.models import Entry
from komek.rooms.cards.queries import Line, line
from komek.rooms.routing.queries import paged
from komek.rooms.workorders import rules
from komek.rooms.workorders.models import Order, OrderEntry, Proof, Report
from komek.rooms.workorders.rules import Status

# More kinds of orders than this nobody chooses from.
MOST_TOLD_APART = 500
COUNTED = ("open", "overdue", "sent", "accepted", "on_the_way", "on_site", "back")
LAST_ROUND = Q(assignment__ended_at__isnull=True) | Q(assignment__ended_at=F("card__closed_at"))


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


@dataclass(frozen=True)
class Reported:
    """An order in a list: what its service said last, and how many proofs it has shown; empty before any report."""

    id: int
    service_code: str
    status: str
    due_at: datetime | None
    foreman: str
    outcome: str
    reason_code: str
    text: str
    proofs: int


def order(order_id: int) -> Order:
    """One order with its card; raises NoSuchOrder."""
    found = _whole().filter(id=order_id).first()
    if found is None:
        raise rules.NoSuchOrder(order_id)
    return found


def order_for(agent: Agent, order_id: int) -> Order:
    """One order for this person; raises NotYourOrder for those of other services."""
    found = order(order_id)
    if agent.may(Right.SEE_ALL_ORDERS):
        return found
    own = agent.service.code if agent.service else ""
    if not own or not agent.may(Right.WORK_ORDERS_OF_OWN_SERVICE):
        raise rules.NotYourOrder(order_id)
    if found.service_code != own and found.service_code not in staff.seen_by(own):
        raise rules.NotYourOrder(order_id)
    return found


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
    given = {"services": staff.seen_by(service_code), **{name: value for name, value in asked.items() if value}}
    wanted = {RETURNED: _open_returned, Status.ACCEPTED: _open_accepted}.get(state, _open)
    found, last = paged(wanted, given, key="id", after=after, limit=limit)
    own = len(_ORDER)
    rows = [OrderRow(**dict(zip(_NAMES, one[:own], strict=True)), card=Line._make(one[own:])) for one in found]
    return Page(rows, last)


_FILTERS = {
    "status": "status",
    "district": "card__district_code",
    "topic": "card__topic_code",
    "foreman": "foreman",
}


def _open(services: Given, **given: Given) -> QuerySet[Order, Any]:
    wanted = Order.objects.filter(service_code=services.any, ended_at__isnull=True)
    wanted = wanted.filter(**{_FILTERS[name]: value for name, value in given.items()})
    return wanted.values_list(*_ORDER, *line("card__"), named=True)


def _open_returned(services: Given, **given: Given) -> QuerySet[Order, Any]:
    return _open(services, **given).filter(returned__gt=0)


def _open_accepted(services: Given, **given: Given) -> QuerySet[Order, Any]:
    return _open(services, **given).filter(returned=0)


@dataclass(frozen=True)
class Facets:
    """What the open orders of a service can be told apart by."""

    districts: tuple[str, ...]
    topics: tuple[tuple[str, str | None, str | None, str | None], ...]
    foremen: tuple[str, ...]


def facets(service_code: str) -> Facets:
    """The districts, topics and foremen of a service's open orders; one query."""
    rows = _facets(services=staff.seen_by(service_code))
    topics = {row[1]: row[1:5] for row in rows if row[1]}
    return Facets(
        tuple(sorted({row[0] for row in rows} - {""})),
        tuple(topics[code] for code in sorted(topics)),
        tuple(sorted({row[5] for row in rows} - {""})),
    )


def _told_apart(services: Given) -> QuerySet[Order, Any]:
    card = ("district_code", "topic_code", "topic__name_kk", "topic__name_ru", "topic__name_en")
    rows = Order.objects.filter(service_code=services.any, ended_at__isnull=True).order_by()
    return rows.values_list(*(f"card__{name}" for name in card), "foreman").distinct()[:MOST_TOLD_APART]


_facets = Question(_told_apart)


def ended_orders_of(service_code: str, *, before: int | None = None, limit: int = 50) -> list[Order]:
    """What a service has reported, declined or lost, the newest first, below a given id."""
    wanted = _whole().filter(service_code__in=staff.seen_by(service_code), ended_at__isnull=False)
    if before is not None:
        wanted = wanted.filter(id__lt=before)
    return list(wanted.order_by("-id")[:limit])


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


def of_card(card_id: int) -> list[Order]:
    """Every order of a card, in order."""
    return _of_card(card=card_id)


_of_card = Question(lambda card: Order.objects.filter(card_id=card).order_by("id"))


def journey(card_id: int) -> list[Order]:
    """Every order of a card with its assignment, in order: what the resident is told of the work."""
    return _journey(card=card_id)


_journey = Question(lambda card: Order.objects.filter(card_id=card).select_related("assignment").order_by("id"))


def of_cards(card_ids: Iterable[int]) -> dict[int, list[Order]]:
    """The orders of several cards that still count: neither declined nor withdrawn, nor of an earlier round."""
    found: dict[int, list[Order]] = defaultdict(list)
    for one in _live().filter(card_id__in=list(card_ids)).order_by("id"):
        found[one.card_id].append(one)
    return found


def live(card_id: int) -> QuerySet[Order]:
    """The orders of a card that count in this round."""
    return _live().filter(card_id=card_id)


def story(order_id: int) -> list[OrderEntry]:
    """The history of an order."""
    return list(OrderEntry.objects.filter(order_id=order_id).select_related("by").order_by("id"))


def stories(card_id: int) -> list[OrderEntry]:
    """The histories of all orders of a card as one, in order, each line with its order."""
    return _stories(card=card_id)


_stories = Question(
    lambda card: OrderEntry.objects.filter(order__card_id=card).select_related("by", "order").order_by("id")
)


def known_until(order: Order) -> datetime:
    """When the last thing happened that is known of an order and its card: what is new came after it."""
    return _known_until(order=order.pk, card=order.card_id)[0]


_known_until = Question(
    lambda order, card: Order.objects.filter(pk=order).values_list(
        Greatest(
            Subquery(OrderEntry.objects.filter(order=OuterRef("pk")).order_by("-id").values("at")[:1]),
            Subquery(Entry.objects.filter(card_id=card).order_by("-id").values("at")[:1]),
        ),
        flat=True,
    )
)


def reports(order_id: int) -> list[Report]:
    """The reports of an order with their proofs, in order; three queries."""
    return _with_proofs(Report.objects.filter(order_id=order_id))


def is_reported(order_id: int, key: str) -> bool:
    """Whether the report of this key is in, for this order."""
    return Report.objects.filter(order_id=order_id, key=key).exists()


def reports_of_card(card_id: int) -> list[Report]:
    """The reports of a card with their proofs, in order; three queries."""
    found = _reports_of_card(card=card_id)
    prefetch_related_objects(found, "proofs__file")
    return found


_reports_of_card = Question(
    lambda card: Report.objects.filter(order__card_id=card).select_related("order", "by").order_by("id")
)


def proofs(card_id: int) -> list[Proof]:
    """What the services have shown of their work on a card."""
    return _proofs(card=card_id)


_proofs = Question(lambda card: Proof.objects.filter(report__order__card_id=card).select_related("file").order_by("id"))


def reported(card_ids: Iterable[int]) -> dict[int, list[Reported]]:
    """The orders of several cards with what was last said about each; one query.

    Of a closed card these are the orders of its last round.
    """
    found: dict[int, list[Reported]] = defaultdict(list)
    for row in _reported(cards=list(card_ids)):
        found[row[0]].append(Reported(*row[1:]))
    return found


def _last_reported(cards: Given) -> QuerySet[Order, tuple[Any, ...]]:
    last = Report.objects.filter(order=OuterRef("pk")).order_by("-id")
    shown = Proof.objects.filter(report__order=OuterRef("pk")).order_by().values("report__order")
    rows = Order.objects.filter(LAST_ROUND, card_id=cards.any, assignment__withdrawn_at__isnull=True).annotate(
        outcome=Coalesce(Subquery(last.values("outcome")[:1]), Value("")),
        reason_code=Coalesce(Subquery(last.values("reason_code")[:1]), Value("")),
        text=Coalesce(Subquery(last.values("text")[:1]), Value(""), output_field=TextField()),
        proofs=Coalesce(Subquery(shown.annotate(number=Count("pk")).values("number")), 0),
    )
    return rows.order_by("id").values_list("card_id", *Reported.__dataclass_fields__)


_reported = Question(_last_reported)


def _live() -> QuerySet[Order]:
    return Order.objects.filter(assignment__withdrawn_at__isnull=True, assignment__ended_at__isnull=True)


def _whole() -> QuerySet[Order]:
    return Order.objects.select_related("card", "card__topic", "card__street", "card__house")


def _with_proofs(found: QuerySet[Report]) -> list[Report]:
    return list(found.select_related("order", "by").prefetch_related("proofs__file").order_by("id"))
