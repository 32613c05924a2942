"""The two promises of a card: the operational one by the calendar's core, the legal one in working days."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from komek.registers.calendar.rules import Norm, Pause, WorkingCalendar, deadline, parse_norm
from komek.rooms.routing.rules.refusals import TooLateToRedirect, TooLongAnExtension

LEGAL_WORKING_DAYS = 15
REDIRECT_WORKING_DAYS = 3
LONGEST_LEGAL_EXTENSION_MONTHS = 2
NOTICE_WORKING_DAYS = 3
DEFAULT_PRIORITY = "normal"
DEFAULT_NORM = "3wd"
ROUND_THE_CLOCK = "critical"
A_MOMENT = timedelta(microseconds=1)


class Promise(StrEnum):
    """Which of the two promises was moved."""

    DUE = "due"
    LEGAL = "legal"


@dataclass(frozen=True)
class Granted:
    """One extension: by a norm on top of what was promised, or until a moment."""

    at: datetime
    norm: Norm | None = None
    until: datetime | None = None


def norm_of(text: str, priority: str) -> Norm:
    """The norm as it runs: round the clock for what is critical."""
    return parse_norm(text, round_the_clock=priority == ROUND_THE_CLOCK)


def due_at(
    started_at: datetime,
    norm: Norm,
    calendar: WorkingCalendar,
    *,
    pauses: Sequence[Pause] = (),
    granted: Sequence[Granted] = (),
) -> datetime | None:
    """The operational promise with all its pauses and extensions; None for what is kept within the contact.

    A moment granted by hand stands as it was granted; only pauses that began after it push it.
    """
    fixed = max((at for at, one in enumerate(granted) if one.until), default=None)
    if fixed is None:
        norms = [one.norm for one in granted if one.norm]
        return deadline(started_at, norm, calendar, pauses, extensions=norms)
    since = granted[fixed]
    later = [pause for pause in pauses if pause.from_ >= since.at]
    due = _pushed(since.until, later, calendar, norm) if since.until else None
    for one in granted[fixed + 1 :]:
        if due is not None and one.norm and not one.norm.at_once:
            # The close of a day still belongs to that day.
            due = deadline(due - A_MOMENT, one.norm, calendar, [p for p in later if p.from_ >= due])
    return due


def _pushed(due: datetime, pauses: Sequence[Pause], calendar: WorkingCalendar, norm: Norm) -> datetime | None:
    for pause in sorted(pauses, key=lambda pause: pause.from_):
        if pause.from_ >= due:
            break
        if pause.to is None:
            return None
        if norm.round_the_clock:
            due += pause.to - pause.from_
        else:
            due = calendar.add_working_time(due, calendar.working_time_between(pause.from_, pause.to))
    return due


def legal_due_on(registered_at: datetime, calendar: WorkingCalendar) -> date:
    """The last day to answer an appeal: what comes after the close or on a day off came the next working day."""
    return _close(registered_at, LEGAL_WORKING_DAYS, calendar)


def notice_due_on(extended_at: datetime, calendar: WorkingCalendar) -> date:
    """The last day to tell the applicant that the legal time was extended."""
    return _close(extended_at, NOTICE_WORKING_DAYS, calendar)


def check_redirect(number: str, registered_at: datetime, calendar: WorkingCalendar, *, at: datetime) -> None:
    """An appeal goes to the competent body within three working days; raises TooLateToRedirect."""
    last = calendar.add_working_days(registered_at, REDIRECT_WORKING_DAYS)
    if at > last:
        raise TooLateToRedirect(number, last.astimezone(calendar.zone) - A_MOMENT)


def check_legal_extension(first_due_on: date, until: date) -> None:
    """Two months on top of the first legal time, whatever was granted in between; raises TooLongAnExtension."""
    most = months_later(first_due_on, LONGEST_LEGAL_EXTENSION_MONTHS)
    if until > most:
        raise TooLongAnExtension(until, most)


def months_later(day: date, months: int) -> date:
    """The same day of a later month; the last day of the month where there is no such day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _close(moment: datetime, working_days: int, calendar: WorkingCalendar) -> date:
    close = calendar.add_working_days(moment, working_days)
    # A day of work may end at 24:00, which is the next date already.
    return (close.astimezone(calendar.zone) - A_MOMENT).date()
