"""Questions about the floor: how its figures stand, which thresholds hold, what is breached, and what was reviewed."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Avg, Count, Q, QuerySet, Value
from django.db.models.fields import CharField
from django.db.models.functions import MD5, Cast, Concat

from komek.platform import disk
from komek.platform.languages import LANGUAGES
from komek.platform.questions import Question
from komek.platform.remembered import Remembered, rows_version
from komek.registers.staff.models import Agent
from komek.rooms.analytics import queries as analytics
from komek.rooms.feedback import queries as feedback
from komek.rooms.intake import queries as intake
from komek.rooms.intake.models import Contact, Seat
from komek.rooms.intake.queries import QueueCount
from komek.rooms.intake.rules import SeatState, State, Urgency
from komek.rooms.quality import rules
from komek.rooms.quality.models import Breach, Review, Threshold
from komek.rooms.quality.rules import Figure, Limit, Standing
from komek.rooms.recordings import queries as recordings

MOST_BREACHES = 50
PAGE = 30


@dataclass(frozen=True)
class Tongue:
    """One language of the floor: who waits in it, and who could answer."""

    language: str
    waiting: int
    urgent: int
    oldest: datetime | None
    free: int
    seats: int


@dataclass(frozen=True)
class Floor:
    """What is happening: who waits and who is where."""

    standings: Sequence[Standing]
    tongues: Sequence[Tongue]
    states: Mapping[str, int]
    seats: Sequence[Seat]


@dataclass(frozen=True)
class Averages:
    """What the reviews of some days come to: of everybody, by person and by criterion."""

    reviews: int
    score: float | None
    people: Sequence[tuple[str, int, float]]
    criteria: Sequence[tuple[str, int, float]]


def _set_thresholds() -> dict[Figure, Limit]:
    return {Figure(row.figure): Limit(row.warn, row.danger) for row in Threshold.objects.all()}


_thresholds = Remembered("quality.thresholds", version=rows_version("quality_threshold"), load=_set_thresholds)


def thresholds() -> dict[Figure, Limit]:
    """What every figure is held against: as somebody has set it, otherwise as usual."""
    return {**rules.USUAL, **_thresholds()}


def floor(at: datetime) -> Floor:
    """Who waits and who is where, in two queries; nobody has to be free where nobody has come to work."""
    limits, waiting, seats = thresholds(), intake.queue_counts(), intake.seats()
    states = Counter(seat.state for seat in seats)
    total, oldest = sum(count.count for count in waiting), min((count.oldest for count in waiting), default=None)
    waited = max(0.0, (at - oldest).total_seconds()) if oldest else 0.0
    needs_hands = bool(seats or waiting)
    return Floor(
        standings=[
            Standing(Figure.WAITING, total, limits[Figure.WAITING]),
            Standing(Figure.LONGEST_WAIT, waited, limits[Figure.LONGEST_WAIT], oldest),
            Standing(Figure.IN_CONTACT, states[SeatState.TALKING]),
            Standing(Figure.FREE, states[SeatState.READY], limits[Figure.FREE] if needs_hands else None),
        ],
        tongues=[_tongue(language, waiting, seats) for language in LANGUAGES],
        states={state.value: states[state] for state in SeatState if state is not SeatState.OFF},
        seats=seats,
    )


def today(found: analytics.Live) -> list[Standing]:
    """What has been reached today so far, and what is late."""
    limits = thresholds()
    shares = {kpi.name: kpi.value for kpi in found.kpis}
    return [
        Standing(Figure.ANSWERED, found.counts["accepted"]),
        Standing(Figure.SERVICE_LEVEL, shares["service_level"], limits[Figure.SERVICE_LEVEL]),
        Standing(Figure.IN_TIME, shares["in_time"], limits[Figure.IN_TIME]),
        Standing(Figure.OVERDUE, found.overdue, limits[Figure.OVERDUE]),
    ]


def standings(at: datetime) -> list[Standing]:
    """Every figure that is watched, as it stands at this moment."""
    return [*floor(at).standings, *today(analytics.live(at)), *_carriers(at)]


def _carriers(at: datetime) -> list[Standing]:
    """What is on no tile while it is right: calls without a recording, and the disk."""
    limits = thresholds()
    return [
        Standing(Figure.UNRECORDED, len(recordings.unrecorded(at=at)), limits[Figure.UNRECORDED]),
        Standing(Figure.DISK, disk.used(settings.HOME), limits[Figure.DISK]),
    ]


def breaches() -> list[Breach]:
    """Where somebody has to act now, the newest first."""
    return _open_breaches()


_open_breaches = Question(lambda: Breach.objects.filter(ended_at=None).order_by("-began_at"))


def breaches_since(since: datetime) -> list[Breach]:
    """When somebody had to act lately, the newest first."""
    return list(Breach.objects.filter(began_at__gte=since).order_by("-began_at")[:MOST_BREACHES])


def review_of(contact_id: int) -> Review | None:
    """How this contact was judged; None while nobody has looked."""
    return Review.objects.select_related("by", "agent").filter(contact_id=contact_id).first()


def reviews_of(agent: Agent, *, before: int | None = None) -> list[Review]:
    """How this person's work was judged, the newest first."""
    rows = Review.objects.select_related("by", "contact").filter(agent=agent)
    if before is not None:
        # A review that was corrected is newer than its number says.
        then = Review.objects.filter(agent=agent, id=before).values("at")[:1]
        rows = rows.filter(Q(at__lt=then) | Q(at=then, id__lt=before))
    return list(rows.order_by("-at", "-id")[:PAGE])


def unseen(agent: Agent) -> int:
    """How many reviews this person has not read yet."""
    return sum(_unseen(agent=agent.pk))


_unseen = Question(
    lambda agent: (
        Review.objects.filter(agent_id=agent, seen_at=None)
        .order_by()
        .values("agent")
        .annotate(n=Count("id"))
        .values_list("n", flat=True)
    )
)


def reviewable() -> QuerySet[Contact]:
    """The contacts that are over and were handled by somebody."""
    return Contact.objects.filter(state=State.ENDED, accepted_by__isnull=False).select_related("accepted_by")


def sample(
    since: datetime, until: datetime, *, agent_id: int | None = None, seed: str = "", limit: int = rules.SAMPLE
) -> list[Contact]:
    """Some contacts of a day by lot; the same seed draws the same, so that a page opened again is the same page."""
    rows = reviewable().filter(arrived_at__gte=since, arrived_at__lt=until)
    if agent_id is not None:
        rows = rows.filter(accepted_by_id=agent_id)
    lot = MD5(Concat(Cast("id", CharField()), Value(f":{seed}")))
    return list(rows.annotate(lot=lot).order_by("lot")[:limit])


def badly_rated(*, limit: int = rules.SAMPLE) -> list[tuple[Contact, int]]:
    """The contacts of those who were least content lately, with the score they gave."""
    scores = feedback.low_scores(limit=limit * 3)
    found = reviewable().filter(id__in=scores)
    return sorted(((one, scores[one.pk]) for one in found), key=lambda pair: (pair[1], -pair[0].pk))[:limit]


def reviewed(contact_ids: Collection[int]) -> dict[int, int]:
    """Contact → score, of those that somebody has looked at."""
    return dict(Review.objects.filter(contact_id__in=contact_ids).values_list("contact_id", "score"))


def averages(since: datetime, until: datetime) -> Averages:
    """The reviews of these days summed up, in two queries: people read a few dozen contacts a day, not thousands."""
    rows = Review.objects.filter(at__gte=since, at__lt=until)
    people = rows.values_list("agent", "agent__name").annotate(number=Count("id"), mean=Avg("score"))
    told = [row[1:] for row in people.order_by("-mean", "agent__name", "agent")]
    number = sum(count for _, count, _ in told)
    given: dict[str, list[float]] = defaultdict(list)
    for answers in rows.values_list("answers", flat=True):
        for name, said in rules.tidy(answers).items():
            given[name].append(rules.WORTH[rules.Said(said)])
    return Averages(
        reviews=number,
        score=sum(count * mean for _, count, mean in told) / number if number else None,
        people=told,
        criteria=[
            (name, len(given[name]), sum(given[name]) / len(given[name])) for name in rules.CRITERIA if given[name]
        ],
    )


def _tongue(language: str, waiting: Sequence[QueueCount], seats: Sequence[Any]) -> Tongue:
    mine = [count for count in waiting if count.language == language]
    speak = [seat for seat in seats if language in seat.agent.languages]
    return Tongue(
        language=language,
        waiting=sum(count.count for count in mine),
        urgent=sum(count.count for count in mine if count.urgency == Urgency.URGENT),
        oldest=min((count.oldest for count in mine), default=None),
        free=sum(seat.state == SeatState.READY for seat in speak),
        seats=len(speak),
    )
