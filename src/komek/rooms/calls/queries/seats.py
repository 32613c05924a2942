"""Who sits at which telephone, and how fast the queues move."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
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
    """Somebody at a telephone: the seat's number, in which queues with which penalty, and why not now (empty: now)."""

    agent_id: int
    seat: int
    queues: tuple[tuple[str, int], ...]
    paused: str


def members() -> list[Member]:
    """Everybody who is at work and has a line: what the queues of the switch ought to hold."""
    seats = PhoneSeat.objects.filter(agent__isnull=False).select_related("agent")
    states = dict(Seat.objects.exclude(state=SeatState.OFF).values_list("agent_id", "state"))
    return [
        _member(seat.number, seat.agent, states[seat.agent.pk])
        for seat in seats
        if seat.agent and seat.agent.pk in states
    ]


def _member(number: int, agent: Agent, state: str) -> Member:
    return Member(agent.pk, number, rules.standings(agent.languages), "" if state == SeatState.READY else state)


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
    waiting = dict(
        Call.objects.filter(state=rules.State.WAITING).values_list("language").annotate(number=Count("id")).order_by()
    )
    # Who is to be called back stands in the queue as well, in the place that they had; who gave up, once it is their time.
    kept = CallBack.objects.filter(Q(cause=rules.Cause.ASKED) | Q(next_at__lte=at), ended_at__isnull=True)
    kept_places = dict(kept.values_list("language").annotate(many=Count("id")).order_by())
    queued = {one: waiting.get(one, 0) + kept_places.get(one, 0) for one in rules.LANGUAGES}
    working = [member for member in members() if member.paused != SeatState.BREAK]
    serving = {
        language: {one.agent_id for one in working for queue, _ in one.queues if queue == f"{rules.QUEUE}{language}"}
        for language in rules.LANGUAGES
    }
    return {
        language: rules.Pace(
            waiting=rules.ahead(language, waiting=queued, serving=serving),
            staffed=len(serving[language]),
            call_seconds=_call_seconds(language, at=at),
        )
        for language in rules.LANGUAGES
    }


def _call_seconds(language: str, *, at: datetime) -> float:
    """How long the last calls of a language take with their wrap-up; what the city has planned with until some are over.

    All time on calls by the calls that are over: of the newest only the short ones are, and their mean alone says too little.
    """
    last = Call.objects.filter(language=language, answered_at__isnull=False).order_by("-id")
    spans = last.values_list("answered_at", Coalesce("contact__wrapped_up_at", "ended_at"))[:LAST_CALLS]
    over = sum(until is not None for _, until in spans)
    seconds = sum(((until or at) - since).total_seconds() for since, until in spans)
    return max(1.0, seconds / over) if over else USUAL_SECONDS
