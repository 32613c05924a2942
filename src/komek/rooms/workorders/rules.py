"""Statuses of an order, reason codes, and what counts as done."""

from enum import StrEnum

from komek.refusal import Refusal


class Status(StrEnum):
    SENT = "sent"
    ACCEPTED = "accepted"
    ON_THE_WAY = "on_the_way"
    ON_SITE = "on_site"
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


OPEN = frozenset({Status.SENT, Status.ACCEPTED, Status.ON_THE_WAY, Status.ON_SITE})

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.SENT: frozenset({Status.ACCEPTED, Status.ON_THE_WAY, Status.DECLINED, Status.WITHDRAWN, Status.DONE}),
    Status.ACCEPTED: frozenset(
        {Status.ON_THE_WAY, Status.ON_SITE, Status.DONE, Status.DECLINED, Status.WITHDRAWN}
    ),
    Status.ON_THE_WAY: frozenset({Status.ON_SITE, Status.DONE, Status.DECLINED, Status.WITHDRAWN}),
    Status.ON_SITE: frozenset({Status.DONE, Status.DECLINED, Status.WITHDRAWN}),
    Status.DONE: frozenset({Status.ACCEPTED, Status.WITHDRAWN}),
    Status.DECLINED: frozenset(),
    Status.WITHDRAWN: frozenset(),
}


class Outcome(StrEnum):
    DONE = "done"
    PARTLY = "partly"
    NOT_DONE = "not_done"


class Reason(StrEnum):
    """Why there is no proof, or why it was not done; printed to the resident in their language."""

    NOT_CONFIRMED = "not_confirmed"
    NO_ACCESS = "no_access"
    DONE_BY_OTHERS = "done_by_others"
    PLANNED = "planned"
    PRIVATE_PROPERTY = "private_property"
    WEATHER = "weather"
    ANSWERED_BY_PHONE = "answered_by_phone"
    NOTHING_TO_SHOW = "nothing_to_show"


class ForbiddenMove(Refusal):
    def __init__(self, order_id: int, was: str, to: str) -> None:
        super().__init__(
            "order_forbidden_move",
            "Order %(order)s is %(was)s and cannot become %(to)s.",
            order=order_id,
            was=was,
            to=to,
        )


class ProofNeeded(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "proof_needed", "Please add a photo or a video of the result, or choose the reason why there is none."
        )


class ReasonNeeded(Refusal):
    def __init__(self) -> None:
        super().__init__("reason_needed", "Please give a reason.")


class NotYourOrder(Refusal):
    def __init__(self, order_id: int) -> None:
        super().__init__("not_your_order", "Order %(order)s belongs to another service.", order=order_id)


class LinkExpired(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "link_expired", "This link is no longer valid. Ask the dispatcher of your service for a new one."
        )


def check_report(*, outcome: Outcome, proofs: int, reason_code: str) -> None:
    """Done is done with proof, or with a reason code; anything less than done always has a reason code."""
    if outcome is Outcome.DONE and not proofs and not reason_code:
        raise ProofNeeded
    if outcome is not Outcome.DONE and not reason_code:
        raise ReasonNeeded
    if reason_code and reason_code not in set(Reason):
        raise ReasonNeeded
