"""Questions about pauses: which the switch is to be told of, how long they were, and who makes them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Max, Q, QuerySet, Sum

from komek.rooms.calls import queries as calls
from komek.rooms.calls.models import Call, HandOver
from komek.rooms.calls.rules import State
from komek.rooms.recordings import rules
from komek.rooms.recordings.models import Pause


@dataclass(frozen=True)
class Order:
    """Something the switch is to do with the recording of a call."""

    pause_id: int
    unique_id: str
    recorder: str
    agent_id: int
    until: datetime


def is_emergency(call: Call) -> bool:
    """Whether a life may be in danger: the caller said so, or an emergency service was called in."""
    return call.urgent or HandOver.objects.filter(call=call).exists()


def open_pause(unique_id: str) -> Pause | None:
    """The pause of this call that is wanted or goes on."""
    return Pause.objects.filter(call__unique_id=unique_id, resumed_at__isnull=True).first()


def was_not_paused(unique_id: str) -> bool:
    """Whether the last pause of this call was wanted, but the switch could not be told."""
    last = Pause.objects.filter(call__unique_id=unique_id).order_by("-id").first()
    return last is not None and last.resumed_at is not None and last.applied_at is None


def to_pause(*, at: datetime) -> list[Order]:
    """The recordings that are to pause now."""
    wanted = _open().filter(applied_at__isnull=True, resume_asked_at__isnull=True)
    return [_order(one) for one in wanted.filter(asked_at__gt=at - rules.LONGEST_GAP)]


def to_resume(*, at: datetime) -> list[Order]:
    """The recordings that are to go on now: somebody says so, their time is over, or a life is in danger."""
    over = Q(resume_asked_at__isnull=False) | Q(asked_at__lte=at - rules.LONGEST_GAP) | ~Q(call__state=State.TALKING)
    danger = Q(call__urgent=True) | Q(call__in=HandOver.objects.filter(ended_at__isnull=True).values("call"))
    return [_order(one) for one in _open().filter(over | danger)]


def _open() -> QuerySet[Pause]:
    return Pause.objects.select_related("call").filter(resumed_at__isnull=True).order_by("id")


def _order(one: Pause) -> Order:
    unique_id = one.call.unique_id
    recorder = calls.recorded(unique_id).recorder
    return Order(one.pk, unique_id, recorder, one.agent_id, rules.until(one.asked_at))


def gaps(unique_id: str) -> list[rules.Gap]:
    """The pauses of a call that the switch was told of."""
    rows = Pause.objects.filter(call__unique_id=unique_id, begun_at__isnull=False, failure="").order_by("id")
    return [rules.Gap(one.pk, one.begun_at, one.resumed_at, one.cause) for one in rows if one.begun_at]


def pauses_by_agent(*, since: datetime) -> list[Any]:
    """How often each operator has paused, for how long in all, and when last; the most first."""
    lasted = ExpressionWrapper(F("resumed_at") - F("begun_at"), output_field=DurationField())
    rows = Pause.objects.filter(asked_at__gte=since, begun_at__isnull=False).values("agent__name")
    return list(rows.annotate(number=Count("id"), lasted=Sum(lasted), last=Max("asked_at")).order_by("-number"))


def pauses(*, since: datetime, limit: int = 100) -> list[Pause]:
    """The pauses themselves, the newest first."""
    rows = Pause.objects.select_related("call", "agent").filter(asked_at__gte=since)
    return list(rows.order_by("-id")[:limit])
