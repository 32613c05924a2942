"""Two queues for each language, the second for lives in danger; whose turn it is, and how long a new caller waits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LANGUAGES = ("kk", "ru", "en")
QUEUE, URGENT = "q109-", "-urgent"
SEATS = 200


def language_of(queue: str, default: str = LANGUAGES[0]) -> str:
    """The language that a queue is for."""
    language = queue.removeprefix(QUEUE).removesuffix(URGENT)
    return language if language in LANGUAGES else default


def penalty(languages: Sequence[str], language: str) -> int | None:
    """Where somebody stands in a queue: 0 for the language they named first, 1 for another; None when not in it."""
    if language not in languages:
        return None
    return 0 if languages[0] == language else 1


def standings(languages: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """The queues that somebody who speaks these languages stands in, each with the penalty."""
    return tuple(
        (f"{QUEUE}{language}{which}", standing)
        for language in LANGUAGES
        for which in ("", URGENT)
        if (standing := penalty(languages, language)) is not None
    )


# So long whoever has become free is rung for one language only, the one of the caller who has waited longest. The switch
# knows an order within a queue; between the queues it would take turns, and the longest queue would wait the longest.
TURN = timedelta(seconds=4)


def whose_turn(languages: Iterable[str], waiting_since: Mapping[str, datetime]) -> str:
    """The language whose first caller has waited longest; empty when fewer than two of these have somebody waiting."""
    waiting = [language for language in languages if language in waiting_since]
    return min(waiting, key=lambda language: waiting_since[language]) if len(waiting) > 1 else ""


@dataclass(frozen=True)
class Pace:
    """How fast a queue moves: how many wait, who is at work in it, how long one call takes from its ring to its wrap-up.

    `overtaking` is the part of calls, 0 to 1, that were answered before those who waited: lives in danger. `arriving`
    are those who are still hearing how long they will wait.
    """

    waiting: int
    staffed: int
    call_seconds: float
    overtaking: float = 0.0
    arriving: int = 0


def mean_seconds(spans: Iterable[tuple[float, bool]]) -> float | None:
    """The mean length of calls of which some go on: of each its seconds so far and whether it is over; None before any is.

    The area under the product-limit estimate of survival (Kaplan and Meier, 1958). A mean of those that are over is too
    short, as of the newest only the short ones are; all time by those that are over is too long, as most calls are not.
    """
    # Of two that have lasted equally long the one that is over counts first: the other was still there.
    left, surviving, mean, before = sorted((seconds, not is_over) for seconds, is_over in spans), 1.0, 0.0, 0.0
    if all(goes_on for _, goes_on in left):
        return None
    for place, (seconds, goes_on) in enumerate(left):
        mean += surviving * (seconds - before)
        before = seconds
        surviving *= 1 - (not goes_on) / (len(left) - place)
    return mean


def ahead(language: str, *, waiting: Mapping[str, int], serving: Mapping[str, set[int]]) -> int:
    """How many wait before a new caller of this language: those of another one as far as their operators are ours too."""
    ours = serving[language]
    return round(
        sum(
            many if other == language else many * len(ours & serving[other]) / max(1, len(serving[other]))
            for other, many in waiting.items()
        )
    )


# Names of the sentences, and up to how many seconds each is true.
BUCKETS = (("wait_2", 120), ("wait_5", 300), ("wait_10", 600), ("wait_20", 1200))
LONGEST_BUCKET = "wait_long"
# So many wait while nobody is at work: how long it takes cannot be said, only that it will.
OVERLOAD = "overload"
CROWD = 3
# More than this is no steady state: nothing can be told from it.
MOST_OVERTAKING = 0.5
# Of a normal distribution, in standard deviations.
NINE_IN_TEN = 1.28
# How long the sentence and the offer to be called back take to be heard.
HEARING = timedelta(seconds=9)


def told_seconds(pace: Pace) -> float | None:
    """How long a new caller will wait at most; None when nobody is at work.

    The mean, and so much of its spread that nine in ten were within, were the mean known: it is that of some calls. Over a
    storm at least four in five are, and nineteen in twenty within the sentence (`tests/rooms/calls/test_told_wait.py`).
    """
    if not pace.staffed:
        return None
    ahead = (pace.waiting + pace.arriving + 1) / (1 - min(pace.overtaking, MOST_OVERTAKING))
    mean = ahead * pace.call_seconds / pace.staffed
    return float(mean + NINE_IN_TEN * (mean * pace.call_seconds / pace.staffed) ** 0.5)


def sentence(pace: Pace) -> str:
    """The name of what a new caller is told of the wait; nothing while nobody waits, or nothing is known."""
    if not pace.waiting:
        return ""
    seconds = told_seconds(pace)
    if seconds is None:
        return OVERLOAD if pace.waiting >= CROWD else ""
    return next((name for name, most in BUCKETS if seconds <= most), LONGEST_BUCKET)
