"""What happens to an order because something happened to its card: sent, moved in time, taken back."""

from datetime import datetime

from komek.platform import unit
from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.rooms.cards import queries as card_queries
from komek.rooms.cards.models import Card
from komek.rooms.routing import queries as routing
from komek.rooms.routing.models import Assignment
from komek.rooms.routing.rules import AlreadyWithdrawn
from komek.rooms.workorders.actions import writing
from komek.rooms.workorders.facts import OrderSent, OrderWithdrawn
from komek.rooms.workorders.models import Order
from komek.rooms.workorders.rules import GONE, Status


@together
def dispatch(assignment_id: int, *, at: datetime) -> Order:
    """Send the order of an assignment to its service, once; called with the card locked by who assigned it."""
    assignment = routing.assignment(assignment_id)
    if assignment is None:
        raise AlreadyWithdrawn(str(assignment_id))
    if sent := _sent(assignment):
        return sent
    order = unit.add(
        Order(
            assignment=assignment,
            card_id=assignment.card_id,
            service_code=assignment.service_code,
            status=Status.SENT,
            due_at=assignment.due_at,
            sent_at=at,
        )
    )
    writing.write(order, verb="sent", at=at)
    announce(OrderSent(order.id, order.card_id, order.service_code, order.due_at, at))
    return order


@together
def withdraw(assignment_id: int, *, reason: str, at: datetime) -> Order | None:
    """Take an order back because its assignment is gone; None when the service gave it back itself."""
    known = Order.objects.filter(assignment_id=assignment_id).first()
    if known is None:
        return None
    card = card_queries.locked(known.card_id)
    order = unit.hold(Order, known.id) or known
    if order.status in GONE:
        return None
    _withdraw(order, reason=reason, at=at)
    writing.finish_if_all_done(card, at=at)
    return order


@together
def withdraw_open(card_id: int, *, at: datetime) -> int:
    """The card is over: nobody has to work on it any more; returns how many orders were still open."""
    card = unit.known(Card, card_id)
    made = unit.children(card, Order, "card_id") if card else None
    orders = (
        [order for order in made if order.ended_at is None]
        if made is not None
        else [
            unit.keep(order)
            for order in Order.objects.filter(card_id=card_id, ended_at__isnull=True).select_for_update().order_by("id")
        ]
    )
    for order in orders:
        _withdraw(order, reason="", at=at)
    return len(orders)


@together
def follow_the_clock(card_id: int) -> int:
    """Give the open orders of a card the times that routing has given their assignments; returns how many moved."""
    moved = 0
    orders = Order.objects.filter(card_id=card_id, ended_at__isnull=True).select_related("assignment")
    for order in map(unit.keep, orders.select_for_update(of=("self",))):
        if order.due_at != order.assignment.due_at:
            order.due_at = order.assignment.due_at
            unit.save(order, "due_at")
            moved += 1
    return moved


def _sent(assignment: Assignment) -> Order | None:
    made = unit.children(assignment, Order, "assignment_id")
    if made is not None:
        return next(iter(made), None)
    return Order.objects.filter(assignment=assignment).first()


def _withdraw(order: Order, *, reason: str, at: datetime) -> None:
    order.move_to(Status.WITHDRAWN)
    order.ended_at = at
    unit.save(order, "status", "ended_at")
    writing.write(order, verb="withdrawn", note=reason, at=at)
    announce(OrderWithdrawn(order.id, order.card_id, order.service_code, at))
