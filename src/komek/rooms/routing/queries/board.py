"""What is open and by when: the board of the second line, its numbers, and the outlook of a single card."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from komek.registers.calendar import queries as calendar
from komek.registers.staff.models import Service
from komek.rooms.routing.models import Assignment, Clock

SOON = timedelta(hours=2)


@dataclass(frozen=True)
class ServiceOnCard:
    """One service that has the card, with the reason why."""

    assignment_id: int
    code: str
    service: Service | None
    due_at: datetime | None
    at: datetime
    by_id: int | None
    why: dict[str, Any]


@dataclass(frozen=True)
class Outlook:
    """Who has a card and by when."""

    clock: Clock | None
    services: tuple[ServiceOnCard, ...] = ()

    @property
    def due_at(self) -> datetime | None:
        return self.clock.due_at if self.clock else None

    @property
    def legal_due_on(self) -> date | None:
        return self.clock.legal_due_on if self.clock else None

    @property
    def paused(self) -> bool:
        return bool(self.clock and self.clock.paused_at)


@dataclass(frozen=True)
class Cursor:
    """Where a page of the board ended; without a promise the cards come last."""

    due_at: datetime | None
    card_id: int


@dataclass(frozen=True)
class Filters:
    """What of the board is looked at; empty is all."""

    owner_code: str = ""
    service_code: str = ""
    status: str = ""
    district_code: str = ""
    topic_code: str = ""
    priority: str = ""
    kind: str = ""
    paused: bool | None = None
    overdue_at: datetime | None = None


@dataclass(frozen=True)
class BoardRow:
    """A line of the board: the card is `clock.card`."""

    clock: Clock
    services: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """Some rows, and where the next page begins; None at the end."""

    rows: list[BoardRow]
    after: Cursor | None


def board(filters: Filters | None = None, *, after: Cursor | None = None, limit: int = 50) -> Page:
    """The open cards, the most urgent first; at most three queries a page."""
    wanted = _filtered(filters or Filters())
    found: list[Clock] = []
    if after is None or after.due_at is not None:
        dated = wanted.filter(due_at__isnull=False)
        if after is not None:
            dated = dated.filter(due_at__gte=after.due_at).exclude(due_at=after.due_at, card_id__lte=after.card_id)
        found = list(dated.order_by("due_at", "card_id")[: limit + 1])
    if len(found) <= limit:
        undated = wanted.filter(due_at__isnull=True)
        if after is not None and after.due_at is None:
            undated = undated.filter(card_id__gt=after.card_id)
        found += undated.order_by("card_id")[: limit + 1 - len(found)]
    shown = found[:limit]
    services = _services_of(clock.card_id for clock in shown)
    last = shown[-1] if len(found) > limit else None
    return Page(
        [BoardRow(clock, tuple(services[clock.card_id])) for clock in shown],
        Cursor(last.due_at, last.card_id) if last else None,
    )


def counters(*, at: datetime) -> dict[str, int]:
    """How many cards are open, overdue, due soon, paused, and beyond their legal day; one query over what is open."""
    today = at.astimezone(calendar.working_calendar().zone).date()
    running = Q(paused_at__isnull=True)
    counted: dict[str, int] = Clock.objects.filter(stopped_at__isnull=True).aggregate(
        open=Count("card_id"),
        overdue=Count("card_id", filter=running & Q(due_at__lt=at)),
        due_soon=Count("card_id", filter=running & Q(due_at__gte=at, due_at__lt=at + SOON)),
        paused=Count("card_id", filter=~running),
        without_promise=Count("card_id", filter=Q(due_at__isnull=True)),
        legally_overdue=Count("card_id", filter=Q(legal_due_on__lt=today)),
    )
    return counted


def outlook(card_id: int) -> Outlook:
    """Who has the card and by when; three queries."""
    return outlooks([card_id])[card_id]


def outlooks(card_ids: Iterable[int]) -> dict[int, Outlook]:
    """The same for many cards, with the same three queries."""
    ids = list(card_ids)
    live = list(live_assignments().filter(card_id__in=ids))
    clocks = {clock.card_id: clock for clock in Clock.objects.filter(card_id__in=ids)}
    services = {service.code: service for service in Service.objects.filter(code__in={a.service_code for a in live})}
    on_card: dict[int, list[ServiceOnCard]] = defaultdict(list)
    for one in live:
        on_card[one.card_id].append(
            ServiceOnCard(
                one.id, one.service_code, services.get(one.service_code), one.due_at, one.at, one.by_id, one.why
            )
        )
    return {card_id: Outlook(clocks.get(card_id), tuple(on_card[card_id])) for card_id in ids}


def clock(card_id: int) -> Clock | None:
    """The clock of a card, if one was ever started."""
    return Clock.objects.filter(card_id=card_id).first()


def clocks(card_ids: Iterable[int]) -> dict[int, Clock]:
    """The clocks of several cards."""
    return {clock.card_id: clock for clock in Clock.objects.filter(card_id__in=list(card_ids))}


def assignment(assignment_id: int) -> Assignment | None:
    """One assignment with its card and topic."""
    return Assignment.objects.select_related("card", "card__topic").filter(id=assignment_id).first()


def assignments(card_id: int) -> list[Assignment]:
    """Every service that ever had the card, in order."""
    return list(Assignment.objects.filter(card_id=card_id).order_by("id"))


def live_assignments() -> QuerySet[Assignment]:
    """The assignments that stand."""
    return Assignment.objects.filter(withdrawn_at__isnull=True, ended_at__isnull=True).order_by("id")


def overdue(*, at: datetime, limit: int = 500) -> list[int]:
    """The cards whose promise has just been broken and not been noted yet, the longest overdue first."""
    running = Clock.objects.filter(stopped_at__isnull=True, missed_at__isnull=True, paused_at__isnull=True)
    return list(running.filter(due_at__lt=at).order_by("due_at", "card_id").values_list("card_id", flat=True)[:limit])


def _filtered(filters: Filters) -> QuerySet[Clock]:
    wanted = Clock.objects.filter(stopped_at__isnull=True).select_related("card", "card__topic")
    for field, value in (
        ("card__owner_code", filters.owner_code),
        ("card__status", filters.status),
        ("card__district_code", filters.district_code),
        ("card__topic_code", filters.topic_code),
        ("card__kind", filters.kind),
        ("priority", filters.priority),
    ):
        if value:
            wanted = wanted.filter(**{field: value})
    if filters.service_code:
        wanted = wanted.filter(card_id__in=live_assignments().filter(service_code=filters.service_code).values("card_id"))
    if filters.paused is not None:
        wanted = wanted.filter(paused_at__isnull=not filters.paused)
    if filters.overdue_at is not None:
        wanted = wanted.filter(due_at__lt=filters.overdue_at, paused_at__isnull=True)
    return wanted


def _services_of(card_ids: Iterable[int]) -> dict[int, list[str]]:
    services: dict[int, list[str]] = defaultdict(list)
    found = live_assignments().filter(card_id__in=list(card_ids)).values_list("card_id", "service_code")
    for card_id, service in found:
        services[card_id].append(service)
    return services
