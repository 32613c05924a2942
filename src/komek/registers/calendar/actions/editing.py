"""What the centre decides by hand about its own working time."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from komek.platform.transactions import together
from komek.registers.calendar import queries, rules
from komek.registers.calendar.models import Day, Edition, WorkSpan


@together
def set_day(
    on: date,
    *,
    kind: str,
    names: Mapping[str, str],
    by: object,
    at: datetime,
    like_weekday: int | None = None,
) -> Day:
    """Set a date apart by hand; a later seed leaves it alone.

    A working day keeps the hours of `like_weekday`, or of its own weekday, or, on a day off, of the first working one.
    """
    chosen = rules.checked_kind(kind)
    new_edition(by=by, at=at)
    if chosen is rules.Kind.HOLIDAY:
        like = None
    elif like_weekday is None:
        like = queries.week().like(on)
    else:
        like = rules.checked_weekday(like_weekday)
    day, _ = Day.objects.update_or_create(
        date=on,
        defaults={
            "kind": chosen,
            "like_weekday": like,
            "name_kk": names.get("kk", ""),
            "name_ru": names.get("ru", ""),
            "name_en": names.get("en", ""),
            "source": rules.Source.HAND,
            "changed_by": str(by),
            "changed_at": at,
        },
    )
    return day


@together
def remove_day(on: date, *, by: object, at: datetime) -> None:
    """Let a date keep its weekday again; a seed may bring a seeded holiday back, a day set as working stays."""
    new_edition(by=by, at=at)
    removed, _ = Day.objects.filter(date=on).delete()
    if not removed:
        raise rules.NotInTheCalendar(on)


@together
def set_week(spans: Mapping[int, Iterable[rules.Span]], *, by: object, at: datetime) -> None:
    """Replace the working week; weekdays not given are days off, and a week without work is refused."""
    new_week = rules.Week.of(spans)
    new_edition(by=by, at=at)
    WorkSpan.objects.all().delete()
    WorkSpan.objects.bulk_create(
        WorkSpan(weekday=weekday, start=span.start, end=span.end)
        for weekday, day in enumerate(new_week.days)
        for span in day
    )


def new_edition(*, by: object, at: datetime) -> None:
    """Tell every process to read again; first in each action, because the row also lets one editor in at a time."""
    Edition.objects.update_or_create(pk=1, defaults={"token": uuid.uuid4(), "changed_by": str(by), "changed_at": at})
