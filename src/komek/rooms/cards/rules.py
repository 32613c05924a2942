"""Kinds, statuses and the transition table of a card; its number with a check digit."""

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from komek.refusal import Refusal

# The two lines of the centre itself; every city pack has services under these codes.
FIRST_LINE = "SELF"
SECOND_LINE = "L2"
# How long after its end a card is still shown to those who ask about the same place.
STILL_NEWS = timedelta(days=14)
# The city in squares of some 220 metres, for whoever looks for what has ended around a point.
CELLS_A_DEGREE_NORTH = 500
CELLS_A_DEGREE_EAST = 300
# No vowels and nothing that is read as something else: typed from a slip of paper, spelling no words.
CODE_LETTERS = "23456789bcdfghjkmnpqrstvwxz"
CODE_LENGTH = 8
LONGEST_NOTE = 4_000
# What a correction may change, and the lines of the history that are a new revision of the card.
CORRECTABLE = ("text", "topic", "place", "kind")
REVISING = ("corrected", "classified", "answered", "explained", "handed_over")
# The clocks of two machines may differ by this much; what is ticked later than that has not happened yet.
CLOCKS_DIFFER = timedelta(minutes=1)


class Kind(StrEnum):
    QUESTION = "question"
    REQUEST = "request"
    APPEAL = "appeal"
    NOT_OURS = "not_ours"
    EMERGENCY = "emergency"


class AppealKind(StrEnum):
    """What an appeal is called in the Administrative Procedural and Process-Related Code, article 4."""

    APPLICATION = "application"
    COMPLAINT = "complaint"
    NOTICE = "notice"
    PROPOSAL = "proposal"
    RESPONSE = "response"
    INQUIRY = "inquiry"


class Status(StrEnum):
    RECEIVED = "received"
    REGISTERED = "registered"
    ROUTED = "routed"
    IN_WORK = "in_work"
    DONE = "done"
    CLOSED = "closed"
    ANSWERED = "answered"
    EXPLAINED = "explained"
    HANDED_OVER = "handed_over"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """How a card ended."""

    DONE = "done"
    PARTLY = "partly"
    REFUSED = "refused"
    EXPLAINED = "explained"
    ANSWERED = "answered"
    HANDED_OVER = "handed_over"
    WITHDRAWN = "withdrawn"


# Kinds that somebody has to work on; the others are final as soon as they are told.
WORK = frozenset({Kind.REQUEST, Kind.APPEAL})
OPEN = frozenset({Status.RECEIVED, Status.REGISTERED, Status.ROUTED, Status.IN_WORK, Status.DONE})
FINAL = frozenset(Status) - OPEN

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.RECEIVED: frozenset(
        {Status.REGISTERED, Status.ANSWERED, Status.EXPLAINED, Status.HANDED_OVER, Status.WITHDRAWN}
    ),
    Status.REGISTERED: frozenset({Status.ROUTED, Status.ANSWERED, Status.EXPLAINED, Status.CLOSED, Status.WITHDRAWN}),
    Status.ROUTED: frozenset({Status.IN_WORK, Status.REGISTERED, Status.DONE, Status.CLOSED, Status.WITHDRAWN}),
    Status.IN_WORK: frozenset({Status.DONE, Status.ROUTED, Status.REGISTERED, Status.CLOSED, Status.WITHDRAWN}),
    Status.DONE: frozenset({Status.CLOSED, Status.IN_WORK, Status.ROUTED, Status.REGISTERED}),
    Status.CLOSED: frozenset({Status.REGISTERED}),
    Status.ANSWERED: frozenset({Status.REGISTERED}),
    Status.EXPLAINED: frozenset({Status.REGISTERED}),
    Status.HANDED_OVER: frozenset({Status.REGISTERED}),
    Status.WITHDRAWN: frozenset({Status.REGISTERED}),
}


class ForbiddenMove(Refusal):
    def __init__(self, number: str, was: str, to: str) -> None:
        super().__init__(
            "card_forbidden_move",
            "Card %(number)s is %(was)s and cannot become %(to)s.",
            number=number,
            was=was,
            to=to,
        )


class CardChanged(Refusal):
    """Somebody saved the card since this person read it; nothing was overwritten."""

    def __init__(self, number: str) -> None:
        super().__init__(
            "card_changed", "Card %(number)s was changed by somebody else meanwhile. Look again.", number=number
        )


class NoSuchCard(Refusal):
    def __init__(self, number: object) -> None:
        super().__init__("no_such_card", "There is no card %(number)s. Please check the number.", number=number)


class WrongNumber(Refusal):
    """Typed or heard wrongly: the check digit does not fit."""

    def __init__(self, text: str) -> None:
        super().__init__(
            "wrong_number", "The number %(number)s has a mistake in it. Please read it again.", number=text
        )


class ApplicantNeeded(Refusal):
    """An appeal with legal force needs a person to answer (Code 350-VI, article 63)."""

    def __init__(self) -> None:
        super().__init__("applicant_needed", "An appeal needs the name of the person who makes it.")


class CardIsOver(Refusal):
    """What is final is changed only after it was reopened."""

    def __init__(self, number: str) -> None:
        super().__init__("card_is_over", "Card %(number)s is closed. Reopen it to change it.", number=number)


class WrongKind(Refusal):
    def __init__(self, kind: object) -> None:
        super().__init__("wrong_kind", "A card cannot be registered as «%(kind)s» here.", kind=str(kind)[:40])


class WrongOutcome(Refusal):
    def __init__(self, outcome: object) -> None:
        super().__init__("wrong_outcome", "A card cannot end as «%(outcome)s».", outcome=str(outcome)[:40])


class UnknownArticle(Refusal):
    def __init__(self, article: object) -> None:
        super().__init__("unknown_article", "There is no article %(article)s.", article=str(article)[:40])


class ImpossiblePlace(Refusal):
    """A place that no address field made: not a place at all, or a street and a house that do not exist."""

    def __init__(self) -> None:
        super().__init__("impossible_place", "This place cannot be read. Please choose the address again.")


class HandOverUnconfirmed(Refusal):
    """An emergency counts as handed over only when somebody there has said so."""

    def __init__(self) -> None:
        super().__init__("hand_over_unconfirmed", "Write whom you handed over to, and who there confirmed it.")


class ReasonNeeded(Refusal):
    def __init__(self) -> None:
        super().__init__("reason_needed", "Please give a reason.")


class OwnerNeeded(Refusal):
    def __init__(self) -> None:
        super().__init__("owner_needed", "A card has an owner at every moment.")


class UnknownStep(Refusal):
    def __init__(self, script: str, step: int) -> None:
        super().__init__(
            "unknown_step", "The emergency script «%(script)s» has no step %(step)s.", script=script, step=step
        )


class StepTwice(Refusal):
    def __init__(self, script: str, step: int) -> None:
        super().__init__(
            "step_twice",
            "Step %(step)s of the emergency script «%(script)s» was ticked twice.",
            script=script,
            step=step,
        )


class StepToCome(Refusal):
    """A tick is a time that has been; a workstation whose clock is wrong is told so."""

    def __init__(self, script: str, step: int) -> None:
        super().__init__(
            "step_to_come",
            "Step %(step)s of the emergency script «%(script)s» is ticked in the future. Check the clock.",
            script=script,
            step=step,
        )


@dataclass(frozen=True)
class Tick:
    """A step of a script, counted from 1, and when it was said."""

    step: int
    at: datetime


@dataclass(frozen=True)
class Followed:
    """Which emergency script somebody went by, and what they ticked."""

    script: str
    version: int
    ticks: tuple[Tick, ...] = ()


def checked_ticks(followed: Followed, *, steps: int, at: datetime) -> tuple[Tick, ...]:
    """The ticks in the order of time, none of them later than now; raises what is wrong with them."""
    seen: set[int] = set()
    for tick in followed.ticks:
        if not 1 <= tick.step <= steps:
            raise UnknownStep(followed.script, tick.step)
        if tick.step in seen:
            raise StepTwice(followed.script, tick.step)
        if tick.at > at + CLOCKS_DIFFER:
            raise StepToCome(followed.script, tick.step)
        seen.add(tick.step)
    return tuple(sorted((Tick(tick.step, min(tick.at, at)) for tick in followed.ticks), key=_when))


def _when(tick: Tick) -> tuple[datetime, int]:
    return tick.at, tick.step


@dataclass(frozen=True)
class CardDraft:
    """What somebody wants to register; `place` is a `places.rules.Place`, ids are of the registers."""

    text: str
    kind: Kind = Kind.REQUEST
    language: str = "kk"
    topic_code: str | None = None
    place: object | None = None
    appeal_kind: str = ""
    followed: Followed | None = None


# Damm's quasigroup (H. Michael Damm, 2004): finds every single wrong digit and every swap of two neighbours.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


NUMBER_LENGTHS = (10, 11, 12)
LONGEST_NUMBER = 40
_NOT_DIGITS = re.compile(r"\D")


def check_digit(digits: str) -> int:
    """The digit that makes the number pass the check."""
    state = 0
    for digit in digits:
        state = _DAMM[state][int(digit)]
    return state


def number_for(year: int, serial: int) -> str:
    """The number of a card as it is read aloud: `26-0001-2345`, the last digit checks the others."""
    digits = f"{year % 100:02d}{serial:07d}"
    digits += str(check_digit(digits))
    return f"{digits[:2]}-{digits[2:-4]}-{digits[-4:]}"


def read_number(text: str) -> str:
    """The number as it is kept, from however it was typed: spaces, dashes, «№»; raises WrongNumber."""
    digits = _NOT_DIGITS.sub("", text[:LONGEST_NUMBER])
    fits = len(text) <= LONGEST_NUMBER and len(digits) in NUMBER_LENGTHS
    if not fits or not digits.isascii() or check_digit(digits) != 0:
        raise WrongNumber(" ".join(text[:LONGEST_NUMBER].split()))
    return f"{digits[:2]}-{digits[2:-4]}-{digits[-4:]}"


def cells(least: float, most: float, a_degree: int) -> list[int]:
    """The numbers of the rows, or columns, of squares from one side of a box to the other."""
    return list(range(math.floor(least * a_degree), math.floor(most * a_degree) + 1))
