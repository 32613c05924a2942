"""Questions about calls."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from komek.platform.questions import Question
from komek.registers.staff.models import Agent
from komek.rooms.calls import rules
from komek.rooms.calls.models import (
    Call,
    CallBack,
    HandOver,
    Invitation,
    Joining,
    JournalEntry,
    Outgoing,
    PhoneSeat,
    Reader,
)
from komek.rooms.calls.rules import Place, What
from komek.rooms.intake.models import Seat
from komek.rooms.intake.rules import SeatState

JOURNAL = "queue_log"
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


@dataclass(frozen=True)
class Rung:
    """A supervisor to be rung and let into a call: both by the numbers of their seats."""

    id: int
    seat: int
    agent_seat: int
    ear: str


@dataclass(frozen=True)
class Heard:
    """Callers who were told a bulletin: all, those who hung up then, and those whom it concerns too."""

    callers: int
    satisfied: int
    joined: int


@dataclass(frozen=True)
class DueCall:
    """Somebody to be called now."""

    id: int
    number: str
    language: str
    urgent: bool
    # So many wait in their queue who entered it before them.
    ahead: int


def by_unique_id(unique_id: str) -> Call | None:
    """The call the switch means; None when it was not heard of yet."""
    return _by_unique_id.one(unique_id=unique_id) if "\0" not in unique_id else None


_by_unique_id = Question(lambda unique_id: Call.objects.filter(unique_id=unique_id)[:1])


def of_contacts(contact_ids: Iterable[int]) -> dict[int, list[Call]]:
    """The calls of each contact, in order."""
    found: dict[int, list[Call]] = {contact_id: [] for contact_id in contact_ids}
    for call in Call.objects.filter(contact_id__in=list(found)).order_by("id"):
        found[call.contact_id].append(call)
    return found


def last_of(contact_id: int) -> Call | None:
    """The call of a contact; the newest where it was rung back."""
    return _last_of.one(contact_id=contact_id)


_last_of = Question(lambda contact_id: Call.objects.filter(contact_id=contact_id).order_by("-id")[:1])


def times_before(call: Call) -> int:
    """How often this number rang in the half hour before: who calls again has not been helped."""
    since = call.entered_at - rules.AGAIN_WITHIN
    return Call.objects.filter(number=call.number, entered_at__gte=since, entered_at__lt=call.entered_at).count()


def hand_overs(call: Call) -> list[HandOver]:
    """Whom we have called into this call, in order."""
    return list(HandOver.objects.filter(call=call).order_by("id"))


def now() -> QuerySet[Call]:
    """The calls that are waiting or talking: lives in danger first, then the longest."""
    going_on = Call.objects.select_related("agent").filter(state__in=[rules.State.WAITING, rules.State.TALKING])
    return going_on.order_by("-urgent", "entered_at")


@dataclass(frozen=True)
class Recorded:
    """What the journal says of a call that is written down: from when to when, and who talked in it."""

    began_at: datetime | None = None
    answered_at: datetime | None = None
    gone_at: datetime | None = None
    agent_ids: tuple[int, ...] = ()
    outgoing: bool = False
    # What the switch calls it.
    recorder: str = ""


def recorded(unique_id: str) -> Recorded:
    """From when to when a call was written down, as far as the journal has said so."""
    lines = list(JournalEntry.objects.filter(unique_id=unique_id).order_by("id"))
    began = next((line for line in lines if line.what == rules.What.RECORDED), None)
    answered = [line for line in lines if line.what == rules.What.ANSWERED]
    told = began.data if began else []
    return Recorded(
        began_at=rules.precise(began.at, told[2] if len(told) > 2 else "") if began else None,  # noqa: PLR2004 - its place
        answered_at=answered[0].at if answered else None,
        gone_at=next((line.at for line in lines if line.what == rules.What.GONE), None),
        agent_ids=tuple(dict.fromkeys(line.agent_id for line in answered if line.agent_id is not None)),
        outgoing=told[1:2] == ["out"],
        recorder=told[0] if told else "",
    )


def place() -> Place:
    """How far the journal has been read."""
    found = Reader.objects.filter(name=JOURNAL).values_list("file", "offset").first()
    return Place(*found) if found else Place()


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
    queues = tuple(
        (f"{rules.QUEUE}{language}", standing)
        for language in rules.LANGUAGES
        if (standing := rules.penalty(agent.languages, language)) is not None
    )
    return Member(agent.pk, number, queues, "" if state == SeatState.READY else state)


def seat_number(agent: Agent | int) -> int | None:
    """The line of this person's browser."""
    return PhoneSeat.objects.filter(agent=agent).values_list("number", flat=True).first()


def open_hand_over(call: Call) -> HandOver | None:
    """The hand-over to an emergency service that goes on in this call."""
    return HandOver.objects.select_related("call").filter(call=call, ended_at__isnull=True).first()


def hand_overs_to_begin() -> list[tuple[int, str, str]]:
    """Id, unique id of the call and service of those that the switch has not been told of, or has not done."""
    asked = HandOver.objects.filter(begun_at__isnull=True, ended_at__isnull=True)
    return list(asked.order_by("id").values_list("id", "call__unique_id", "service"))


def outgoing(unique_id: str) -> Outgoing | None:
    """The call of ours that the switch means."""
    return Outgoing.objects.filter(unique_id=unique_id).first()


def rung_about(card_number: str) -> list[Outgoing]:
    """Who was rung about this card, the newest first."""
    return _rung_about(about=card_number)


_rung_about = Question(
    lambda about: Outgoing.objects.select_related("agent").filter(about=about).exclude(about="").order_by("-id")[:20]
)


def open_invitation(call: Call) -> Invitation | None:
    """The colleague who is asked into this call, or is in it."""
    rows = Invitation.objects.select_related("call", "colleague").filter(call=call, ended_at__isnull=True)
    return rows.first()


def invitations_to_begin() -> list[tuple[int, str, int]]:
    """Id, unique id of the call and number of the colleague's seat, of those that the switch has not been told of."""
    asked = list(Invitation.objects.select_related("call").filter(begun_at__isnull=True, ended_at__isnull=True))
    numbers = {one.colleague_id for one in asked}
    seats = dict(PhoneSeat.objects.filter(agent_id__in=numbers).values_list("agent_id", "number")) if asked else {}
    return [(one.pk, one.call.unique_id, seats[one.colleague_id]) for one in asked if one.colleague_id in seats]


def invitations(call: Call) -> list[Invitation]:
    """Who was asked into this call, in order."""
    return list(Invitation.objects.select_related("colleague").filter(call=call).order_by("id"))


def at_seat(name: str) -> Agent | None:
    """Whose line this is: `op007`."""
    number = name.removeprefix(LINE)
    if not (name.startswith(LINE) and number.isascii() and number.isdigit()):
        return None
    found = PhoneSeat.objects.select_related("agent").filter(number=int(number)).first()
    return found.agent if found else None


def colleagues(agent: Agent) -> list[tuple[Seat, int]]:
    """Everybody else who is at work and has a line, those who are free first; each with the number of the line."""
    numbers = dict(PhoneSeat.objects.filter(agent__isnull=False).exclude(agent=agent).values_list("agent_id", "number"))
    seats = Seat.objects.select_related("agent").filter(agent_id__in=list(numbers)).exclude(state=SeatState.OFF)
    ordered = sorted(seats, key=lambda seat: (seat.state != SeatState.READY, seat.agent.name))
    return [(seat, numbers[seat.agent_id]) for seat in ordered]


def talking(agent: Agent) -> Call | None:
    """The call that this person is in now."""
    return Call.objects.filter(agent=agent, state=rules.State.TALKING).order_by("-id").first()


def to_join() -> list[Rung]:
    """Supervisors whom the switch has not been told to ring yet."""
    asked = list(Joining.objects.filter(dialled_at__isnull=True, ended_at__isnull=True).order_by("id"))
    people = {person for one in asked for person in (one.agent_id, one.asked_by_id)}
    seats = dict(PhoneSeat.objects.filter(agent_id__in=people).values_list("agent_id", "number")) if asked else {}
    return [
        Rung(one.pk, seats[one.asked_by_id], seats[one.agent_id], one.ear)
        for one in asked
        if one.asked_by_id in seats and one.agent_id in seats
    ]


def at_work() -> list[int]:
    """Whoever has not gone home."""
    return list(Seat.objects.exclude(state=SeatState.OFF).values_list("agent_id", flat=True))


def due_call_backs(*, at: datetime, limit: int = 50) -> list[DueCall]:
    """Who is to be called now: lives in danger first, then those who entered the queue first."""
    waiting = CallBack.objects.filter(ended_at__isnull=True, next_at__lte=at, state=rules.Wish.WAITING)
    before = Call.objects.filter(
        state=rules.State.WAITING, language=OuterRef("language"), entered_at__lt=OuterRef("entered_at")
    )
    counted = before.order_by().values("language").annotate(many=Count("id")).values("many")
    rows = waiting.annotate(
        urgent=Q(cause=rules.Cause.EMERGENCY),
        ahead=Coalesce(Subquery(counted), 0),
    ).order_by("-urgent", "entered_at", "id")
    return [DueCall(**row) for row in rows.values("id", "number", "language", "urgent", "ahead")[:limit]]


def rung_back(*, at: datetime) -> Counter[str]:
    """How many in each language are being called this moment, or have been and wait for an answer."""
    calling = CallBack.objects.filter(ended_at__isnull=True, state=rules.Wish.CALLING)
    done = CallBack.objects.filter(state=rules.Wish.DONE, ended_at__gte=at - LONGEST_CALL, number=OuterRef("number"))
    waiting = Call.objects.filter(Exists(done), state=rules.State.WAITING)
    return Counter([*calling.values_list("language", flat=True), *waiting.values_list("language", flat=True)])


def paces() -> dict[str, rules.Pace]:
    """How fast each language's queue moves: those who wait, those at work in it, and the last calls."""
    waiting = dict(
        Call.objects.filter(state=rules.State.WAITING).values_list("language").annotate(number=Count("id")).order_by()
    )
    # Who is to be called back stands in the queue as well, in the place that they had.
    kept = CallBack.objects.filter(ended_at__isnull=True, cause=rules.Cause.ASKED)
    kept_places = dict(kept.values_list("language").annotate(many=Count("id")).order_by())
    working = [member for member in members() if member.paused != SeatState.BREAK]
    return {
        language: rules.Pace(
            waiting=waiting.get(language, 0) + kept_places.get(language, 0),
            staffed=sum(any(queue == f"{rules.QUEUE}{language}" for queue, _ in one.queues) for one in working),
            call_seconds=_call_seconds(language),
        )
        for language in rules.LANGUAGES
    }


def _call_seconds(language: str) -> float:
    """How long the last calls of a language took with their wrap-up; what the city has planned with until there are some."""
    done = Call.objects.filter(language=language, answered_at__isnull=False, ended_at__isnull=False)
    spans = done.order_by("-id").values_list("answered_at", Coalesce("contact__wrapped_up_at", "ended_at"))[:LAST_CALLS]
    seconds = [(until - since).total_seconds() for since, until in spans]
    return max(1.0, sum(seconds) / len(seconds)) if seconds else USUAL_SECONDS


def heard(codes: Collection[str]) -> dict[str, Heard]:
    """What callers did who heard these bulletins; those that nobody heard are left out."""
    later = JournalEntry.objects.filter(unique_id=OuterRef("unique_id"), id__gt=OuterRef("id"))
    rows = (
        JournalEntry.objects.filter(what=What.INCIDENT_HEARD, data__0__in=list(codes))
        .annotate(code=F("data__0"), joined=Exists(later.filter(what=What.INCIDENT_JOINED)))
        .annotate(stayed=Exists(later.filter(what=What.ENTERED)), gone=Exists(later.filter(what=What.GONE)))
        .values("code")
        .annotate(
            callers=Count("id"),
            joining=Count("id", filter=Q(joined=True)),
            satisfied=Count("id", filter=Q(joined=False, stayed=False, gone=True)),
        )
        .order_by()
    )
    return {row["code"]: Heard(row["callers"], row["satisfied"], row["joining"]) for row in rows} if codes else {}


def open_call_backs(limit: int = 100) -> list[CallBack]:
    """Who is still to be called, with the contact they had."""
    waiting = CallBack.objects.select_related("call__contact").filter(ended_at__isnull=True)
    return list(waiting.order_by("next_at", "id")[:limit])


def ended_call_backs(limit: int = 20) -> list[CallBack]:
    """Who was called lately, or need not be any more; the newest first."""
    return list(CallBack.objects.filter(ended_at__isnull=False).order_by("-ended_at")[:limit])


def joinings(limit: int = 30) -> list[Joining]:
    """Who took part in whose call lately, the newest first."""
    return list(Joining.objects.select_related("agent", "asked_by", "call").order_by("-id")[:limit])


def open_hand_overs(call_ids: Collection[int]) -> dict[int, HandOver]:
    """The open hand-over of each call that has one."""
    return {one.call_id: one for one in HandOver.objects.filter(call_id__in=call_ids, ended_at__isnull=True)}


HALF_HOUR = timedelta(minutes=30)
# A call that came in before the span says so no longer ago than this.
LONGEST_CALL = timedelta(hours=6)
_TALLIES = """
WITH told AS (
  SELECT unique_id,
         min(at) FILTER (WHERE what = 'entered') AS entered,
         min(at) FILTER (WHERE what = 'answered') AS answered,
         min(at) FILTER (WHERE what IN ('abandoned', 'gone')) AS went,
         bool_or(what = 'callback_asked') AS asked,
         (array_agg(what ORDER BY id DESC)
            FILTER (WHERE what IN ('entered', 'answered', 'ended', 'abandoned', 'callback_asked', 'gone')))[1] AS last
  FROM calls_journalentry WHERE at >= %(earliest)s GROUP BY unique_id
), calls AS (
  SELECT told.*, extract(epoch FROM answered - entered)::int AS waited,
         answered IS NULL AND went IS NOT NULL AND NOT asked AS gave_up
  FROM told WHERE entered >= %(since)s
)
SELECT to_timestamp(floor(extract(epoch FROM entered) / %(width)s) * %(width)s) AS begins_at,
       count(*), count(answered), count(*) FILTER (WHERE waited <= %(in_time)s),
       count(*) FILTER (WHERE gave_up), count(*) FILTER (WHERE gave_up AND went - entered <= %(soon)s),
       count(*) FILTER (WHERE answered IS NULL AND asked),
       count(*) FILTER (WHERE last = 'entered'), count(*) FILTER (WHERE last = 'answered'),
       coalesce(sum(waited), 0)
FROM calls GROUP BY 1 ORDER BY 1
"""


def tallies(since: datetime, *, width: timedelta = HALF_HOUR) -> list[rules.Tally]:
    """The calls of each span of time from this moment on, counted from the journal of the switch and nothing else."""
    given: dict[str, Any] = {
        "earliest": since - LONGEST_CALL,
        "since": since,
        "width": width.total_seconds(),
        "in_time": rules.IN_TIME_SECONDS,
        "soon": timedelta(seconds=rules.SOON_SECONDS),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TALLIES, given)
        return [rules.Tally(*row) for row in cursor.fetchall()]
