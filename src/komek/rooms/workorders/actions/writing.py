"""What every verb of an order shares: the lock, the right to touch it, its history, and when the card is done."""

from datetime import datetime

from komek.platform import unit
from komek.registers.staff import queries as staff
from komek.registers.staff.models import Agent
from komek.registers.staff.rules import Right
from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries as card_queries
from komek.rooms.cards.models import Card
from komek.rooms.cards.rules import Status as CardStatus
from komek.rooms.workorders import queries, rules
from komek.rooms.workorders.models import Order, OrderEntry
from komek.rooms.workorders.rules import Status


def locked(order_id: int, *, by: Agent | None) -> tuple[Card, Order]:
    """The order for changing, and its card: the card first, as everywhere, so that nobody waits in a circle."""
    card_id = Order.objects.filter(id=order_id).values_list("card_id", flat=True).first()
    if card_id is None:
        raise rules.NoSuchOrder(order_id)
    card = card_queries.locked(card_id)
    order = unit.hold(Order, order_id)
    if order is None:
        raise rules.NoSuchOrder(order_id)
    check_own(order, by)
    return card, order


def check_own(order: Order, by: Agent | None) -> None:
    """A service's people touch the orders of their service; the second line may touch all."""
    if by is None or by.may(Right.SEE_ALL_ORDERS):
        return
    own = by.service.code if by.service else ""
    if not by.may(Right.WORK_ORDERS_OF_OWN_SERVICE) or not own:
        raise rules.NotYourOrder(order.id)
    if order.service_code != own and order.service_code not in staff.seen_by(own):
        raise rules.NotYourOrder(order.id)


def write(
    order: Order, *, verb: str, by: Agent | None = None, foreman: str = "", note: str = "", at: datetime
) -> OrderEntry:
    """Add a line to the history of the order."""
    return unit.append(
        OrderEntry(order=order, at=at, by=by, foreman=foreman, verb=verb, status=order.status, note=note)
    )


def finish_if_all_done(card: Card, *, at: datetime) -> None:
    """The card is done when something was done and nobody is still at it; called with the card locked."""
    if card.status not in (CardStatus.ROUTED, CardStatus.IN_WORK):
        return
    statuses = set(queries.live(card.id).values_list("status", flat=True))
    if Status.DONE in statuses and not statuses & rules.OPEN:
        cards.finish(card.id, at=at)
