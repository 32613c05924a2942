"""The ordinary week, and the days that are not ordinary."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from typing import Self

from komek.registers.calendar.rules.refusals import BadKind, BadSpan, BadWeek, BadWeekday

DAYS_IN_WEEK = 7
MIDNIGHT = time(0)


class Kind(StrEnum):
    """What sets a day apart from its weekday."""

    HOLIDAY = "holiday"
    WORKING = "working"


class Source(StrEnum):
    """Who set a day apart; a seed never touches what a person decided."""

    SEEDED = "seeded"
    HAND = "hand"


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of work within one day; an end of 00:00 is the midnight after it."""

    start: time
    end: time

    def __post_init__(self) -> None:
        """Refuse what crosses midnight or has no length."""
        if self.start.tzinfo or self.end.tzinfo or (self.end != MIDNIGHT and self.end <= self.start):
            raise BadSpan(str(self))

    def __str__(self) -> str:
        """The span as people write it."""
        end = "24:00" if self.end == MIDNIGHT else f"{self.end:%H:%M}"
        return f"{self.start:%H:%M}-{end}"

    def reaches(self, other: "Span") -> bool:
        """Whether this earlier span runs into the later one."""
        return self.end == MIDNIGHT or self.end > other.start


def parse_span(text: str) -> Span:
    """Read “09:00-13:00”; 24:00 is allowed as an end only."""
    found = re.fullmatch(r"\s*(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})\s*", text, re.ASCII)
    if not found:
        raise BadSpan(text)
    start_hour, start_minute, end_hour, end_minute = map(int, found.groups())
    if (end_hour, end_minute) == (24, 0):
        end_hour = 0
    elif (end_hour, end_minute) == (0, 0):
        raise BadSpan(text)
    try:
        return Span(time(start_hour, start_minute), time(end_hour, end_minute))
    except ValueError as impossible:
        raise BadSpan(text) from impossible


@dataclass(frozen=True)
class Week:
    """Working spans of the seven weekdays, Monday first."""

    days: tuple[tuple[Span, ...], ...]

    def __post_init__(self) -> None:
        """Refuse a week in which a promise could never end or would be counted twice."""
        if len(self.days) != DAYS_IN_WEEK or not any(self.days):
            raise BadWeek
        for spans in self.days:
            if any(spans[i].reaches(spans[i + 1]) or spans[i] > spans[i + 1] for i in range(len(spans) - 1)):
                raise BadWeek

    @classmethod
    def of(cls, spans: Mapping[int, Iterable[Span]]) -> Self:
        """Build a week from the weekdays that have work; the others are days off."""
        for weekday in spans:
            checked_weekday(weekday)
        return cls(tuple(tuple(sorted(spans.get(weekday, ()))) for weekday in range(DAYS_IN_WEEK)))

    def like(self, day: date) -> int:
        """The weekday whose hours a moved working day keeps when nobody says: its own, or the first that has work."""
        if self.days[day.weekday()]:
            return day.weekday()
        return next(weekday for weekday in range(DAYS_IN_WEEK) if self.days[weekday])


@dataclass(frozen=True)
class Exceptions:
    """Dates that break the week: days off, and days worked like a given weekday."""

    holidays: frozenset[date] = frozenset()
    working: Mapping[date, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse weekdays that do not exist."""
        for weekday in self.working.values():
            checked_weekday(weekday)

    def weekday(self, day: date) -> int | None:
        """The weekday whose spans this date keeps; None when nobody works."""
        if day in self.working:
            return self.working[day]
        if day in self.holidays:
            return None
        return day.weekday()


def checked_weekday(weekday: int) -> int:
    """The weekday itself, or a refusal."""
    if weekday not in range(DAYS_IN_WEEK):
        raise BadWeekday(weekday)
    return weekday


def checked_kind(kind: str) -> Kind:
    """The kind of day that was named, or a refusal."""
    try:
        return Kind(kind)
    except ValueError as unknown:
        raise BadKind(kind) from unknown


_OFFICE = (Span(time(9), time(13)), Span(time(14), time(18, 30)))
KAZAKHSTAN_WEEK = Week.of(dict.fromkeys(range(5), _OFFICE))
