"""The lists of the second line: what is to be checked and what is to be decided, the longest waiting first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Value

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
    orders: Sequence[Reported]


@dataclass(frozen=True)
class EscalationRow:
    """An escalation that waits, its card, and what was promised."""

    id: int
    opened_at: datetime
    cause: str
    detail: dict[str, Any]
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


def open_checks(*, after: str | None = None, limit: int = 50) -> Checks:
    """What services say is done and nobody has looked at, the longest waiting first; two queries."""
    wanted = Check.objects.filter(decided_at__isnull=True)
    found = list(_since(wanted, after).values_list("id", "opened_at", *line("card__"))[: limit + 1])
    shown = [(id_, opened_at, Line._make(card)) for id_, opened_at, *card in found[:limit]]
    orders = workorders.reported([card.id for *_, card in shown]) if shown else {}
    rows = [CheckRow(id_, opened_at, card, orders.get(card.id, ())) for id_, opened_at, card in shown]
    return Checks(rows, _next(rows[-1]) if len(found) > limit else None)


def open_escalations(*, cause: str = "", after: str | None = None, limit: int = 50) -> Escalations:
    """What needs a decision, the longest waiting first; one query."""
    wanted = Escalation.objects.filter(resolved_at__isnull=True)
    if cause:
        wanted = wanted.filter(cause=cause)
    promised = Subquery(Clock.objects.filter(card_id=OuterRef("card_id")).values("due_at"))
    listed = _since(wanted, after).values_list("id", "opened_at", "cause", "detail", promised, *line("card__"))
    found = list(listed[: limit + 1])
    rows = [
        EscalationRow(id_, opened_at, why, detail, Line._make(card), due_at)
        for id_, opened_at, why, detail, due_at, *card in found[:limit]
    ]
    return Escalations(rows, _next(rows[-1]) if len(found) > limit else None)


def counts(*, at: datetime) -> dict[str, int]:
    """The numbers above the lists: open, overdue, due in the next hour, to check, to decide; two queries."""
    checks = Check.objects.filter(decided_at__isnull=True).values_list(Value("checks")).annotate(Count("id"))
    decisions = Escalation.objects.filter(resolved_at__isnull=True).values_list(Value("escalations"))
    waiting: dict[str, int] = dict(checks.union(decisions.annotate(Count("id")), all=True))
    return {**routing.counters(at=at), "checks": 0, "escalations": 0, **waiting}


def open_check(card_id: int) -> Check:
    """The check of a card that waits for a decision; raises NothingToCheck."""
    found = find_open_check(card_id)
    if found is None:
        raise rules.NothingToCheck(card_id)
    return found


def find_open_check(card_id: int) -> Check | None:
    """The check of a card that waits for a decision, if there is one."""
    return Check.objects.filter(card_id=card_id, decided_at__isnull=True).first()


def checks_of(card_id: int) -> list[Check]:
    """Every check of a card, the newest first."""
    return list(Check.objects.filter(card_id=card_id).select_related("decided_by").order_by("-id"))


def escalations_of(card_id: int) -> list[Escalation]:
    """Every escalation of a card, the newest first."""
    return list(Escalation.objects.filter(card_id=card_id).select_related("resolved_by").order_by("-id"))


def _since(wanted: QuerySet, after: str | None) -> QuerySet:
    cursor = Cursor.read(after)
    if cursor is not None and cursor.due_at is not None:
        wanted = wanted.filter(opened_at__gte=cursor.due_at).exclude(opened_at=cursor.due_at, id__lte=cursor.id)
    return wanted.order_by("opened_at", "id")


def _next(last: CheckRow | EscalationRow) -> str:
    return str(Cursor(last.opened_at, last.id))
