"""Questions to the calendar."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from komek.registers.calendar import rules
from komek.registers.calendar.models import Day, Edition, WorkSpan


@dataclass
class _Memory:
    """What this process read last: one slot, replaced whole, so that threads never see halves of two editions."""

    slot: tuple[tuple[UUID | None, str], rules.WorkingCalendar] | None = None


_memory = _Memory()


def working_calendar() -> rules.WorkingCalendar:
    """The calendar as it stands now: one small query while nobody edited it, in whatever process."""
    current = (Edition.objects.values_list("token", flat=True).first(), settings.TIME_ZONE)
    slot = _memory.slot
    if slot is None or slot[0] != current:
        slot = (current, rules.WorkingCalendar(week(), _exceptions(), ZoneInfo(settings.TIME_ZONE)))
        _memory.slot = slot
    return slot[1]


def week() -> rules.Week:
    """The working week; until somebody sets it, the one usual in Kazakhstan."""
    spans: dict[int, list[rules.Span]] = defaultdict(list)
    for span in WorkSpan.objects.all():
        spans[span.weekday].append(rules.Span(span.start, span.end))
    return rules.Week.of(spans) if spans else rules.KAZAKHSTAN_WEEK


def days(*, year: int) -> QuerySet[Day]:
    """The days of a year that are set apart, in order."""
    return Day.objects.filter(date__year=year)


def day(on: date) -> Day | None:
    """What sets this date apart, if anything does."""
    return Day.objects.filter(date=on).first()


def _exceptions() -> rules.Exceptions:
    holidays: set[date] = set()
    working: dict[date, int] = {}
    for on, like in Day.objects.values_list("date", "like_weekday"):
        if like is None:
            holidays.add(on)
        else:
            working[on] = like
    return rules.Exceptions(frozenset(holidays), working)
