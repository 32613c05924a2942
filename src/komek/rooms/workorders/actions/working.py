"""What a service does with an order: accept or decline, set out, arrive, report; rework what came back; be reminded."""

from collections.abc import Iterable
from datetime import datetime

from komek.platform import unit
from komek.platform.facts import announce
from komek.platform.models import StoredFile
from komek.platform.transactions import together
from komek.registers.staff.models import Agent
from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries as card_queries
from komek.rooms.cards.models import Card
from komek.rooms.cards.rules import Status as CardStatus
from komek.rooms.channels.rules import cleaned
from komek.rooms.routing import actions as routing
from komek.rooms.workorders import queries, rules
from komek.rooms.workorders.actions import writing
from komek.rooms.workorders.facts import (
    CrewOnSite,
    CrewOnTheWay,
    OrderAccepted,
    OrderDeclined,
    OrderReminded,
    OrderReturned,
    WorkReported,
)
from komek.rooms.workorders.models import Order, OrderEntry, Proof, Report
from komek.rooms.workorders.rules import Status


@together
def accept(order_id: int, *, by: Agent | None = None, foreman: str = "", at: datetime) -> Order:
    """The service takes the order; with the first service the card is in work."""
    card, order = writing.locked(order_id, by=by)
    if order.status != Status.SENT:
        raise rules.ForbiddenMove(order.id, order.status, Status.ACCEPTED)
    order.move_to(Status.ACCEPTED)
    _begin(card, order, by=by, foreman=foreman, at=at)
    return order


@together
def decline(order_id: int, *, reason: str, by: Agent | None = None, foreman: str = "", at: datetime) -> Order:
    """Not mine: with a reason, back to the second line, which owns the card when no service is left."""
    card, order = writing.locked(order_id, by=by)
    said = _said(reason)
    if not said:
        raise rules.ReasonNeeded
    order.move_to(Status.DECLINED)
    order.ended_at = at
    unit.save(order, "status", "ended_at")
    writing.write(order, verb="declined", by=by, foreman=foreman, note=said, at=at)
    announce(OrderDeclined(order.id, order.card_id, order.service_code, said, at))
    routing.withdraw(order.assignment_id, reason=said, by=by, at=at)
    writing.finish_if_all_done(card, at=at)
    return order


@together
def set_out(order_id: int, *, by: Agent | None = None, foreman: str = "", at: datetime) -> Order:
    """The crew is on the way; who sets out has accepted."""
    card, order = writing.locked(order_id, by=by)
    order.move_to(Status.ON_THE_WAY)
    order.on_the_way_at = at
    _begin(card, order, by=by, foreman=foreman, at=at)
    writing.write(order, verb="on_the_way", by=by, foreman=foreman, at=at)
    announce(CrewOnTheWay(order.id, order.card_id, order.service_code, at))
    return order


@together
def arrive(order_id: int, *, by: Agent | None = None, foreman: str = "", at: datetime) -> Order:
    """The crew is on site."""
    card, order = writing.locked(order_id, by=by)
    order.move_to(Status.ON_SITE)
    order.on_site_at = at
    _begin(card, order, by=by, foreman=foreman, at=at)
    writing.write(order, verb="on_site", by=by, foreman=foreman, at=at)
    announce(CrewOnSite(order.id, order.card_id, order.service_code, at))
    return order


@together
def report_done(
    order_id: int,
    *,
    outcome: str,
    reason_code: str = "",
    text: str = "",
    proofs: Iterable[tuple[int, str]] = (),
    by: Agent | None = None,
    foreman: str = "",
    at: datetime,
    key: str | None = None,
) -> Order:
    """The service says what came of it, with proof or with a reason code; the same key is the same report.

    When every service of the card has reported, the card is done and waits for the second line.
    """
    card, order = writing.locked(order_id, by=by)
    if key and (known := Report.objects.filter(key=key).first()):
        if known.order_id != order.id:
            raise rules.KeyTaken
        return order
    result = rules.outcome_of(outcome)
    shown = _proofs(proofs)
    rules.check_report(outcome=result, proofs=len(shown), reason_code=reason_code)
    order.move_to(Status.DONE)
    order.done_at = order.ended_at = at
    _begin(card, order, by=by, foreman=foreman, at=at)
    report = Report(
        order=order,
        at=at,
        by=by,
        foreman=foreman,
        outcome=result,
        reason_code=reason_code,
        text=_said(text),
        on_site=bool(card.topic and card.topic.on_site),
        key=key or None,
    )
    _save(report, shown)
    writing.write(order, verb="reported", by=by, foreman=foreman, note=report.text, at=at)
    announce(_reported(order, report, proofs=len(shown)))
    writing.finish_if_all_done(card, at=at)
    return order


@together
def give_back(order_id: int, *, reason: str, by: Agent | None, at: datetime) -> Order:
    """The second line was not content: the same service works on, and its time is not set back."""
    _, order = writing.locked(order_id, by=by)
    said = _said(reason)
    if not said:
        raise rules.ReasonNeeded
    order.move_to(Status.ACCEPTED)
    order.done_at = order.ended_at = None
    order.returned += 1
    unit.save(order, "status", "done_at", "ended_at", "returned")
    writing.write(order, verb="returned", by=by, note=said, at=at)
    announce(OrderReturned(order.id, order.card_id, order.service_code, said, at))
    return order


@together
def remind(card_id: int, *, reason: str, by: Agent | None, at: datetime) -> list[Order]:
    """Ask every service that is still at work on a card how it goes; not again before they could have answered."""
    card = card_queries.locked(card_id)
    said = _said(reason)
    if not said:
        raise rules.ReasonNeeded
    waiting = list(queries.live(card_id).filter(status__in=rules.OPEN).order_by("id"))
    if not waiting:
        raise rules.NobodyToRemind(card.number)
    lately = OrderEntry.objects.filter(order__in=waiting, verb="reminded", at__gt=at - rules.REMINDED_FOR)
    if lately.exists():
        raise rules.JustReminded(card.number)
    for order in waiting:
        writing.write(order, verb="reminded", by=by, note=said, at=at)
        announce(OrderReminded(order.id, card_id, order.service_code, said, at))
    return waiting


def _begin(card: Card, order: Order, *, by: Agent | None, foreman: str, at: datetime) -> None:
    """Whoever does anything with an order has accepted it; the first of them takes the card into work."""
    is_first = order.accepted_at is None
    if is_first:
        order.accepted_at, order.accepted_by = at, by
    order.foreman = foreman or order.foreman
    unit.save(order)
    if is_first:
        writing.write(order, verb="accepted", by=by, foreman=foreman, at=at)
        announce(OrderAccepted(order.id, order.card_id, order.service_code, at))
    if card.status == CardStatus.ROUTED:
        card.status = cards.take_into_work(card.id, at=at).status


def _reported(order: Order, report: Report, *, proofs: int) -> WorkReported:
    return WorkReported(
        order_id=order.id,
        card_id=order.card_id,
        service_code=order.service_code,
        outcome=report.outcome,
        reason_code=report.reason_code,
        proofs=proofs,
        on_site=report.on_site,
        at=report.at,
    )


def _proofs(proofs: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    """The files of the report, each once; what is not here, or is no picture, proves nothing."""
    told = dict(proofs)
    known = set(StoredFile.objects.filter(id__in=list(told), kind__in=rules.PROOF_KINDS).values_list("id", flat=True))
    if known != set(told) or not set(told.values()) <= set(rules.Shows):
        raise rules.UnknownProof
    return list(told.items())


def _save(report: Report, proofs: list[tuple[int, str]]) -> None:
    unit.add(report)
    for file_id, shows in proofs:
        unit.append(Proof(report=report, file_id=file_id, shows=shows))


def _said(text: str) -> str:
    return cleaned(text) if text.strip() else ""
