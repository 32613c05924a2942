"""One order, for those who may see it, and all that was said and shown of the orders of a card."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce, Greatest

from komek.platform.questions import Given, Question
from komek.registers.staff import queries as staff
from komek.registers.staff.models import Agent
from komek.registers.staff.rules import Right
from komek.rooms.cards.models import Entry
from komek.rooms.workorders import rules
from komek.rooms.workorders.models import Order, OrderEntry, Proof, Report

LAST_ROUND = Q(assignment__ended_at__isnull=True) | Q(assignment__ended_at=F("card__closed_at"))


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


def whole() -> QuerySet[Order]:
    """Orders with their cards and places."""
    return Order.objects.select_related("card", "card__topic", "card__street", "card__house")


def order(order_id: int) -> Order:
    """One order with its card; raises NoSuchOrder."""
    found = whole().filter(id=order_id).first()
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


def of_card(card_id: int) -> list[Order]:
    """Every order of a card, in order."""
    return _of_card(card=card_id)


_of_card = Question(lambda card: Order.objects.filter(card_id=card).order_by("id"))


def journey(card_id: int) -> list[Order]:
    """The orders of the present round of a card with their assignments, in order: what the resident is told of the work."""
    return _journey(card=card_id)


_journey = Question(
    lambda card: (
        Order.objects.filter(LAST_ROUND, card_id=card, assignment__withdrawn_at__isnull=True)
        .select_related("assignment")
        .order_by("id")
    )
)


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
    """The reports of a card, in order; what they show is asked for by itself."""
    return _reports_of_card(card=card_id)


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


def _with_proofs(found: QuerySet[Report]) -> list[Report]:
    return list(found.select_related("order", "by").prefetch_related("proofs__file").order_by("id"))
