"""Sending a card where it belongs: by the rules, by hand, away from somebody, and on to somebody else."""

from datetime import datetime

import structlog

from komek.platform import unit
from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.calendar import queries as calendar
from komek.registers.staff.models import Agent
from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries as card_queries
from komek.rooms.cards.models import Card
from komek.rooms.cards.rules import FINAL, SECOND_LINE, Kind, Status
from komek.rooms.routing import queries, rules
from komek.rooms.routing.actions import keeping
from komek.rooms.routing.facts import AssignmentWithdrawn, CardRedirected, CardRouted, RoutingFellBack
from komek.rooms.routing.models import Assignment, Clock
from komek.rooms.routing.queries import RuleBook
from komek.rooms.routing.rules import Cause, Decision

log = structlog.get_logger("komek.routing")

MAY_BE_ROUTED_AGAIN = frozenset({Status.REGISTERED, Status.ROUTED, Status.IN_WORK})


@together
def route(card_id: int, *, at: datetime) -> list[Assignment]:
    """Give the card to the services that its rule names and start its clock; what fits nowhere goes to the second line.

    A clock that runs already goes on as it is: only a correction of the card changes what was promised.
    """
    card = card_queries.locked(card_id)
    book = queries.rule_book()
    about = queries.subject(card)
    decision = queries.decision(about, book, at=at)
    priority, norm = queries.promised(about, decision.line)
    clock = keeping.started(card, priority=priority, norm=norm, at=at)
    return _send(card, clock, decision, book, at=at)


@together
def reroute(card_id: int, *, at: datetime) -> list[Assignment]:
    """Look again after topic, place or kind were corrected: who came by a rule that no longer fits has to leave.

    What a person has assigned by hand stays; a card that is being checked or is over is left alone.
    """
    card = card_queries.locked(card_id)
    if card.status not in MAY_BE_ROUTED_AGAIN:
        return []
    book = queries.rule_book()
    about = queries.subject(card)
    decision = queries.decision(about, book, at=at)
    priority, norm = queries.promised(about, decision.line)
    clock = keeping.recounted(card, priority=priority, norm=norm, at=at)
    leaving = [
        unit.keep(assignment)
        for assignment in queries.live_assignments()
        .filter(card_id=card.id, rule__isnull=False)
        .exclude(service_code__in=decision.services)
        .select_for_update()
    ]
    for assignment in leaving:
        _end(assignment, reason="corrected", by=None, at=at)
    sent = _send(card, clock, decision, book, at=at)
    for assignment in leaving:
        _announce_withdrawn(assignment, at=at)
    return sent


@together
def take_up(card_id: int, *, at: datetime) -> list[Assignment]:
    """Route a reopened card again; its first clock goes on."""
    keeping.take_up(card_id, at=at)
    return route(card_id, at=at)


@together
def assign(
    card_id: int, *, service_code: str, reason: str, by: Agent | None, at: datetime, norm: str | None = None
) -> Assignment:
    """Give the card to one more service by hand; with a norm of its own that service gets a time of its own."""
    card = _open_card(card_id)
    _check_reason(reason)
    _check_service(service_code)
    if queries.live_assignments().filter(card_id=card.id, service_code=service_code).exists():
        raise rules.AlreadyAssigned(card.number, service_code)
    about = queries.subject(card)
    priority, usual = queries.promised(about, None)
    clock = keeping.started(card, priority=priority, norm=usual, at=at)
    why = rules.Why("by_hand", {"reason": reason.strip()})
    assignment = _assign(card, clock, service_code, why=why, norm=norm or "", by=by, at=at)
    _give(card, _owner_beside(card, service_code), at=at)
    cards.note(card.id, verb="assigned", note=reason.strip(), by=by, at=at, data={"service": service_code})
    _announce_routed(assignment, clock, at=at)
    return assignment


@together
def withdraw(assignment_id: int, *, reason: str, by: Agent | None, at: datetime) -> Assignment:
    """Take the card from a service; when nobody is left it belongs to the second line again."""
    _check_reason(reason)
    found = queries.assignment(assignment_id)
    if found is None:
        raise rules.AlreadyWithdrawn(str(assignment_id))
    card = card_queries.locked(found.card_id)
    assignment = unit.hold(Assignment, assignment_id) or found
    if assignment.withdrawn_at or assignment.ended_at:
        raise rules.AlreadyWithdrawn(assignment.service_code)
    _end(assignment, reason=reason.strip(), by=by, at=at)
    left = list(queries.live_assignments().filter(card_id=card.id).values_list("service_code", flat=True))
    if not left:
        cards.own(card.id, owner_code=SECOND_LINE, at=at)
    elif card.owner_code == assignment.service_code:
        cards.own(card.id, owner_code=left[0], at=at)
    cards.note(card.id, verb="unassigned", note=reason.strip(), by=by, at=at, data={"service": assignment.service_code})
    _announce_withdrawn(assignment, at=at)
    if not left:
        announce(RoutingFellBack(card.id, Cause.NO_SERVICE_LEFT, assignment.service_code, at))
    return assignment


@together
def redirect(
    card_id: int, *, from_service: str, to_service: str, reason: str, by: Agent | None, at: datetime
) -> Assignment:
    """Send the card on to the service that is competent; the promise stays, and an appeal has three working days."""
    card = _open_card(card_id)
    _check_reason(reason)
    _check_service(to_service)
    live = queries.live_assignments().filter(card_id=card.id)
    leaving = live.filter(service_code=from_service).select_for_update().first()
    if leaving is None:
        raise rules.NotAssigned(card.number, from_service)
    leaving = unit.keep(leaving)
    if live.filter(service_code=to_service).exists():
        raise rules.AlreadyAssigned(card.number, to_service)
    clock = Clock.objects.get(card_id=card.id)
    if card.kind == Kind.APPEAL:
        rules.check_redirect(card.number, clock.started_at, calendar.working_calendar(), at=at)
    _end(leaving, reason=reason.strip(), by=by, at=at)
    why = rules.Why("redirected", {"service": from_service, "reason": reason.strip()})
    assignment = _assign(card, clock, to_service, why=why, norm="", by=by, at=at)
    _give(card, to_service if card.owner_code == from_service else card.owner_code, at=at)
    cards.note(
        card.id, verb="redirected", note=reason.strip(), by=by, at=at, data={"from": from_service, "to": to_service}
    )
    _announce_routed(assignment, clock, at=at)
    _announce_withdrawn(leaving, at=at)
    announce(CardRedirected(card.id, from_service, to_service, reason.strip(), assignment.due_at, at))
    return assignment


@together
def pass_on(card_id: int, *, to_service: str, reason: str, by: Agent | None, at: datetime) -> Assignment:
    """Send the card to a service, instead of the one that has it if there is one."""
    card = _open_card(card_id)
    having = queries.live_of([card.id])[card.id]
    if len(having) > 1:
        raise rules.SeveralServices(card.number)
    if not having:
        return assign(card_id, service_code=to_service, reason=reason, by=by, at=at)
    return redirect(card_id, from_service=having[0].service_code, to_service=to_service, reason=reason, by=by, at=at)


def _send(card: Card, clock: Clock, decision: Decision, book: RuleBook | None, *, at: datetime) -> list[Assignment]:
    """Assign what was decided, say who owns the card now, then announce: services first, trouble last.

    With any trouble the second line owns the card, beside the services that could be found.
    """
    live = {one.service_code: one for one in queries.live_of([card.id])[card.id]}
    sent = [
        _assign(card, clock, target.service_code, why=_why(decision, target, book), decision=decision, at=at)
        for target in decision.targets
        if target.service_code not in live
    ]
    owner = SECOND_LINE if decision.trouble else next(iter([*decision.services, *live]), SECOND_LINE)
    if live or sent:
        _give(card, owner, at=at)
    else:
        cards.own(card.id, owner_code=SECOND_LINE, at=at)
    for assignment in sent:
        _announce_routed(assignment, clock, at=at)
    if decision.trouble:
        _fall_back(card, decision, book, at=at)
    return sent


def _fall_back(card: Card, decision: Decision, book: RuleBook | None, *, at: datetime) -> None:
    """Tell the second line, and whoever keeps the rules when it is the rules that are wrong."""
    first = decision.trouble[0]
    for trouble in decision.trouble:
        if trouble.cause in rules.LOUD:
            log.error(
                "routing.rule_broken",
                card=card.number,
                cause=trouble.cause.value,
                detail=trouble.asked,
                line=decision.line.position if decision.line else None,
                version=book.version if book else None,
            )
    announce(RoutingFellBack(card.id, first.cause.value, "+".join(t.asked for t in decision.trouble), at))


def _why(decision: Decision, target: rules.Target, book: RuleBook | None) -> rules.Why:
    line = decision.line
    assert line is not None
    assert book is not None
    return rules.Why(
        "rule",
        {
            "version": book.version,
            "line": line.position,
            "note": line.note,
            "because": [*(why.as_data() for why in decision.why), target.why.as_data()],
        },
    )


def _assign(
    card: Card,
    clock: Clock,
    service_code: str,
    *,
    why: rules.Why,
    decision: Decision | None = None,
    norm: str = "",
    by: Agent | None = None,
    at: datetime,
) -> Assignment:
    own = rules.norm_of(norm, clock.priority) if norm else None
    return unit.add(
        Assignment(
            card=card,
            service_code=service_code,
            rule_id=decision.line.id if decision and decision.line else None,
            why=why.as_data(),
            priority=clock.priority,
            norm=norm,
            at=at,
            by=by,
            due_at=rules.due_at(at, own, calendar.working_calendar()) if own else clock.due_at,
        )
    )


def _give(card: Card, owner: str, *, at: datetime) -> None:
    """Hand the card over, by the move its status allows."""
    if card.status == Status.REGISTERED:
        cards.route(card.id, owner_code=owner, at=at)
        return
    if card.status == Status.DONE:
        cards.send_back(card.id, at=at)
    if card.owner_code != owner:
        cards.own(card.id, owner_code=owner, at=at)


def _owner_beside(card: Card, service_code: str) -> str:
    """The new service owns what the second line held; otherwise the card stays with who had it first."""
    return service_code if card.owner_code == SECOND_LINE or card.status == Status.REGISTERED else card.owner_code


def _end(assignment: Assignment, *, reason: str, by: Agent | None, at: datetime) -> None:
    assignment.withdrawn_at, assignment.withdrawn_reason = at, reason
    assignment.withdrawn_by = by
    unit.save(assignment, "withdrawn_at", "withdrawn_reason", "withdrawn_by")


def _announce_routed(assignment: Assignment, clock: Clock, *, at: datetime) -> None:
    announce(
        CardRouted(assignment.card_id, assignment.id, assignment.service_code, clock.priority, assignment.due_at, at)
    )


def _announce_withdrawn(assignment: Assignment, *, at: datetime) -> None:
    announce(
        AssignmentWithdrawn(assignment.id, assignment.card_id, assignment.service_code, assignment.withdrawn_reason, at)
    )


def _open_card(card_id: int) -> Card:
    card = card_queries.locked(card_id)
    if card.status in FINAL or card.status == Status.RECEIVED:
        raise rules.NotOpen(card.number)
    return card


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise rules.ReasonNeeded


def _check_service(service_code: str) -> None:
    working, _ = queries.working_services([service_code])
    if service_code not in working:
        raise rules.ServiceNotWorking(service_code)
