"""Why something cannot be done with a call."""

from komek.refusal import Refusal
from komek.rooms.calls.rules.queues import SEATS


class NotTalking(Refusal):
    def __init__(self, unique_id: str) -> None:
        super().__init__("not_talking", "Nobody talks in call %(call)s any more.", call=unique_id[:40])


class NotInACall(Refusal):
    def __init__(self, name: str) -> None:
        super().__init__("agent_not_in_a_call", "%(name)s is in no call.", name=name)


class NoSuchService(Refusal):
    def __init__(self, service: str) -> None:
        super().__init__("no_such_emergency_service", "%(service)s is no emergency service.", service=service[:20])


class CallBackEndedAlready(Refusal):
    def __init__(self) -> None:
        super().__init__("callback_ended", "Nobody is to be called there any more.")


class NotThere(Refusal):
    """A colleague without a telephone cannot be rung."""

    def __init__(self, name: str) -> None:
        super().__init__("colleague_not_there", "%(name)s is not at a telephone now.", name=name)


class NoNumber(Refusal):
    def __init__(self) -> None:
        super().__init__("no_number", "This resident has left no telephone number.")


class NoPhone(Refusal):
    def __init__(self) -> None:
        super().__init__("no_phone", "This installation has no telephone.")


class NoSeatFree(Refusal):
    def __init__(self) -> None:
        super().__init__("no_seat_free", "All %(seats)s lines of the telephone are taken.", seats=SEATS)


class NoSuchCall(Refusal):
    def __init__(self, unique_id: str) -> None:
        super().__init__("no_such_call", "There is no call %(call)s.", call=unique_id[:40])
