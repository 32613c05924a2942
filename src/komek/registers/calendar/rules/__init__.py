"""Working time as plain values: the week, its exceptions, norms and the deadlines that follow from them."""

from komek.registers.calendar.rules.deadlines import Pause, deadline, remaining
from komek.registers.calendar.rules.norms import Norm, Unit, parse_norm
from komek.registers.calendar.rules.refusals import (
    BackwardPause,
    BadKind,
    BadNorm,
    BadSpan,
    BadWeek,
    BadWeekday,
    NaiveTime,
    NegativeAmount,
    NotInTheCalendar,
    TooFar,
    UnknownCountry,
)
from komek.registers.calendar.rules.week import (
    KAZAKHSTAN_WEEK,
    Exceptions,
    Kind,
    Source,
    Span,
    Week,
    checked_kind,
    checked_weekday,
    parse_span,
)
from komek.registers.calendar.rules.working_calendar import WorkingCalendar

__all__ = [
    "KAZAKHSTAN_WEEK",
    "BackwardPause",
    "BadKind",
    "BadNorm",
    "BadSpan",
    "BadWeek",
    "BadWeekday",
    "Exceptions",
    "Kind",
    "NaiveTime",
    "NegativeAmount",
    "Norm",
    "NotInTheCalendar",
    "Pause",
    "Source",
    "Span",
    "TooFar",
    "Unit",
    "UnknownCountry",
    "Week",
    "WorkingCalendar",
    "checked_kind",
    "checked_weekday",
    "deadline",
    "parse_norm",
    "parse_span",
    "remaining",
]
