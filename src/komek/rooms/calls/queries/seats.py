"""Who sits at which telephone, and how fast the queues move."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Coalesce

from komek.registers.staff.models import Agent
from komek.rooms.calls import rules
from komek.rooms.calls.models import Call, CallBack, PhoneSeat
from komek.rooms.intake.models import Seat
from komek.rooms.intake.rules import SeatState

# What the names of lines begin with.
LINE = "op"
# The told wait goes by so many last calls, and before there are any by this length of one.
LAST_CALLS = 200
USUAL_SECONDS = 300.0


@dataclass(frozen=True)
class Member:
    """Somebody at a telephone: the seat's number, in which queues with which penalty, and why not now (empty: now).

    `turn` is the one language that they are rung for at the moment, empty when any: see `rules.TURN`.
    """

    agent_id: int
    seat: int
    queues: tuple[tuple[str, int], ...]
    paused: str
    turn: str = ""


def members(*, at: datetime) -> list[Member]:
    """Everybody who is at work and has a line: what the queues of the switch ought to hold."""
    desks = PhoneSeat.objects.filter(agent__isnull=False).select_related("agent")
    seats = Seat.objects.exclude(state=SeatState.OFF).in_bulk()
    waiting = Call.objects.filter(state=rules.State.WAITING, urgent=False).values_list("language").order_by()
    since = dict(waiting.annotate(first=Min("entered_at")))
    return [
        _member(desk.number, desk.agent, seats[desk.agent.pk], since, at=at)
        for desk in desks
        if desk.agent and desk.agent.pk in seats
    ]


def _member(number: int, agent: Agent, seat: Seat, since: dict[str, datetime], *, at: datetime) -> Member:
    queues = rules.standings(agent.languages)
    if seat.state != SeatState.READY:
        return Member(agent.pk, number, queues, seat.state)
    turn = rules.whose_turn(agent.languages, since) if at < seat.since + rules.TURN else ""
    return Member(agent.pk, number, queues, "", turn)


def seat_number(agent: Agent | int) -> int | None:
    """The line of this person's browser."""
    return PhoneSeat.objects.filter(agent=agent).values_list("number", flat=True).first()


def at_seat(name: str) -> Agent | None:
    """Whose line this is: `op007`."""
    number = name.removeprefix(LINE)
    if not (name.startswith(LINE) and number.isascii() and number.isdigit()):
        return None
    found = PhoneSeat.objects.select_related("agent").filter(number=int(number)).first()
    return found.agent if found else None


def at_work() -> list[int]:
    """Whoever has not gone home."""
    return list(Seat.objects.exclude(state=SeatState.OFF).values_list("agent_id", flat=True))


def colleagues(agent: Agent) -> list[tuple[Seat, int]]:
    """Everybody else who is at work and has a line, those who are free first; each with the number of the line."""
    numbers = dict(PhoneSeat.objects.filter(agent__isnull=False).exclude(agent=agent).values_list("agent_id", "number"))
    seats = Seat.objects.select_related("agent").filter(agent_id__in=list(numbers)).exclude(state=SeatState.OFF)
    ordered = sorted(seats, key=lambda seat: (seat.state != SeatState.READY, seat.agent.name))
    return [(seat, numbers[seat.agent_id]) for seat in ordered]


def paces(*, at: datetime) -> dict[str, rules.Pace]:
    """How fast each language's queue moves: those who wait, those at work in it, and the last calls."""
    waiting = _by_language(Call.objects.filter(state=rules.State.WAITING))
    # As many as came into the queue while one hears the sentence are hearing it now.
    arriving = _by_language(Call.objects.filter(entered_at__gte=at - rules.HEARING, urgent=False))
    # Who is to be called back stands in the queue as well, in the place that they had; who gave up, once it is their time.
    due = Q(cause=rules.Cause.ASKED) | Q(next_at__lte=at)
    kept_places = _by_language(CallBack.objects.filter(due, ended_at__isnull=True))
    queued = {one: waiting.get(one, 0) + kept_places.get(one, 0) for one in rules.LANGUAGES}
    working = [member for member in members(at=at) if member.paused != SeatState.BREAK]
    serving = {
        language: {one.agent_id for one in working for queue, _ in one.queues if queue == f"{rules.QUEUE}{language}"}
        for language in rules.LANGUAGES
    }
    return {
        language: rules.Pace(
            waiting=rules.ahead(language, waiting=queued, serving=serving),
            staffed=len(ours),
            arriving=rules.ahead(language, waiting=arriving, serving=serving),
            **_last_calls([other for other in serving if other == language or ours & serving[other]], at=at),
        )
        for language, ours in serving.items()
    }


def _by_language(rows: QuerySet[Any]) -> dict[str, int]:
    return dict(rows.values_list("language").annotate(many=Count("id")).order_by())


def _last_calls(languages: list[str], *, at: datetime) -> dict[str, float]:
    """How long the last calls take from their ring to their wrap-up, and which part of them went before the others.

    Of all languages that the same people speak: one of theirs waits for the calls of the others as well. What the city has
    planned with until some are over.
    """
    last = Call.objects.filter(language__in=languages, answered_at__isnull=False).order_by("-id")
    rang, over = Coalesce("contact__offered_at", "answered_at"), Coalesce("contact__wrapped_up_at", "ended_at")
    calls = list(last.values_list(rang, over, "urgent")[:LAST_CALLS])
    mean = rules.mean_seconds((((until or at) - since).total_seconds(), until is not None) for since, until, _ in calls)
    return {
        "call_seconds": USUAL_SECONDS if mean is None else max(1.0, mean),
        "overtaking": sum(urgent for *_, urgent in calls) / max(1, len(calls)),
    }
