"""Deadlines: a start, a norm, the time the clock stood, and what was granted on top."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from komek.registers.calendar.rules.norms import Norm, Unit
from komek.registers.calendar.rules.refusals import BackwardPause
from komek.registers.calendar.rules.working_calendar import NOTHING, WorkingCalendar, utc

A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Pause:
    """A stretch in which the clock stands; open while `to` is None."""

    from_: datetime
    to: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse a pause that would give time back."""
        if self.to is not None and utc(self.to) < utc(self.from_):
            raise BackwardPause(self.from_, self.to)


@dataclass(frozen=True)
class _Clock:
    add: Callable[[datetime, timedelta], datetime]
    between: Callable[[datetime, datetime], timedelta]


def deadline(
    start: datetime,
    norm: Norm,
    calendar: WorkingCalendar,
    pauses: Sequence[Pause] = (),
    *,
    extensions: Sequence[Norm] = (),
    at: datetime | None = None,
) -> datetime | None:
    """When the promise falls due; each pause pushes it by the time that was lost, on the norm's own clock.

    A norm kept within the contact has no deadline. While a pause is open the clock stands: the answer is then the
    deadline as if work went on at `at`, and None when no `at` is given. Extensions are granted one after another.
    """
    if norm.at_once:
        return None
    stops = _merged(pauses, at)
    due = _due(utc(start), norm, calendar, stops)
    for granted in extensions:
        if due is not None and not granted.at_once:
            due = _due(due, granted, calendar, stops, extends=True)
    return due


def remaining(
    start: datetime,
    norm: Norm,
    calendar: WorkingCalendar,
    pauses: Sequence[Pause] = (),
    *,
    at: datetime,
    extensions: Sequence[Norm] = (),
) -> timedelta | None:
    """How much time of the norm's own clock is left at `at`; negative is overdue, and a pause uses nothing up."""
    due = deadline(start, norm, calendar, pauses, extensions=extensions, at=at)
    if due is None:
        return None
    clock = _clock(norm, calendar)
    earlier, later = sorted((utc(at), due))
    stood = NOTHING
    for pause in _merged(pauses, at):
        since, until = max(earlier, pause.from_), min(later, pause.to or later)
        if since < until:
            stood += clock.between(since, until)
    ran = clock.between(earlier, later) - stood
    return ran if utc(at) <= due else -ran


def _due(
    start: datetime, norm: Norm, calendar: WorkingCalendar, pauses: Sequence[Pause], *, extends: bool = False
) -> datetime | None:
    clock = _clock(norm, calendar)
    if norm.unit is Unit.WORKING_DAYS:
        # An extension counts from the day the promise fell due, and the close of a day still belongs to that day.
        arrival = start - A_MOMENT if extends else start
        left = clock.between(start, calendar.add_working_days(arrival, norm.amount))
    else:
        left = norm.amount * (timedelta(hours=1) if norm.unit is Unit.HOURS else timedelta(minutes=1))
    moment = start
    for pause in pauses:
        if pause.to is not None and pause.to <= moment:
            continue
        available = clock.between(moment, max(moment, pause.from_))
        if left <= available:
            break
        if pause.to is None:
            return None
        left -= available
        moment = pause.to
    return clock.add(moment, left)


def _clock(norm: Norm, calendar: WorkingCalendar) -> _Clock:
    if norm.round_the_clock and norm.unit is not Unit.WORKING_DAYS:
        return _Clock(add=lambda moment, time: moment + time, between=lambda since, until: until - since)
    return _Clock(add=calendar.add_working_time, between=calendar.working_time_between)


def _merged(pauses: Sequence[Pause], at: datetime | None) -> list[Pause]:
    """The pauses in order, overlaps joined, so that no minute is given back twice."""
    merged: list[Pause] = []
    for pause in sorted(_as_of(pauses, at), key=lambda pause: pause.from_):
        if merged and (merged[-1].to is None or pause.from_ <= merged[-1].to):
            before = merged.pop()
            ends = None if before.to is None or pause.to is None else max(before.to, pause.to)
            merged.append(Pause(before.from_, ends))
        else:
            merged.append(pause)
    return merged


def _as_of(pauses: Sequence[Pause], at: datetime | None) -> Iterator[Pause]:
    for pause in pauses:
        since, until = utc(pause.from_), pause.to if pause.to is not None else at
        yield Pause(since, None if until is None else max(since, utc(until)))
