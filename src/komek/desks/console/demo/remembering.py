"""Planning anew after a death: what stands open in the city is told to the actors once more."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max

from komek.platform import facts
from komek.platform.models import Fact
from komek.rooms.channels.facts import MessageKept, MessageSent
from komek.rooms.control import queries as control
from komek.rooms.control.facts import CheckOpened, EscalationOpened
from komek.rooms.intake.facts import (
    ContactAccepted,
    ContactArrived,
    ContactEnded,
    ContactOffered,
    OfferWithdrawn,
)
from komek.rooms.routing import queries as routing
from komek.rooms.routing.facts import ClockStarted
from komek.rooms.workorders import queries as orders
from komek.rooms.workorders.facts import OrderReturned, OrderSent

# What a person still waits for, and how long ago it may have been.
CONVERSATIONS = (ContactArrived, ContactOffered, OfferWithdrawn, ContactAccepted, ContactEnded)
MESSAGES = (MessageKept, MessageSent)
OF_TODAY, OF_THESE_DAYS = timedelta(hours=12), timedelta(days=3)
AT_ONCE = 500


def standing() -> Iterator[object]:
    """The facts behind everything that is open: work, promises, checks and decisions."""
    returned = {fact.order_id: fact for fact in _logged(OrderReturned)}
    after: str | None = None
    while True:
        page = routing.board(after=after, limit=AT_ONCE)
        sent = orders.of_cards([row.card.id for row in page.rows])
        for row in page.rows:
            yield ClockStarted(row.card.id, row.due_at, row.legal_due_on, row.started_at)
            for order in sent.get(row.card.id, []):
                if order.returned and order.ended_at is None:
                    yield returned[order.pk]
                else:
                    yield OrderSent(order.pk, row.card.id, order.service_code, order.due_at, order.sent_at)
        if page.next is None:
            break
        after = page.next
    yield from _checks()
    yield from _escalations()


def heard(*, at: datetime) -> Iterator[object]:
    """What was said lately: calls that are going on, and messages that may be answered."""
    for kinds, how_long in ((CONVERSATIONS, OF_TODAY), (MESSAGES, OF_THESE_DAYS)):
        yield from _logged(*kinds, at__gt=at - how_long, at__lte=at)


def last_arrival() -> datetime | None:
    """When somebody reached out last: everything before has been played."""
    rows = Fact.objects.filter(name=facts.name_of(ContactArrived)).order_by("-id")
    return rows.values_list("at", flat=True).first()


def written_to() -> datetime | None:
    """How far the story has been written: what follows from the last arrival may be in the log already."""
    last = Fact.objects.filter(name=facts.name_of(ContactArrived)).order_by("-id").values("id")[:1]
    written: datetime | None = Fact.objects.filter(id__gte=last).aggregate(at=Max("at"))["at"]
    return written


def _logged(*kinds: type, **when: datetime) -> Iterator[Any]:
    rows = Fact.objects.filter(name__in=[facts.name_of(kind) for kind in kinds], **when).order_by("id")
    for name, data in rows.values_list("name", "data").iterator():
        if kind := facts.kind_of(name):
            yield facts.unpacked(kind, data)


def _checks() -> Iterator[CheckOpened]:
    after: str | None = None
    while True:
        page = control.open_checks(after=after, limit=AT_ONCE)
        for row in page.rows:
            yield CheckOpened(row.id, row.card.id, row.opened_at)
        if page.next is None:
            return
        after = page.next


def _escalations() -> Iterator[EscalationOpened]:
    after: str | None = None
    while True:
        page = control.open_escalations(after=after, limit=AT_ONCE)
        for row in page.rows:
            yield EscalationOpened(row.id, row.card.id, row.cause, row.opened_at)
        if page.next is None:
            return
        after = page.next
