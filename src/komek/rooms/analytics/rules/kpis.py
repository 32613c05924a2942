"""The figures the centre is judged by: each with its formula in words and as a pure function over counts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from komek.rooms.analytics.rules.measures import Dimension, Measure

Counts = Mapping[str, int]
EVERY = frozenset(Dimension) - {Dimension.HALF_HOUR}
# A contact belongs to no service, and a message to nothing but its channel.
OF_CONTACTS = EVERY - {Dimension.SERVICE}
OF_MESSAGES = frozenset({Dimension.ALL, Dimension.CHANNEL})


class Unit(StrEnum):
    SHARE = "share"
    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"


@dataclass(frozen=True)
class Ratio:
    """A figure before the division: what is counted over what it is counted of."""

    numerator: float
    denominator: int

    @property
    def value(self) -> float | None:
        """None when there was nothing to count of: no calls is not a bad service level."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True)
class Aim:
    """What is promised: the published aim of such centres, and ours."""

    published: float | None = None
    ours: float | None = None
    more_is_better: bool = True

    @property
    def wanted(self) -> float | None:
        """The aim that counts: ours, or else the published one."""
        return self.ours if self.ours is not None else self.published

    def reached(self, value: float | None) -> bool | None:
        """Whether the aim that counts is reached; None when there is no aim or no value."""
        if self.wanted is None or value is None:
            return None
        return value >= self.wanted if self.more_is_better else value < self.wanted


@dataclass(frozen=True)
class Definition:
    """A figure by its name, with the texts printed beside it (English message ids) and what it can be split by."""

    name: str
    title: str
    formula: str
    unit: Unit
    aim: Aim
    splits: frozenset[Dimension]
    ratio: Callable[[Counts], Ratio] | None = None
    percentile: float | None = None


@dataclass(frozen=True)
class Kpi:
    """One figure of one period; `of` is the district, service, topic, channel or day it was split by."""

    name: str
    title: str
    value: float | None
    numerator: float | None
    denominator: int
    unit: Unit
    formula: str
    aim: Aim
    of: str = ""

    @property
    def reached(self) -> bool | None:
        return self.aim.reached(self.value)


@dataclass(frozen=True)
class Spread:
    """How long closing took: percentiles cannot be added up, so they are asked of the stories themselves."""

    closed: int = 0
    hours: Sequence[float] = ()


def service_level(counts: Counts) -> Ratio:
    return Ratio(_of(counts, Measure.CALLS_QUICK), _offered(counts))


def abandoned(counts: Counts) -> Ratio:
    return Ratio(_of(counts, Measure.CALLS_LOST), _offered(counts))


def resolved_declared(counts: Counts) -> Ratio:
    return Ratio(_of(counts, Measure.RESOLVED), _of(counts, Measure.HANDLED))


def resolved_proved(counts: Counts) -> Ratio:
    return Ratio(_of(counts, Measure.RESOLVED) - _of(counts, Measure.CAME_BACK), _of(counts, Measure.HANDLED))


def in_time(counts: Counts) -> Ratio:
    promised = _of(counts, Measure.CLOSED_PROMISED) + _of(counts, Measure.OVERDUE)
    return Ratio(_of(counts, Measure.CLOSED_IN_TIME), promised)


def confirmed(counts: Counts) -> Ratio:
    return Ratio(_of(counts, Measure.CONFIRMED), _of(counts, Measure.ASKED))


def reopened(counts: Counts) -> Ratio:
    return Ratio(_of(counts, Measure.REOPENED), _of(counts, Measure.CLOSED))


def answered_in_networks(counts: Counts) -> Ratio:
    return Ratio(_of(counts, Measure.MESSAGES_ANSWERED), _of(counts, Measure.MESSAGES))


def first_answer(counts: Counts) -> Ratio:
    return Ratio(_of(counts, Measure.ANSWER_SECONDS) / 60, _of(counts, Measure.MESSAGES_ANSWERED))


def handling_time(counts: Counts) -> Ratio:
    return Ratio(_of(counts, Measure.HANDLING_SECONDS), _of(counts, Measure.WRAPPED_UP))


def proof(counts: Counts) -> Ratio:
    return Ratio(_of(counts, Measure.CLOSED_WITH_PROOF), _of(counts, Measure.CLOSED_ON_SITE))


DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "service_level",
        "Service level",
        "calls answered within 20 seconds / (calls offered − calls abandoned within 5 seconds)",
        Unit.SHARE,
        Aim(ours=0.90),
        OF_CONTACTS,
        service_level,
    ),
    Definition(
        "abandoned",
        "Abandoned",
        "calls abandoned after more than 5 seconds / (calls offered − calls abandoned within 5 seconds)",
        Unit.SHARE,
        Aim(ours=0.03, more_is_better=False),
        OF_CONTACTS,
        abandoned,
    ),
    Definition(
        "resolved_declared",
        "First-contact resolution, declared",
        "contacts whose every card the operator closed in the contact / all contacts handled",
        Unit.SHARE,
        Aim(published=0.85),
        OF_CONTACTS,
        resolved_declared,
    ),
    Definition(
        "resolved_proved",
        "First-contact resolution, proved",
        "(declared − those whose person came back on the same topic within 7 days) / all contacts handled",
        Unit.SHARE,
        Aim(ours=0.80),
        OF_CONTACTS,
        resolved_proved,
    ),
    Definition(
        "in_time",
        "In time",
        "closed in time / (closed + open and overdue at the end of the period), of cards with a promised time",
        Unit.SHARE,
        Aim(published=0.90, ours=0.95),
        EVERY,
        in_time,
    ),
    Definition(
        "confirmed",
        "Confirmed",
        "confirmed by the resident / asked, by the day of asking",
        Unit.SHARE,
        Aim(ours=0.80),
        EVERY,
        confirmed,
    ),
    Definition(
        "reopened",
        "Reopened",
        "reopened after closing / closed",
        Unit.SHARE,
        Aim(more_is_better=False),
        EVERY,
        reopened,
    ),
    Definition(
        "answered_in_networks",
        "Answered in networks",
        "messages with an answer / messages, in all channels but the phone and the desk; a receipt is no answer",
        Unit.SHARE,
        Aim(published=1.0),
        OF_MESSAGES,
        answered_in_networks,
    ),
    Definition(
        "first_answer",
        "First answer in networks",
        "minutes from a message to its first answer, on average over the messages with an answer",
        Unit.MINUTES,
        Aim(ours=15, more_is_better=False),
        OF_MESSAGES,
        first_answer,
    ),
    Definition(
        "handling_time",
        "Handling time",
        "(talk + hold + after-call work) / contacts wrapped up, in seconds",
        Unit.SECONDS,
        Aim(more_is_better=False),
        OF_CONTACTS,
        handling_time,
    ),
    Definition(
        "proof",
        "Proof",
        "closings on site with photo or video / closings on site",
        Unit.SHARE,
        Aim(ours=0.95),
        EVERY,
        proof,
    ),
    Definition(
        "hours_to_close_median",
        "Hours to close, median",
        "half of the cards closed in the period took at most so many hours from their number to the last closing",
        Unit.HOURS,
        Aim(more_is_better=False),
        EVERY,
        percentile=0.5,
    ),
    Definition(
        "hours_to_close_p90",
        "Hours to close, nine of ten",
        "nine of ten cards closed in the period took at most so many hours from their number to the last closing",
        Unit.HOURS,
        Aim(more_is_better=False),
        EVERY,
        percentile=0.9,
    ),
)
PERCENTILES = tuple(d.percentile for d in DEFINITIONS if d.percentile is not None)


def kpi(definition: Definition, counts: Counts, spread: Spread, *, of: str = "") -> Kpi:
    """Work one figure out of the counts, or of the spread when it is a percentile."""
    if definition.ratio:
        ratio = definition.ratio(counts)
        value, numerator, denominator = ratio.value, ratio.numerator, ratio.denominator
    else:
        place = PERCENTILES.index(definition.percentile)
        value = spread.hours[place] if spread.closed else None
        numerator, denominator = None, spread.closed
    return Kpi(
        definition.name,
        definition.title,
        value,
        numerator,
        denominator,
        definition.unit,
        definition.formula,
        definition.aim,
        of,
    )


def _of(counts: Counts, measure: Measure) -> int:
    return counts.get(measure.value, 0)


def _offered(counts: Counts) -> int:
    return _of(counts, Measure.CALLS) - _of(counts, Measure.CALLS_SHORT)
