"""Where time itself is played, somebody has to notice that a promise has run out."""

from datetime import datetime, timedelta

from komek.desks.console.demo.stage import Stage
from komek.rooms.intake import actions as intake
from komek.rooms.intake import facts as contacts
from komek.rooms.intake.rules import OFFER_LASTS
from komek.rooms.routing import actions as routing
from komek.rooms.routing import facts

A_MOMENT_LATER = timedelta(seconds=20)


class Time:
    """Does in the past what the worker's clock does in the present."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        for kind in (facts.ClockStarted, facts.ClockResumed, facts.DeadlineExtended, facts.DeadlineRecounted):
            stage.listen(kind, self.promised)
        stage.listen(contacts.ContactOffered, self.offered)

    def promised(self, fact: object) -> None:
        """Look when the promise runs out."""
        due_at: datetime | None = getattr(fact, "due_at", None)
        if due_at is not None:
            self.stage.plan(due_at + A_MOMENT_LATER, self._miss)

    def offered(self, fact: object) -> None:
        """Look whether somebody has answered."""
        if isinstance(fact, contacts.ContactOffered):
            self.stage.plan(fact.at + OFFER_LASTS, self._withdraw)

    def _miss(self, at: datetime) -> None:
        routing.miss_deadlines(at=at)

    def _withdraw(self, at: datetime) -> None:
        intake.withdraw_expired_offers(at=at)
