"""Every way the calendar says no, each with its remedy in the text."""

from datetime import date, datetime

from komek.refusal import Refusal


class BadSpan(Refusal):
    """A stretch of work that does not run forward within one day."""

    def __init__(self, span: str) -> None:
        super().__init__(
            "bad_span",
            "“%(span)s” is not a span of working time: write 09:00-13:00; it ends by 24:00, a night is two spans.",
            span=span,
        )


class BadWeek(Refusal):
    """A week without working time, or with overlapping spans, would make promises ambiguous or endless."""

    def __init__(self) -> None:
        super().__init__(
            "bad_week", "A working week has some working time and no overlapping spans on any of its days."
        )


class BadKind(Refusal):
    """A date is set apart as a holiday or as a working day, nothing else."""

    def __init__(self, kind: object) -> None:
        super().__init__("bad_kind", "“%(kind)s” is not a kind of day: write holiday or working.", kind=kind)


class BadWeekday(Refusal):
    """Weekdays are numbers from Monday, 0, to Sunday, 6, as in the standard library."""

    def __init__(self, weekday: object) -> None:
        super().__init__("bad_weekday", "%(weekday)s is not a weekday: Monday is 0 and Sunday is 6.", weekday=weekday)


class BadNorm(Refusal):
    """A promised time nobody can compute."""

    def __init__(self, norm: object) -> None:
        super().__init__(
            "bad_norm",
            "“%(norm)s” is not a norm: write now, handover, 30m, 4h or 3wd, from 1 up to one year.",
            norm=norm,
        )


class NaiveTime(Refusal):
    """A time without a zone would be read differently by two people."""

    def __init__(self, moment: datetime) -> None:
        super().__init__("naive_time", "The time %(moment)s has no time zone.", moment=moment.isoformat())


class NegativeAmount(Refusal):
    """A deadline is never before its start."""

    def __init__(self, amount: object) -> None:
        super().__init__(
            "negative_amount", "%(amount)s is less than nothing: working time runs forward.", amount=amount
        )


class BackwardPause(Refusal):
    """A pause that ends before it begins would give time back."""

    def __init__(self, began: datetime, ended: datetime) -> None:
        super().__init__(
            "backward_pause",
            "The pause that began at %(began)s cannot end at %(ended)s.",
            began=began.isoformat(),
            ended=ended.isoformat(),
        )


class TooFar(Refusal):
    """Beyond this horizon a date is a slip of the hand, not a promise."""

    def __init__(self, moment: object) -> None:
        super().__init__(
            "too_far",
            "The calendar does not reach that far: look at the year and the amount (%(moment)s).",
            moment=moment,
        )


class NotInTheCalendar(Refusal):
    """Only a day that was set apart can be made ordinary again."""

    def __init__(self, day: date) -> None:
        super().__init__("not_in_the_calendar", "%(day)s is an ordinary day already.", day=day.isoformat())


class UnknownCountry(Refusal):
    """The seed knows the holidays of some countries only."""

    def __init__(self, country: str) -> None:
        super().__init__(
            "unknown_country",
            "No holidays are known for the country %(country)s: set the days by hand.",
            country=country,
        )
