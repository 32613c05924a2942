"""The calendar a promise is counted by: local working hours, answered in UTC."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from komek.registers.calendar.rules.refusals import NaiveTime, NegativeAmount, TooFar
from komek.registers.calendar.rules.week import MIDNIGHT, Exceptions, Span, Week

HORIZON_DAYS = 20 * 366
FIRST_YEAR, LAST_YEAR = 1900, 2300
NOTHING = timedelta()
ONE_DAY = timedelta(days=1)

Stretch = tuple[datetime, datetime]


@dataclass(frozen=True)
class WorkingCalendar:
    """A week with its exceptions in one zone; it steps by days, so a long promise costs as many steps as days."""

    week: Week
    exceptions: Exceptions
    zone: ZoneInfo
    _stretches: dict[date, tuple[Stretch, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def is_working_day(self, day: date) -> bool:
        """Whether anybody works on that date."""
        return bool(self.spans_on(day))

    def spans_on(self, day: date) -> tuple[Stretch, ...]:
        """The working stretches of a local date, in UTC; remembered, because every card asks for the same days."""
        known = self._stretches.get(day)
        if known is None:
            weekday = self.exceptions.weekday(day)
            spans = () if weekday is None else self.week.days[weekday]
            stretches = (self._stretch(day, span) for span in spans)
            # A clock change can swallow a short span whole.
            known = self._stretches[day] = tuple((start, end) for start, end in stretches if start < end)
        return known

    def add_working_time(self, start: datetime, duration: timedelta) -> datetime:
        """The moment at which so much working time has passed since the start."""
        moment, left = utc(start), duration
        if left < NOTHING:
            raise NegativeAmount(duration)
        if not left:
            return moment
        for day in _days_from(self._local_date(moment)):
            for opens, closes in self.spans_on(day):
                available = closes - max(opens, moment)
                if left <= available:
                    return max(opens, moment) + left
                left -= max(available, NOTHING)
        raise TooFar(duration)

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two moments; negative when they are given backwards."""
        since, until = utc(start), utc(end)
        if since > until:
            return -self.working_time_between(until, since)
        total, last = NOTHING, self._local_date(until)
        for day in _days_from(self._local_date(since)):
            if day > last:
                return total
            for opens, closes in self.spans_on(day):
                total += max(min(closes, until) - max(opens, since), NOTHING)
        raise TooFar(end)

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """The close of the n-th working day after the day of arrival.

        What arrives after the close, or on a day off, counts as having arrived on the next working day.
        """
        moment = utc(start)
        arrival = self._local_date(moment)
        spans = self.spans_on(arrival)
        if spans and moment >= spans[-1][1]:
            arrival += ONE_DAY
        return self.spans_on(self.add_working_days_to_date(arrival, days))[-1][1]

    def add_working_days_to_date(self, day: date, days: int) -> date:
        """The n-th working day after a date, for the legal clock; a day off counts as the next working day."""
        if days < 0:
            raise NegativeAmount(days)
        left = days
        for candidate in _days_from(day):
            if self.is_working_day(candidate):
                if not left:
                    return candidate
                left -= 1
        raise TooFar(days)

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days come after the start, up to and with the end; negative when given backwards."""
        if start > end:
            return -self.working_days_between(end, start)
        count = 0
        for day in _days_from(start):
            if day > end:
                return count
            if day > start and self.is_working_day(day):
                count += 1
        raise TooFar(end)

    def _stretch(self, day: date, span: Span) -> Stretch:
        ends_on = day + ONE_DAY if span.end == MIDNIGHT else day
        return self._instant(datetime.combine(day, span.start)), self._instant(datetime.combine(ends_on, span.end))

    def _instant(self, wall: datetime) -> datetime:
        """When the wall clock first shows this time; a time it skips is the moment of the skip."""
        after_skip = wall.replace(tzinfo=self.zone).astimezone(UTC)
        if after_skip.astimezone(self.zone).replace(tzinfo=None) == wall:
            return after_skip
        low = wall.replace(tzinfo=self.zone, fold=1).astimezone(UTC)
        while after_skip - low > timedelta(seconds=1):
            middle = low + (after_skip - low) // 2
            if middle.astimezone(self.zone).replace(tzinfo=None) < wall:
                low = middle
            else:
                after_skip = middle
        return after_skip.replace(microsecond=0)

    def _local_date(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


def utc(moment: datetime) -> datetime:
    """The moment in UTC; refused when it has no zone or lies where no calendar reaches."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise NaiveTime(moment)
    _check_reach(moment)
    return moment.astimezone(UTC)


def _days_from(day: date) -> Iterator[date]:
    _check_reach(day)
    for offset in range(HORIZON_DAYS):
        yield day + timedelta(days=offset)


def _check_reach(moment: date) -> None:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise TooFar(moment)
