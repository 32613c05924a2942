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


class AlreadyResolved(Refusal):
    def __init__(self, number: str) -> None:
        super().__init__(
            "already_resolved", "Somebody has decided about card %(number)s in this matter already.", number=number
        )


class NothingToCheck(Refusal):
    def __init__(self, card: object) -> None:
        super().__init__("nothing_to_check", "No work on this card waits for a check.", card=card)


class NoSuchEscalation(Refusal):
    def __init__(self, escalation: object) -> None:
        super().__init__("no_such_escalation", "There is no escalation %(escalation)s.", escalation=escalation)


class NothingToReturn(Refusal):
    def __init__(self, number: str) -> None:
        super().__init__(
            "nothing_to_return", "No service has reported on card %(number)s that could do it again.", number=number
        )


# What is settled by itself when a service has the card again.
SETTLED_BY_ROUTING = frozenset({Cause.UNROUTED, Cause.DECLINED})
