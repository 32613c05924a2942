"""Who is to be called back, whose turn it is, and how it ended."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from komek.rooms.calls import rules
from komek.rooms.calls.models import Call, CallBack
from komek.rooms.calls.queries.journal import LONGEST_CALL


@dataclass(frozen=True)
class DueCall:
    """Somebody to be called now."""

    id: int
    number: str
    language: str
    urgent: bool
    # So many wait in their queue who entered it before them.
    ahead: int


def due_call_backs(*, at: datetime, limit: int = 50) -> list[DueCall]:
    """Who is to be called now: lives in danger first, then those who entered the queue first."""
    waiting = CallBack.objects.filter(ended_at__isnull=True, next_at__lte=at, state=rules.Wish.WAITING)
    before = Call.objects.filter(
        state=rules.State.WAITING, language=OuterRef("language"), entered_at__lt=OuterRef("entered_at")
    )
    counted = before.order_by().values("language").annotate(many=Count("id")).values("many")
    rows = waiting.annotate(urgent=Q(cause=rules.Cause.EMERGENCY), ahead=Coalesce(Subquery(counted), 0)).order_by(
        "-urgent", "entered_at", "id"
    )
    return [DueCall(**row) for row in rows.values("id", "number", "language", "urgent", "ahead")[:limit]]


def rung_back(*, at: datetime) -> Counter[str]:
    """How many in each language are being called this moment, or have been and wait for an answer."""
    calling = CallBack.objects.filter(ended_at__isnull=True, state=rules.Wish.CALLING)
    done = CallBack.objects.filter(state=rules.Wish.DONE, ended_at__gte=at - LONGEST_CALL, number=OuterRef("number"))
    waiting = Call.objects.filter(Exists(done), state=rules.State.WAITING)
    return Counter([*calling.values_list("language", flat=True), *waiting.values_list("language", flat=True)])


def open_call_backs(limit: int = 100) -> list[CallBack]:
    """Who is still to be called, with the contact they had."""
    waiting = CallBack.objects.select_related("call__contact").filter(ended_at__isnull=True)
    return list(waiting.order_by("next_at", "id")[:limit])


def call_backs_since(at: datetime) -> Counter[str]:
    """How those stand who were to be called since this moment: so many of each state."""
    return Counter(CallBack.objects.filter(wanted_at__gte=at).values_list("state", flat=True))


def ended_call_backs(limit: int = 20) -> list[CallBack]:
    """Who was called lately, or need not be any more; the newest first."""
    return list(CallBack.objects.filter(ended_at__isnull=False).order_by("-ended_at")[:limit])
