"""The lists of the second line: what is to be checked and what is to be decided, the longest waiting first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from komek.rooms.cards.models import Card
from komek.rooms.control import rules
from komek.rooms.control.models import Check, Escalation
from komek.rooms.routing import queries as routing
from komek.rooms.routing.models import Clock
from komek.rooms.routing.rules import Cursor
from komek.rooms.workorders import queries as workorders
from komek.rooms.workorders.queries import Reported


@dataclass(frozen=True)
class CheckRow:
    """A check with its card, clock and what the services said."""

    check: Check
    card: Card
    clock: Clock | None
    orders: Sequence[Reported]

    @property
    def due_at(self) -> datetime | None:
        return self.clock.due_at if self.clock else None


@dataclass(frozen=True)
class EscalationRow:
    """An escalation with its card, clock and orders."""

    escalation: Escalation
    card: Card
    clock: Clock | None
    orders: Sequence[Reported]

    @property
    def due_at(self) -> datetime | None:
        return self.clock.due_at if self.clock else None


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
    """What services say is done and nobody has looked at, the longest waiting first; three queries."""
    wanted = Check.objects.filter(decided_at__isnull=True).select_related("card", "card__topic")
    found = list(_since(wanted, after)[: limit + 1])
    card_ids = [check.card_id for check in found[:limit]]
    clocks, orders = routing.clocks(card_ids), workorders.reported(card_ids)
    rows = [
        CheckRow(check, check.card, clocks.get(check.card_id), orders.get(check.card_id, ())) for check in found[:limit]
    ]
    return Checks(rows, _next(rows[-1].check) if len(found) > limit else None)


def open_escalations(*, cause: str = "", after: str | None = None, limit: int = 50) -> Escalations:
    """What needs a decision, the longest waiting first; three queries."""
    wanted = Escalation.objects.filter(resolved_at__isnull=True).select_related("card", "card__topic")
    if cause:
        wanted = wanted.filter(cause=cause)
    found = list(_since(wanted, after)[: limit + 1])
    card_ids = [one.card_id for one in found[:limit]]
    clocks, orders = routing.clocks(card_ids), workorders.reported(card_ids)
    rows = [EscalationRow(one, one.card, clocks.get(one.card_id), orders.get(one.card_id, ())) for one in found[:limit]]
    return Escalations(rows, _next(rows[-1].escalation) if len(found) > limit else None)


def counts(*, at: datetime) -> dict[str, int]:
    """The numbers above the lists: open, overdue, due in the next hour, paused, to check, to decide; three queries."""
    return {
        **routing.counters(at=at),
        "checks": Check.objects.filter(decided_at__isnull=True).count(),
        "escalations": Escalation.objects.filter(resolved_at__isnull=True).count(),
    }


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


def _next(last: Check | Escalation) -> str:
    return str(Cursor(last.opened_at, last.pk))
