"""Kinds, statuses and the transition table of a card; its number with a check digit."""

import re
from dataclasses import dataclass
from enum import StrEnum

from komek.refusal import Refusal


class Kind(StrEnum):
    QUESTION = "question"
    REQUEST = "request"
    APPEAL = "appeal"
    NOT_OURS = "not_ours"
    EMERGENCY = "emergency"


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
        super().__init__("wrong_number", "The number %(number)s has a mistake in it. Please read it again.", number=text)


class ApplicantNeeded(Refusal):
    """An appeal with legal force needs a person to answer (Code 350-VI, article 63)."""

    def __init__(self) -> None:
        super().__init__("applicant_needed", "An appeal needs the name of the person who makes it.")


@dataclass(frozen=True)
class CardDraft:
    """What somebody wants to register; `place` is a `places.rules.Place`, ids are of the registers."""

    text: str
    kind: Kind = Kind.REQUEST
    language: str = "kk"
    topic_code: str | None = None
    place: object | None = None
    appeal_kind: str = ""


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


def check_digit(digits: str) -> int:
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
    """The number as it is kept, from however it was typed; raises WrongNumber."""
    digits = re.sub(r"\D", "", text)
    if not 10 <= len(digits) <= 12 or not digits.isascii() or check_digit(digits) != 0:
        raise WrongNumber(text.strip()[:40])
    return f"{digits[:2]}-{digits[2:-4]}-{digits[-4:]}"
