"""Keeping the two clocks: start, pause, resume, extend, recount, miss, stop, take up again."""

from datetime import date, datetime

from komek.platform import unit
from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.calendar import queries as calendar
from komek.registers.calendar.rules import Pause as Stood
from komek.registers.staff.models import Agent
from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries as card_queries
from komek.rooms.cards.models import Card
from komek.rooms.cards.rules import Kind
from komek.rooms.routing import queries, rules
from komek.rooms.routing.facts import (
    ClockPaused,
    ClockResumed,
    ClockStarted,
    DeadlineExtended,
    DeadlineMissed,
    DeadlineRecounted,
)
from komek.rooms.routing.models import Clock, Extension, Pause
from komek.rooms.routing.rules import Promise


def started(card: Card, *, priority: str, norm: str, at: datetime) -> Clock:
    """The card's clock, started now if it never ran; called with the card locked."""
    clock = _clock(card)
    if clock is not None:
        return clock
    promise = rules.norm_of(norm, priority)
    days = calendar.working_calendar()
    clock = unit.add(
        Clock(
            card=card,
            started_at=at,
            priority=priority,
            norm=norm,
            round_the_clock=promise.round_the_clock,
            due_at=rules.due_at(at, promise, days),
            legal_due_on=rules.legal_due_on(at, days) if card.kind == Kind.APPEAL else None,
        )
    )
    announce(ClockStarted(card.id, clock.due_at, clock.legal_due_on, at))
    return clock


def recounted(card: Card, *, priority: str, norm: str, at: datetime) -> Clock:
    """The clock after a correction: another norm is counted from the first start; called with the card locked."""
    clock = started(card, priority=priority, norm=norm, at=at)
    was = clock.due_at, clock.legal_due_on
    clock.priority, clock.norm = priority, norm
    clock.round_the_clock = rules.norm_of(norm, priority).round_the_clock
    clock.due_at = _due_at(clock, at=at)
    if card.kind == Kind.APPEAL and clock.legal_due_on is None:
        clock.legal_due_on = rules.legal_due_on(clock.started_at, calendar.working_calendar())
    elif card.kind != Kind.APPEAL:
        clock.legal_due_on = None
    unit.save(clock, "priority", "norm", "round_the_clock", "due_at", "legal_due_on")
    if was != (clock.due_at, clock.legal_due_on):
        _watch_again(clock, at=at)
        _tell_services(clock, at=at)
        announce(DeadlineRecounted(card.id, clock.due_at, clock.legal_due_on, at))
    return clock


@together
def pause(card_id: int, *, reason: str, by: Agent | None, at: datetime) -> Clock:
    """Let the operational clock stand, with the reason that the resident may read; the legal one never stands."""
    card, clock = _running(card_id)
    if not reason.strip():
        raise rules.ReasonNeeded
    if clock.paused_at:
        raise rules.AlreadyPaused(card.number)
    Pause.objects.create(clock=clock, began_at=at, reason=reason.strip(), by=by)
    clock.paused_at = at
    unit.save(clock, "paused_at")
    cards.note(card_id, verb="paused", note=reason.strip(), by=by, at=at)
    announce(ClockPaused(card_id, reason.strip(), at))
    return clock


@together
def resume(card_id: int, *, by: Agent | None, at: datetime) -> Clock:
    """Let the clock run again: the promise moves by the time that was lost."""
    card, clock = _running(card_id)
    if not clock.paused_at:
        raise rules.NotPaused(card.number)
    _end_pause(clock, at=at)
    clock.due_at = _due_at(clock, at=at)
    unit.save(clock, "paused_at", "due_at")
    _tell_services(clock, at=at)
    cards.note(card_id, verb="resumed", note="", by=by, at=at)
    announce(ClockResumed(card_id, clock.due_at, at))
    return clock


@together
def extend(
    card_id: int,
    *,
    norm: str | None = None,
    until: datetime | None = None,
    reason: str,
    by: Agent | None,
    at: datetime,
) -> Clock:
    """Move the operational promise, by a norm on top of it or until a moment; the resident is told why."""
    card, clock = _running(card_id)
    if not reason.strip():
        raise rules.ReasonNeeded
    if clock.due_at is None:
        raise rules.NoPromiseToExtend(card.number)
    was = clock.due_at
    if until is None and norm is None:
        raise rules.NotLater
    if norm:
        rules.norm_of(norm, clock.priority)
    extension = Extension(
        clock=clock,
        kind=Promise.DUE,
        norm=norm or "",
        until=None if norm else until,
        was=was.isoformat(),
        reason=reason.strip(),
        by=by,
        at=at,
    )
    clock.due_at = _due_at(clock, extension, at=at)
    if clock.due_at is None or clock.due_at <= was:
        raise rules.NotLater
    extension.now_is = clock.due_at.isoformat()
    extension.save()
    unit.save(clock, "due_at")
    _watch_again(clock, at=at)
    _tell_services(clock, at=at)
    cards.note(
        card_id,
        verb="extended",
        note=reason.strip(),
        by=by,
        at=at,
        data={"was": extension.was, "now": extension.now_is},
    )
    announce(DeadlineExtended(card_id, Promise.DUE, clock.due_at, clock.legal_due_on, reason.strip(), at))
    return clock


@together
def extend_legally(card_id: int, *, until: date, reason: str, by: Agent | None, at: datetime) -> Clock:
    """Move the legal day of an appeal, two months at most, while it still runs; the applicant is told at once."""
    card, clock = _running(card_id)
    if not reason.strip():
        raise rules.ReasonNeeded
    if clock.legal_due_on is None:
        raise rules.NoPromiseToExtend(card.number)
    days = calendar.working_calendar()
    was = clock.legal_due_on
    if at.astimezone(days.zone).date() > was:
        raise rules.TooLateToExtend(card.number, was)
    if until <= was:
        raise rules.NotLater
    rules.check_legal_extension(rules.legal_due_on(clock.started_at, days), until)
    Extension.objects.create(
        clock=clock,
        kind=Promise.LEGAL,
        was=was.isoformat(),
        now_is=until.isoformat(),
        reason=reason.strip(),
        by=by,
        at=at,
    )
    clock.legal_due_on = until
    unit.save(clock, "legal_due_on")
    notice = rules.notice_due_on(at, days).isoformat()
    cards.note(
        card_id,
        verb="legally_extended",
        note=reason.strip(),
        by=by,
        at=at,
        data={"was": was.isoformat(), "now": until.isoformat(), "notice_by": notice},
    )
    announce(DeadlineExtended(card_id, Promise.LEGAL, clock.due_at, until, reason.strip(), at))
    return clock


@together
def stop(card_id: int, *, at: datetime) -> Clock | None:
    """The card is over: its clock stands and its assignments end; None when no clock was running.

    The clock alone is locked: nothing that holds it ever waits for a card.
    """
    card = unit.known(Card, card_id)
    clock = _clock(card) if card else unit.hold(Clock, card_id)
    if clock is None or clock.stopped_at:
        return None
    if clock.paused_at:
        _end_pause(clock, at=at)
        clock.due_at = _due_at(clock, at=at)
    clock.stopped_at = at
    unit.save(clock, "stopped_at", "paused_at", "due_at")
    end_round(card_id, at=at)
    return clock


def take_up(card_id: int, *, at: datetime) -> None:
    """The first clock goes on as if it had never been stopped; the services of the last round have had their turn."""
    card_queries.locked(card_id)
    end_round(card_id, at=at)
    Clock.objects.filter(card_id=card_id, stopped_at__isnull=False).update(stopped_at=None)


def end_round(card_id: int, *, at: datetime) -> None:
    """Nobody has the card by an older decision any more; called with the card locked."""
    queries.live_assignments().filter(card_id=card_id).update(ended_at=at)


def miss_deadlines(*, at: datetime) -> int:
    """Note every promise that was broken since the last look; returns how many."""
    return sum(_miss(card_id, at=at) for card_id in queries.overdue(at=at))


@together
def _miss(card_id: int, *, at: datetime) -> bool:
    card_queries.locked(card_id)
    clock = unit.hold(Clock, card_id)
    if (
        clock is None
        or clock.stopped_at
        or clock.missed_at
        or clock.paused_at
        or clock.due_at is None
        or clock.due_at >= at
    ):
        return False
    clock.missed_at = at
    unit.save(clock, "missed_at")
    announce(DeadlineMissed(card_id, clock.due_at, at))
    return True


def _running(card_id: int) -> tuple[Card, Clock]:
    card = card_queries.locked(card_id)
    clock = _clock(card)
    if clock is None:
        raise rules.NoClock(card.number)
    if clock.stopped_at:
        raise rules.NotOpen(card.number)
    return card, clock


def _clock(card: Card) -> Clock | None:
    """The card's clock for changing; a card that was made just now has none but ours."""
    made = unit.children(card, Clock, "card_id")
    return next(iter(made), None) if made is not None else unit.hold(Clock, card.id)


def _end_pause(clock: Clock, *, at: datetime) -> None:
    Pause.objects.filter(clock=clock, ended_at__isnull=True).update(ended_at=at)
    clock.paused_at = None


def _due_at(clock: Clock, *more: Extension, at: datetime) -> datetime | None:
    """The operational promise from everything that happened to it; an open pause counts until `at`."""
    norm = rules.norm_of(clock.norm, clock.priority)
    pauses = [Stood(pause.began_at, pause.ended_at or at) for pause in Pause.objects.filter(clock=clock).order_by("id")]
    extensions = [*Extension.objects.filter(clock=clock, kind=Promise.DUE).order_by("id"), *more]
    granted = [
        rules.Granted(one.at, rules.norm_of(one.norm, clock.priority) if one.norm else None, one.until)
        for one in extensions
    ]
    return rules.due_at(clock.started_at, norm, calendar.working_calendar(), pauses=pauses, granted=granted)


def _watch_again(clock: Clock, *, at: datetime) -> None:
    """A promise that lies ahead once more can be kept, or broken once more."""
    if clock.missed_at and (clock.due_at is None or clock.due_at > at):
        clock.missed_at = None
        unit.save(clock, "missed_at")


def _tell_services(clock: Clock, *, at: datetime) -> None:
    """Move the times of the services along; one with a norm of its own keeps its own start."""
    pauses = [Stood(pause.began_at, pause.ended_at or at) for pause in Pause.objects.filter(clock=clock).order_by("id")]
    for assignment in queries.live_assignments().filter(card_id=clock.card_id).select_for_update():
        due = clock.due_at
        if assignment.norm:
            own = rules.norm_of(assignment.norm, assignment.priority)
            due = rules.due_at(assignment.at, own, calendar.working_calendar(), pauses=pauses)
        kept = unit.keep(assignment)
        kept.due_at = due
        unit.save(kept, "due_at")
