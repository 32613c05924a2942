"""Statuses of an order, reason codes, and what counts as done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from komek.refusal import Refusal

LINK_LASTS = timedelta(hours=72)
# Two machines of one installation do not show quite the same time.
A_CLOCK_ASIDE = timedelta(minutes=5)
# As long as a shift: what a telephone did without a network is believed to have been then, not longer ago.
LONGEST_WITHOUT_NETWORK = timedelta(hours=12)
LONGEST_FOREMAN = 120
# A service that was reminded is let to work before it is reminded again.
REMINDED_FOR = timedelta(minutes=15)
MOST_PROOFS = 20
# Kinds of stored files that show something.
PROOF_KINDS = frozenset({"image", "video"})


class Status(StrEnum):
    SENT = "sent"
    ACCEPTED = "accepted"
    ON_THE_WAY = "on_the_way"
    ON_SITE = "on_site"
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


OPEN = frozenset({Status.SENT, Status.ACCEPTED, Status.ON_THE_WAY, Status.ON_SITE})

GONE = frozenset({Status.DECLINED, Status.WITHDRAWN})

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.SENT: frozenset({Status.ACCEPTED, Status.ON_THE_WAY, Status.DECLINED, Status.WITHDRAWN, Status.DONE}),
    Status.ACCEPTED: frozenset({Status.ON_THE_WAY, Status.ON_SITE, Status.DONE, Status.DECLINED, Status.WITHDRAWN}),
    Status.ON_THE_WAY: frozenset({Status.ON_SITE, Status.DONE, Status.DECLINED, Status.WITHDRAWN}),
    Status.ON_SITE: frozenset({Status.DONE, Status.DECLINED, Status.WITHDRAWN}),
    Status.DONE: frozenset({Status.ACCEPTED, Status.WITHDRAWN}),
    Status.DECLINED: frozenset(),
    Status.WITHDRAWN: frozenset(),
}


# How far the work is; who was further already needs no earlier step.
STEPS = (Status.SENT, Status.ACCEPTED, Status.ON_THE_WAY, Status.ON_SITE, Status.DONE)


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


WITHOUT_PROOF = (Reason.NOTHING_TO_SHOW, Reason.ANSWERED_BY_PHONE)
NOT_DONE = tuple(reason for reason in Reason if reason not in WITHOUT_PROOF)


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


class NoSuchOrder(Refusal):
    def __init__(self, order_id: object) -> None:
        super().__init__("no_such_order", "There is no order %(order)s.", order=order_id)


class UnknownProof(Refusal):
    def __init__(self) -> None:
        super().__init__("unknown_proof", "A file of the report is not here. Please add the photo or video again.")


class TooManyProofs(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "too_many_proofs", "A report takes %(most)s photos and videos at most: choose the best.", most=MOST_PROOFS
        )


class WrongOutcome(Refusal):
    def __init__(self, outcome: object) -> None:
        super().__init__("wrong_outcome", "“%(outcome)s” is not a result: done, partly or not done.", outcome=outcome)


class ForemanNeeded(Refusal):
    def __init__(self) -> None:
        super().__init__("foreman_needed", "Please write the name of the foreman.")


class KeyTaken(Refusal):
    """One key, one report: the same post for another order is a mistake of whoever sent it."""

    def __init__(self) -> None:
        super().__init__("report_key_taken", "This report was made for another order already. Open the order again.")


class NotYourOrder(Refusal):
    def __init__(self, order_id: int) -> None:
        super().__init__("not_your_order", "Order %(order)s belongs to another service.", order=order_id)


class NobodyToRemind(Refusal):
    def __init__(self, number: str) -> None:
        super().__init__("nobody_to_remind", "No service is at work on card %(number)s.", number=number)


class JustReminded(Refusal):
    def __init__(self, number: str) -> None:
        super().__init__(
            "just_reminded", "The services on card %(number)s have been reminded a moment ago.", number=number
        )


class LinkExpired(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "link_expired", "This link is no longer valid. Ask the dispatcher of your service for a new one."
        )


class Shows(StrEnum):
    """What a photo or a video shows."""

    BEFORE = "before"
    AFTER = "after"
    PLACE = "place"


@dataclass(frozen=True)
class Link:
    """A link that opens an order now, and to whom it was given."""

    token: str
    foreman: str
    given_at: datetime

    @property
    def until(self) -> datetime:
        return self.given_at + LINK_LASTS


@dataclass(frozen=True)
class Pass:
    """What a foreman's link says: this order, given to this person at this time, in this version of its links."""

    order_id: int
    version: int
    foreman: str
    given_at: datetime

    def check(self, *, version: int, status: str, at: datetime) -> None:
        """Raise LinkExpired unless the link may still be used."""
        fresh = self.given_at <= at + A_CLOCK_ASIDE and at <= self.given_at + LINK_LASTS
        if not fresh or version != self.version or status in GONE:
            raise LinkExpired


def believed(told: datetime | None, *, since: datetime, at: datetime) -> datetime:
    """When something was done, by the telephone that did it without a network.

    It cannot have been after it was heard, before what is known already, nor longer ago than a shift.
    """
    return at if told is None else min(at, max(told, since, at - LONGEST_WITHOUT_NETWORK))


def is_as_far(status: str, wanted: str) -> bool:
    """Whether an order stands where a step would bring it, or further on."""
    return status in STEPS and STEPS.index(Status(status)) >= STEPS.index(Status(wanted))


def outcome_of(text: str) -> Outcome:
    """The result that was reported; raises WrongOutcome."""
    try:
        return Outcome(text)
    except ValueError as failure:
        raise WrongOutcome(text) from failure


def check_report(*, outcome: Outcome, proofs: int, reason_code: str) -> None:
    """Done is done with proof, or with a reason code; anything less than done always has a reason code."""
    if outcome is Outcome.DONE and not proofs and not reason_code:
        raise ProofNeeded
    if outcome is not Outcome.DONE and not reason_code:
        raise ReasonNeeded
    if reason_code and reason_code not in set(Reason):
        raise ReasonNeeded
    if proofs > MOST_PROOFS:
        raise TooManyProofs
