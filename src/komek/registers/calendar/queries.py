"""Questions to the calendar."""

from collections import defaultdict
from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from komek.platform.remembered import Remembered
from komek.registers.calendar import rules
from komek.registers.calendar.models import Day, WorkSpan


def working_calendar() -> rules.WorkingCalendar:
    """The calendar as it stands now, remembered while nobody edits it."""
    days = _remembered()
    if days.zone.key != settings.TIME_ZONE:
        days = rules.WorkingCalendar(week(), _exceptions(), ZoneInfo(settings.TIME_ZONE))
    return days


_remembered = Remembered(
    "calendar",
    version="SELECT coalesce(max(token::text), '') FROM calendar_edition",
    load=lambda: rules.WorkingCalendar(week(), _exceptions(), ZoneInfo(settings.TIME_ZONE)),
)


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
