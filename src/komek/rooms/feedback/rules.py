"""The moments at which a resident hears from us, and what they may answer."""

from datetime import timedelta
from enum import StrEnum

from komek.refusal import Refusal

MAY_REFUTE_FOR = timedelta(days=10)


class Moment(StrEnum):
    RECEIVED = "received"
    REGISTERED = "registered"
    PASSED_ON = "passed_on"
    DELAYED = "delayed"
    EXTENDED = "extended"
    DONE = "done"
    ANSWERED = "answered"
    NOT_OURS = "not_ours"
    HANDED_OVER = "handed_over"
    REOPENED = "reopened"
    CLOSED = "closed"


class Answer(StrEnum):
    CONFIRMED = "confirmed"
    REFUTED = "refuted"


class AlreadyAnswered(Refusal):
    def __init__(self, number: str) -> None:
        super().__init__("already_answered", "You have answered about %(number)s already. Thank you.", number=number)


class TooLate(Refusal):
    def __init__(self, number: str) -> None:
        super().__init__(
            "too_late_to_refute",
            "The time to answer about %(number)s is over. Please write to us again: a new number is given at once.",
            number=number,
        )


class UnknownSurvey(Refusal):
    def __init__(self) -> None:
        super().__init__("unknown_survey", "This link does not lead to any question of ours.")


class WrongScore(Refusal):
    def __init__(self) -> None:
        super().__init__("wrong_score", "A score is a whole number from 1 to 5.")


def check_score(score: int | None) -> None:
    if score is not None and not 1 <= score <= 5:
        raise WrongScore
