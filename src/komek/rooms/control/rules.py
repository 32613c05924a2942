"""What a check may end in, and why a card comes to the second line."""

from enum import StrEnum

from komek.refusal import Refusal


class Verdict(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    OVERTAKEN = "overtaken"


class Cause(StrEnum):
    UNROUTED = "unrouted"
    DECLINED = "declined"
    OVERDUE = "overdue"
    REFUTED = "refuted"
    NOT_DONE = "not_done"


class AlreadyDecided(Refusal):
    def __init__(self, number: str) -> None:
        super().__init__("already_decided", "The check of card %(number)s has been decided already.", number=number)


class ReasonNeeded(Refusal):
    def __init__(self) -> None:
        super().__init__("reason_needed", "Please give a reason.")
