"""What a resident may answer, how long, and how a reply in words is understood."""

import re
from datetime import datetime, timedelta
from enum import StrEnum

from komek import letters
from komek.refusal import Refusal

MAY_REFUTE_FOR = timedelta(days=10)
BEST_SCORE = 5
LONGEST_COMMENT = 4_000
LONGEST_REPLY_IN_WORDS = 14


class Answer(StrEnum):
    CONFIRMED = "confirmed"
    REFUTED = "refuted"


# From here on somebody should look at what went wrong.
LOW_SCORE = 3


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


class OpenAgain(Refusal):
    """The question was about a result that is no longer the result."""

    def __init__(self, number: str) -> None:
        super().__init__(
            "open_again",
            "%(number)s is open again and we are working on it. We will ask you when it is done.",
            number=number,
        )


class UnknownSurvey(Refusal):
    def __init__(self) -> None:
        super().__init__("unknown_survey", "This link does not lead to any question of ours.")


class WrongScore(Refusal):
    def __init__(self) -> None:
        super().__init__("wrong_score", "A score is a whole number from 1 to 5.")


def check_score(score: object) -> int | None:
    """The score, or nothing; raises WrongScore for whatever is no whole number from 1 to 5."""
    if score is None or score == "":
        return None
    try:
        value = int(str(score))
    except ValueError as failure:
        raise WrongScore from failure
    if not 1 <= value <= BEST_SCORE:
        raise WrongScore
    return value


def check_time(number: str, *, closed_at: datetime | None, at: datetime) -> None:
    """Raise OpenAgain or TooLate unless the result may be answered about now."""
    if closed_at is None:
        raise OpenAgain(number)
    if at > closed_at + MAY_REFUTE_FOR:
        raise TooLate(number)


def in_words(text: str) -> Answer | None:
    """What a short reply says about the result; None when it says nothing clear, or is long enough to be a new matter.

    A no anywhere outweighs a yes: «рахмет, бірақ жасалмаған», «да нет, не сделали».
    """
    words = _words(text)
    if not words or len(words) > LONGEST_REPLY_IN_WORDS:
        return None
    said = f" {' '.join(words)} "
    if any(f" {phrase} " in said for phrase in _NO):
        return Answer.REFUTED
    if any(f" {phrase} " in said for phrase in _YES):
        return Answer.CONFIRMED
    return None


def _words(text: str) -> list[str]:
    """Words as they are compared: letters folded, Latin read by sound."""
    return re.findall(r"\w+", letters.from_latin(text[:400]))


def _folded(*phrases: str) -> frozenset[str]:
    return frozenset(" ".join(_words(phrase)) for phrase in phrases)


_NO = _folded(
    "жоқ", "орындалмаған", "орындалмады", "жасалмаған", "жасалмады", "бітпеген", "істелмеген", "растамаймын",
    "нет", "не сделано", "не сделали", "не сделана", "не выполнено", "не выполнили", "не исправили", "не устранили",
    "не подтверждаю", "не готово", "ничего не",
    "no", "not done", "not fixed", "not yet", "nothing",
)  # fmt: skip
_YES = _folded(
    "иә", "ия", "растаймын", "орындалды", "орындалған", "жасалды", "жасалған", "бітті", "болды", "рахмет", "рақмет",
    "да", "подтверждаю", "сделано", "сделали", "выполнено", "исправили", "устранили", "готово", "спасибо",
    "yes", "done", "fixed", "confirm", "confirmed", "thanks", "thank you",
)  # fmt: skip
