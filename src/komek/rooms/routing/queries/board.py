"""What is open and by when: the board of the second line, its numbers, and the outlook of a single card."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from inspect import signature
from typing import Any, TypeVar

from django.db.models import Count, Q, QuerySet, Value

from komek.platform import unit
from komek.platform.questions import Given, Question
from komek.registers.staff import queries as staff
from komek.registers.staff.queries import ServiceCard
from komek.rooms.cards.models import Card
from komek.rooms.cards.queries import Line, line
from komek.rooms.routing import rules
from komek.rooms.routing.models import Assignment, Clock, Pause
from komek.rooms.routing.queries.reasons import said

R = TypeVar("R")

SOON = timedelta(hours=1)


@dataclass(frozen=True)
class ServiceOnCard:
    """One service that has the card, with the reason why."""

    assignment_id: int
    code: str
    service: ServiceCard | None
    due_at: datetime | None
    at: datetime
    by_id: int | None
    why: dict[str, Any]

    @property
    def why_text(self) -> str:
        """Why here, in the reader's language."""
        return said(self.why)


@dataclass(frozen=True)
class Outlook:
    """Who has a card and by when."""

    clock: Clock | None
    assignments: tuple[ServiceOnCard, ...] = ()

    @property
    def due_at(self) -> datetime | None:
        return self.clock.due_at if self.clock else None

    @property
    def legal_due_on(self) -> date | None:
        return self.clock.legal_due_on if self.clock else None

    @property
    def paused_at(self) -> datetime | None:
        return self.clock.paused_at if self.clock else None


@dataclass(frozen=True)
class BoardRow:
    """A line of the board: a card and its clock."""

    card: Line
    due_at: datetime | None
    legal_due_on: date | None
    paused_at: datetime | None
    priority: str
    started_at: datetime
    lat: float | None
    lon: float | None


_CLOCK = ("due_at", "legal_due_on", "paused_at", "priority", "started_at", "card__lat", "card__lon")


@dataclass(frozen=True)
class Page:
    """Some rows, and where the next page begins; None at the end."""

    rows: list[BoardRow]
    next: str | None


def board(
    *,
    service: str = "",
    owner: str = "",
    status: str = "",
    district: str = "",
    topic: str = "",
    group: str = "",
    priority: str = "",
    kind: str = "",
    overdue_at: datetime | None = None,
    soon_at: datetime | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page:
    """The open cards, the most urgent first, at most two queries a page; empty filters take everything."""
    asked: dict[str, str | datetime | None] = {
        "service": service,
        "owner": owner,
        "status": status,
        "district": district,
        "topic": topic,
        "priority": priority,
        "kind": kind,
        "group": group,
        "overdue_at": overdue_at,
        "soon_at": soon_at,
    }
    if soon_at:
        asked["soon_until"] = soon_at + SOON
    given = {name: value for name, value in asked.items() if value}
    found, last = paged(_board, given, key="card_id", after=after, limit=limit)
    own = 1 + len(_CLOCK)
    return Page([BoardRow(Line._make(row[own:]), *row[1:own]) for row in found], last)


_FILTERS = {
    "owner": "card__owner_code",
    "status": "card__status",
    "district": "card__district_code",
    "topic": "card__topic_code",
    "group": "card__topic__group_code",
    "kind": "card__kind",
    "priority": "priority",
}


def _board(**given: Given) -> QuerySet[Clock, Any]:
    wanted = Clock.objects.filter(stopped_at__isnull=True)
    wanted = wanted.filter(**{_FILTERS[name]: value for name, value in given.items() if name in _FILTERS})
    if service := given.get("service"):
        wanted = wanted.filter(card_id__in=live_assignments().filter(service_code=service).order_by().values("card_id"))
    if overdue_at := given.get("overdue_at"):
        wanted = wanted.filter(due_at__lt=overdue_at, paused_at__isnull=True)
    if soon_at := given.get("soon_at"):
        wanted = wanted.filter(due_at__gte=soon_at, due_at__lt=given["soon_until"], paused_at__isnull=True)
    return wanted.values_list("card_id", *_CLOCK, *line("card__"), named=True)


def paged(
    wanted: Callable[..., QuerySet[Any, R]], given: dict[str, Any], *, key: str, after: str | None, limit: int
) -> tuple[list[R], str | None]:
    """A page by promise and key, rows without a promise last: at most two queries, whatever the page.

    `wanted` makes the queryset of all rows with places for what is given; each shape of it is written once.
    """
    names, since = tuple(given), rules.Cursor.read(after)
    found: list[R] = []
    if since is None:
        found = _part(_dated, wanted, names, key, limit)(**given)
    elif since.due_at is not None:
        found = _part(_dated_after, wanted, names, key, limit)(**given, since_due=since.due_at, since_id=since.id)
    if len(found) <= limit and since is not None and since.due_at is None:
        found = _part(_undated_after, wanted, names, key, limit)(**given, since_id=since.id)
    elif len(found) <= limit:
        found += _part(_undated, wanted, names, key, limit)(**given)
    shown = found[:limit]
    last: Any = shown[-1] if len(found) > limit else None
    return shown, str(rules.Cursor(last.due_at, getattr(last, key))) if last else None


@lru_cache(maxsize=500)
def _part(
    part: Callable[..., QuerySet[Any, R]],
    wanted: Callable[..., QuerySet[Any, R]],
    names: tuple[str, ...],
    key: str,
    limit: int,
) -> Question[R]:
    own = tuple(name for name in signature(part).parameters if name.startswith("since_"))

    def ask(**given: Given) -> QuerySet[Any, R]:
        rows = wanted(**{name: given[name] for name in names})
        return part(rows, key, **{name: given[name] for name in own})[: limit + 1]

    return Question(ask, (*names, *own))


def _dated(rows: QuerySet[Any, R], key: str) -> QuerySet[Any, R]:
    return rows.filter(due_at__isnull=False).order_by("due_at", key)


def _dated_after(rows: QuerySet[Any, R], key: str, since_due: Given, since_id: Given) -> QuerySet[Any, R]:
    passed = Q(due_at=since_due, **{f"{key}__lte": since_id})
    return rows.filter(~passed, due_at__gte=since_due).order_by("due_at", key)


def _undated(rows: QuerySet[Any, R], key: str) -> QuerySet[Any, R]:
    return rows.filter(due_at__isnull=True).order_by(key)


def _undated_after(rows: QuerySet[Any, R], key: str, since_id: Given) -> QuerySet[Any, R]:
    return rows.filter(due_at__isnull=True, **{f"{key}__gt": since_id}).order_by(key)


def counters(*, at: datetime) -> dict[str, int]:
    """How many cards are open, overdue and due within the hour; one query, one way along the index of what is open."""
    ((open_ones, overdue, next_hour),) = _counters(at=at, soon=at + SOON)
    return {"open": open_ones, "overdue": overdue, "next_hour": next_hour}


def _counted(at: Given, soon: Given) -> QuerySet[Clock, Any]:
    running = Q(paused_at__isnull=True)
    return (
        Clock.objects.filter(stopped_at__isnull=True)
        .annotate(all=Value(1))
        .values("all")
        .annotate(
            open=Count("card_id"),
            overdue=Count("card_id", filter=running & Q(due_at__lt=at)),
            next_hour=Count("card_id", filter=running & Q(due_at__gte=at, due_at__lt=soon)),
        )
        .values_list("open", "overdue", "next_hour")
    )


_counters = Question(_counted)


def outlook(card_id: int) -> Outlook:
    """Who has the card and by when; three queries."""
    return outlooks([card_id])[card_id]


def outlooks(card_ids: Iterable[int]) -> dict[int, Outlook]:
    """The same for many cards, with the same three queries."""
    ids = list(card_ids)
    live = [assignment for of_one in live_of(ids).values() for assignment in of_one]
    running = clocks(ids)
    services = staff.services({one.service_code for one in live})
    on_card: dict[int, list[ServiceOnCard]] = defaultdict(list)
    for one in live:
        on_card[one.card_id].append(
            ServiceOnCard(
                one.id, one.service_code, services.get(one.service_code), one.due_at, one.at, one.by_id, one.why
            )
        )
    return {card_id: Outlook(running.get(card_id), tuple(on_card[card_id])) for card_id in ids}


def clock(card_id: int) -> Clock | None:
    """The clock of a card, if one was ever started."""
    return _clocks.one(cards=[card_id])


def clocks(card_ids: Iterable[int]) -> dict[int, Clock]:
    """The clocks of several cards."""
    ids = set(card_ids)
    known = {card_id: clock for card_id in ids if (clock := unit.known(Clock, card_id))}
    asked = _clocks(cards=ids - known.keys()) if ids - known.keys() else ()
    return known | {clock.card_id: clock for clock in asked}


_clocks = Question(lambda cards: Clock.objects.filter(card_id=cards.any))


def pauses(card_id: int) -> list[Pause]:
    """The times in which the clock of a card stood, in order; the last of them may not have ended."""
    return _pauses(card=card_id)


_pauses = Question(lambda card: Pause.objects.filter(clock_id=card).order_by("id"))


def assignment(assignment_id: int) -> Assignment | None:
    """One assignment with its card."""
    return (
        unit.known(Assignment, assignment_id)
        or Assignment.objects.select_related("card").filter(id=assignment_id).first()
    )


def assignments(card_id: int) -> list[Assignment]:
    """Every service that ever had the card, in order."""
    return list(Assignment.objects.filter(card_id=card_id).order_by("id"))


def live_assignments() -> QuerySet[Assignment]:
    """The assignments that stand."""
    return Assignment.objects.filter(withdrawn_at__isnull=True, ended_at__isnull=True).order_by("id")


def live_of(card_ids: Iterable[int]) -> dict[int, list[Assignment]]:
    """The assignments of each card that stand, in order."""
    found: dict[int, list[Assignment]] = {card_id: [] for card_id in card_ids}
    asked = []
    for card_id in found:
        card = unit.known(Card, card_id)
        made = unit.children(card, Assignment, "card_id") if card else None
        if made is None:
            asked.append(card_id)
        else:
            found[card_id] = [one for one in made if one.withdrawn_at is None and one.ended_at is None]
    for one in _live_of(cards=asked) if asked else ():
        found[one.card_id].append(one)
    return found


_live_of = Question(lambda cards: live_assignments().filter(card_id=cards.any))


def overdue(*, at: datetime, limit: int = 500) -> list[int]:
    """The cards whose promise has just been broken and not been noted yet, the longest overdue first."""
    running = Clock.objects.filter(stopped_at__isnull=True, missed_at__isnull=True, paused_at__isnull=True)
    return list(running.filter(due_at__lt=at).order_by("due_at", "card_id").values_list("card_id", flat=True)[:limit])
