"""What a figure is held against, when a breach begins and ends, and what a review comes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from komek.refusal import Refusal

# A breach that begins again so soon is the same one: it is not announced twice.
SAME_BREACH_WITHIN = timedelta(minutes=5)
LONGEST_COMMENT = 2_000
# So many contacts are proposed at once: what one person can look at in a day.
SAMPLE = 12


class Figure(StrEnum):
    """The numbers of the wall, in the order they are looked at."""

    WAITING = "waiting"
    LONGEST_WAIT = "longest_wait"
    IN_CONTACT = "in_contact"
    FREE = "free"
    ANSWERED = "answered"
    SERVICE_LEVEL = "service_level"
    IN_TIME = "in_time"
    OVERDUE = "overdue"
    UNRECORDED = "unrecorded"
    DISK = "disk"


class Level(StrEnum):
    """What a figure asks for: nothing, a look, or hands."""

    FINE = "fine"
    WARN = "warn"
    DANGER = "danger"


@dataclass(frozen=True)
class Limit:
    """From where on a figure is to be watched and from where on to act; a share is a part of one, a time is seconds."""

    warn: float
    danger: float


# Of these the more the worse, from the limit on; of the other ones the fewer the worse, below it.
MORE_IS_WORSE = frozenset({Figure.WAITING, Figure.LONGEST_WAIT, Figure.OVERDUE, Figure.UNRECORDED, Figure.DISK})
SHARES = frozenset({Figure.SERVICE_LEVEL, Figure.IN_TIME, Figure.DISK})
TIMES = frozenset({Figure.LONGEST_WAIT})
# Until somebody sets others: our aims where there are some, and what a shift can still catch up with.
USUAL: dict[Figure, Limit] = {
    Figure.WAITING: Limit(10, 25),
    Figure.LONGEST_WAIT: Limit(60, 180),
    Figure.FREE: Limit(3, 1),
    Figure.SERVICE_LEVEL: Limit(0.9, 0.8),
    Figure.IN_TIME: Limit(0.95, 0.9),
    Figure.OVERDUE: Limit(10, 50),
    Figure.UNRECORDED: Limit(1, 1),
    Figure.DISK: Limit(0.7, 0.8),
}


class ThresholdsCrossed(Refusal):
    """One would have to act before one has to look."""

    def __init__(self, figure: str) -> None:
        super().__init__("thresholds_crossed", "«Act» must be worse than «watch».", figure=figure)


class NotReviewable(Refusal):
    """Only what is over and was handled by a person can be judged."""

    def __init__(self, contact_id: int) -> None:
        super().__init__(
            "not_reviewable", "Contact %(contact)s is not over yet, or nobody handled it.", contact=contact_id
        )


class OwnContact(Refusal):
    """Nobody judges their own work."""

    def __init__(self, contact_id: int) -> None:
        super().__init__(
            "own_contact", "Contact %(contact)s was your own. Somebody else reviews it.", contact=contact_id
        )


class NothingJudged(Refusal):
    """A review in which nothing applies says nothing."""

    def __init__(self) -> None:
        super().__init__("nothing_judged", "Answer at least one question of the review.")


class ReviewIsNewer(Refusal):
    """Somebody else has reviewed the contact meanwhile."""

    def __init__(self, contact_id: int) -> None:
        super().__init__(
            "review_is_newer",
            "Contact %(contact)s was reviewed by somebody else meanwhile. Nothing was overwritten.",
            contact=contact_id,
        )


def checked(figure: Figure, limit: Limit) -> Limit:
    """The limit, if it makes sense for this figure."""
    wrong_way = limit.danger < limit.warn if figure in MORE_IS_WORSE else limit.danger > limit.warn
    if wrong_way or limit.warn < 0 or limit.danger < 0:
        raise ThresholdsCrossed(figure.value)
    return limit


def level(figure: Figure, value: float | None, limit: Limit | None) -> Level | None:
    """What a value asks for; None where nothing was counted or nobody holds the figure against anything."""
    if value is None or limit is None:
        return None
    if figure in MORE_IS_WORSE:
        if value >= limit.danger:
            return Level.DANGER
        return Level.WARN if value >= limit.warn else Level.FINE
    if value < limit.danger:
        return Level.DANGER
    return Level.WARN if value < limit.warn else Level.FINE


@dataclass(frozen=True)
class Standing:
    """One figure of the wall as it stands now; `since` is when what it counts began, so that it can tick."""

    figure: Figure
    value: float | None
    limit: Limit | None = None
    since: datetime | None = None

    @property
    def level(self) -> Level | None:
        return level(self.figure, self.value, self.limit)


class Said(StrEnum):
    """The answer to one question of a review."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    NOT_HERE = "not_here"


WORTH = {Said.YES: 1.0, Said.PARTLY: 0.5, Said.NO: 0.0}
# What is asked of a contact, and how much it weighs: a wrong answer and a forgotten script cost most.
CRITERIA: dict[str, int] = {
    "greeting": 1,
    "language": 1,
    "need": 2,
    "topic_and_place": 2,
    "answer": 3,
    "courtesy": 1,
    "script": 3,
}


def tidy(answers: Mapping[str, str]) -> dict[str, str]:
    """The known criteria with a known answer, in their order; what does not apply is left out."""
    told = {name: answers.get(name, "") for name in CRITERIA}
    return {name: Said(said).value for name, said in told.items() if said in set(WORTH)}


def score(answers: Mapping[str, str]) -> int:
    """What a review comes to, of a hundred: the weights of what was good over the weights of what applies."""
    judged = tidy(answers)
    if not judged:
        raise NothingJudged
    reached = sum(WORTH[Said(said)] * CRITERIA[name] for name, said in judged.items())
    return round(100 * reached / sum(CRITERIA[name] for name in judged))
