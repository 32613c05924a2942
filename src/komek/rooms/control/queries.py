"""The lists of the second line: what is to be checked and what is to be decided, the longest waiting first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Value

from komek.platform.questions import Given, Question
from komek.rooms.cards.queries import Line, line
from komek.rooms.control import rules
from komek.rooms.control.models import Check, Escalation
from komek.rooms.routing import queries as routing
from komek.rooms.routing.models import Clock
from komek.rooms.routing.rules import Cursor
from komek.rooms.workorders import queries as workorders
from komek.rooms.workorders.queries import Reported


@dataclass(frozen=True)
class CheckRow:
    """A check that waits, its card, and what the services said."""

    id: int
    opened_at: datetime
    card: Line
    orders: tuple[Reported, ...]


@dataclass(frozen=True)
class EscalationRow:
    """An escalation that waits, its card, and what was promised."""

    id: int
    opened_at: datetime
    cause: str
    detail: dict[str, Any] = field(hash=False)
    card: Line
    due_at: datetime | None


@dataclass(frozen=True)
class Checks:
    """A page of checks; `next` is where the next one begins, None at the end."""

    rows: list[CheckRow]
    next: str | None


@dataclass(frozen=True)
class Escalations:
    """A page of escalations."""

    rows: list[EscalationRow]
    next: str | None


def open_checks(*, after: str | None = None, limit: int = 50, reports: bool = True) -> Checks:
    """What services say is done and nobody has looked at, the longest waiting first; two queries, one without reports."""
    found = _asked(_checks, (), after, limit)
    shown = [(id_, opened_at, Line._make(card)) for id_, opened_at, *card in found[:limit]]
    orders = workorders.reported([card.id for *_, card in shown]) if shown and reports else {}
    rows = [CheckRow(id_, opened_at, card, tuple(orders.get(card.id, ()))) for id_, opened_at, card in shown]
    return Checks(rows, _next(rows[-1]) if len(found) > limit else None)


def open_escalations(*, cause: str = "", after: str | None = None, limit: int = 50) -> Escalations:
    """What needs a decision, the longest waiting first; one query."""
    found = _asked(_escalations, (("cause", cause),) if cause else (), after, limit)
    rows = [
        EscalationRow(id_, opened_at, why, detail, Line._make(card), due_at)
        for id_, opened_at, why, detail, due_at, *card in found[:limit]
    ]
    return Escalations(rows, _next(rows[-1]) if len(found) > limit else None)


Wanted = Callable[..., QuerySet[Any, tuple[Any, ...]]]


def _checks() -> QuerySet[Check, tuple[Any, ...]]:
    return Check.objects.filter(decided_at__isnull=True).values_list("id", "opened_at", *line("card__"))


def _escalations(**given: Given) -> QuerySet[Escalation, tuple[Any, ...]]:
    wanted = Escalation.objects.filter(resolved_at__isnull=True, **given)
    promised = Subquery(Clock.objects.filter(card_id=OuterRef("card_id")).values("due_at"))
    return wanted.values_list("id", "opened_at", "cause", "detail", promised, *line("card__"))


def _asked(wanted: Wanted, narrowed: Sequence[tuple[str, str]], after: str | None, limit: int) -> list[tuple[Any, ...]]:
    """A page of a list, the longest waiting first, and one row more if there is one."""
    given: dict[str, Any] = dict(narrowed)
    names = tuple(given)
    cursor = Cursor.read(after)
    if cursor is not None and cursor.due_at is not None:
        given |= {"since": cursor.due_at, "since_id": cursor.id}
    return _part(wanted, names, tuple(given), limit)(**given)


@lru_cache(maxsize=100)
def _part(wanted: Wanted, narrowed: tuple[str, ...], names: tuple[str, ...], limit: int) -> Question[tuple[Any, ...]]:
    def ask(**given: Given) -> QuerySet[Any, tuple[Any, ...]]:
        rows = wanted(**{name: given[name] for name in narrowed})
        if "since" in names:
            rows = rows.filter(opened_at__gte=given["since"])
            rows = rows.exclude(opened_at=given["since"], id__lte=given["since_id"])
        return rows.order_by("opened_at", "id")[: limit + 1]

    return Question(ask, names)


def counts(*, at: datetime) -> dict[str, int]:
    """The numbers above the lists: open, overdue, due in the next hour, to check, to decide; two queries."""
    return {**routing.counters(at=at), "checks": 0, "escalations": 0, **dict(_waiting())}


def _all_waiting() -> QuerySet[Any, tuple[str, int]]:
    checks = Check.objects.filter(decided_at__isnull=True).values_list(Value("checks"))
    decisions = Escalation.objects.filter(resolved_at__isnull=True).values_list(Value("escalations"))
    return checks.annotate(Count("id")).union(decisions.annotate(Count("id")), all=True)


_waiting = Question(_all_waiting)


def open_check(card_id: int) -> Check:
    """The check of a card that waits for a decision; raises NothingToCheck."""
    found = find_open_check(card_id)
    if found is None:
        raise rules.NothingToCheck(card_id)
    return found


def find_open_check(card_id: int) -> Check | None:
    """The check of a card that waits for a decision, if there is one."""
    return _open_check.one(card=card_id)


_open_check = Question(lambda card: Check.objects.filter(card_id=card, decided_at__isnull=True)[:1])


def check(check_id: int) -> Check:
    """One check with its card, decided or not; raises NothingToCheck."""
    found = _check.one(id=check_id)
    if found is None:
        raise rules.NothingToCheck(check_id)
    return found


_check = Question(
    lambda id: Check.objects.select_related("card", "card__topic", "decided_by").filter(id=id)[:1]  # noqa: A006 - the column's name
)


def next_check() -> Check | None:
    """The check that has waited longest, with its card."""
    return _next_check.one()


_next_check = Question(
    lambda: (
        Check.objects.select_related("card", "card__topic", "decided_by")
        .filter(decided_at__isnull=True)
        .order_by("opened_at", "id")[:1]
    )
)


def checks_of(card_id: int) -> list[Check]:
    """Every check of a card, the newest first."""
    return list(Check.objects.filter(card_id=card_id).select_related("decided_by").order_by("-id"))


def escalations_of(card_id: int) -> list[Escalation]:
    """Every escalation of a card, the newest first."""
    return _escalations_of(card=card_id)


_escalations_of = Question(
    lambda card: Escalation.objects.filter(card_id=card).select_related("resolved_by").order_by("-id")
)


def _next(last: CheckRow | EscalationRow) -> str:
    return str(Cursor(last.opened_at, last.id))
