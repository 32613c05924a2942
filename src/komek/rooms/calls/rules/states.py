"""Where a call and what follows it stand, and who takes part in it."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    WAITING = "waiting"
    TALKING = "talking"
    ENDED = "ended"
    ABANDONED = "abandoned"
    TO_CALL_BACK = "to_call_back"


class Wish(StrEnum):
    """Where a call-back stands. All but the first two are ends."""

    WAITING = "waiting"
    CALLING = "calling"
    DONE = "done"
    NOT_REACHED = "not_reached"
    OVERTAKEN = "overtaken"
    NOT_NEEDED = "not_needed"


class Ear(StrEnum):
    """How a supervisor takes part in a call: heard by nobody, by the operator, by both."""

    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE = "barge"


class Cause(StrEnum):
    """Why somebody is to be called back."""

    ASKED = "asked"
    ABANDONED = "abandoned"
    EMERGENCY = "emergency"


EMERGENCY_SERVICES = ("101", "102", "103", "104", "112")


@dataclass(frozen=True)
class Told:
    """What came with the call itself, to the browser that answered it."""

    number: str = ""
    language: str = ""
    queue: str = ""
    waited_seconds: int = 0
    urgent: bool = False
