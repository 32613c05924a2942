"""Where time itself is played, somebody has to notice that a promise has run out."""

from datetime import datetime, timedelta

from komek.desks.console.demo.stage import Stage
from komek.rooms.routing import actions as routing
from komek.rooms.routing import facts

A_MOMENT_LATER = timedelta(seconds=20)


class Time:
    """Does in the past what the worker's clock does in the present."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        for kind in (facts.ClockStarted, facts.ClockResumed, facts.DeadlineExtended, facts.DeadlineRecounted):
            stage.listen(kind, self.promised)

    def promised(self, fact: object) -> None:
        """Look when the promise runs out."""
        due_at: datetime | None = getattr(fact, "due_at", None)
        if due_at is not None:
            self.stage.plan(due_at + A_MOMENT_LATER, self._miss)

    def _miss(self, at: datetime) -> None:
        routing.miss_deadlines(at=at)
