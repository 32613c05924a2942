"""Verbs of the second line: check what is said to be done, accept or give it back; open and resolve escalations."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from komek.platform import unit
from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.staff.models import Agent
from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries as card_queries
from komek.rooms.cards.models import Card
from komek.rooms.cards.rules import Outcome
from komek.rooms.control import rules
from komek.rooms.control.facts import (
    CheckOpened,
    EscalationOpened,
    EscalationResolved,
    WorkAccepted,
    WorkReturned,
)
from komek.rooms.control.models import Check, Escalation
from komek.rooms.control.rules import Cause, Verdict
from komek.rooms.workorders import actions as workorders
from komek.rooms.workorders import queries as order_queries
from komek.rooms.workorders.rules import Status as OrderStatus


@together
def open_check(card_id: int, *, at: datetime) -> Check:
    """Every service has reported: somebody of the second line has to look; one open check a card."""
    card = card_queries.locked(card_id)
    if known := Check.objects.filter(card=card, decided_at__isnull=True).first():
        return known
    check = unit.add(Check(card=card, opened_at=at))
    announce(CheckOpened(check.id, card.id, at))
    return check


@together
def accept(check_id: int, *, outcome: Outcome | str = Outcome.DONE, by: Agent | None, at: datetime) -> Check:
    """The work is good: close the card; the resident may still refute it."""
    check = _open(check_id)
    _decide(check, Verdict.ACCEPTED, by=by, at=at)
    announce(WorkAccepted(check.id, check.card_id, _id(by), at))
    cards.close(check.card_id, outcome=Outcome(outcome), by=by, at=at)
    return check


@together
def give_back(
    check_id: int, *, reason: str, by: Agent | None, at: datetime, order_ids: Collection[int] | None = None
) -> Check:
    """The work is not good: these services, or all, do it again by the time that was promised first."""
    check = _open(check_id)
    if not reason.strip():
        raise rules.ReasonNeeded
    done = order_queries.live(check.card_id).filter(status=OrderStatus.DONE).values_list("id", flat=True)
    returned = [order_id for order_id in done.order_by("id") if order_ids is None or order_id in order_ids]
    if not returned:
        raise rules.NothingToReturn(check.card.number)
    _decide(check, Verdict.RETURNED, reason=reason.strip(), by=by, at=at)
    announce(WorkReturned(check.id, check.card_id, reason.strip(), _id(by), at))
    for order_id in returned:
        workorders.give_back(order_id, reason=reason, by=by, at=at)
    cards.send_back(check.card_id, at=at)
    return check


@together
def overtake(card_id: int, *, at: datetime) -> None:
    """The card went on without the check: whoever had it open is told so when they decide."""
    for check in Check.objects.filter(card_id=card_id, decided_at__isnull=True).select_for_update():
        _decide(unit.keep(check), Verdict.OVERTAKEN, by=None, at=at)


@together
def escalate(card_id: int, *, cause: Cause | str, detail: Mapping[str, Any], at: datetime) -> Escalation:
    """A card needs a decision of the second line; the same cause is open once a card."""
    card = card_queries.locked(card_id)
    if known := Escalation.objects.filter(card=card, cause=Cause(cause), resolved_at__isnull=True).first():
        return known
    escalation = unit.add(Escalation(card=card, cause=Cause(cause), detail=dict(detail), opened_at=at))
    announce(EscalationOpened(escalation.id, card.id, escalation.cause, at))
    return escalation


@together
def take_over(card_id: int, *, cause: str, detail: str, at: datetime) -> Escalation | None:
    """Routing found nobody; None when a service has just declined and its reason is on the list already."""
    declined = Escalation.objects.filter(card_id=card_id, cause=Cause.DECLINED, resolved_at__isnull=True)
    if cause == "no_service_left" and declined.exists():
        return None
    return escalate(card_id, cause=Cause.UNROUTED, detail={"code": cause, "asked": detail}, at=at)


@together
def resolve(escalation_id: int, *, resolution: str, by: Agent | None, at: datetime) -> Escalation:
    """Somebody of the second line has decided, and says what."""
    card_id = Escalation.objects.filter(id=escalation_id).values_list("card_id", flat=True).first()
    if card_id is None:
        raise rules.NoSuchEscalation(escalation_id)
    card = card_queries.locked(card_id)
    escalation = unit.hold(Escalation, escalation_id)
    if escalation is None:
        raise rules.NoSuchEscalation(escalation_id)
    if not resolution.strip():
        raise rules.ReasonNeeded
    if escalation.resolved_at:
        raise rules.AlreadyResolved(card.number)
    _resolve(escalation, resolution=resolution.strip(), by=by, at=at)
    cards.note(card.id, verb="resolved", note=resolution.strip(), by=by, at=at, data={"cause": escalation.cause})
    return escalation


@together
def resolve_all(card_id: int, *, resolution: str, by: Agent | None, at: datetime) -> int:
    """Everything that was open about a card is decided by one word; returns how many matters that were."""
    card = card_queries.locked(card_id)
    waiting = Escalation.objects.filter(card_id=card_id, resolved_at__isnull=True).order_by("id")
    matters = list(waiting.values_list("id", flat=True))
    if not matters:
        raise rules.AlreadyResolved(card.number)
    for matter in matters:
        resolve(matter, resolution=resolution, by=by, at=at)
    return len(matters)


@together
def settle(card_id: int, *, causes: Iterable[Cause], resolution: str, at: datetime) -> int:
    """What was escalated has been settled by what happened to the card; returns how many."""
    card = unit.known(Card, card_id)
    made = unit.children(card, Escalation, "card_id") if card else None
    if made is not None:
        wanted = set(causes)
        settled = [one for one in made if one.resolved_at is None and one.cause in wanted]
    else:
        open_ones = Escalation.objects.filter(card_id=card_id, cause__in=list(causes), resolved_at__isnull=True)
        settled = [unit.keep(one) for one in open_ones.select_for_update().order_by("id")]
    for escalation in settled:
        _resolve(escalation, resolution=resolution, by=None, at=at)
    return len(settled)


def _open(check_id: int) -> Check:
    """The check for deciding, its card locked first; two who decide at once are told apart here."""
    card_id = Check.objects.filter(id=check_id).values_list("card_id", flat=True).first()
    if card_id is None:
        raise rules.NothingToCheck(check_id)
    card: Card = card_queries.locked(card_id)
    check = unit.hold(Check, check_id)
    if check is None:
        raise rules.NothingToCheck(check_id)
    check.card = card
    if check.decided_at:
        raise rules.AlreadyDecided(card.number)
    return check


def _decide(check: Check, verdict: Verdict, *, reason: str = "", by: Agent | None, at: datetime) -> None:
    check.verdict, check.reason = verdict, reason
    check.decided_by, check.decided_at = by, at
    unit.save(check, "verdict", "reason", "decided_by", "decided_at")


def _resolve(escalation: Escalation, *, resolution: str, by: Agent | None, at: datetime) -> None:
    escalation.resolution, escalation.resolved_by, escalation.resolved_at = resolution, by, at
    unit.save(escalation, "resolution", "resolved_by", "resolved_at")
    announce(EscalationResolved(escalation.id, escalation.card_id, escalation.cause, _id(by), at))


def _id(agent: Agent | None) -> int | None:
    return agent.id if agent else None
