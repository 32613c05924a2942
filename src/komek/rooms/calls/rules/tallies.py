"""Calls of a span of time, counted."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

# Whoever rings again so soon has not been helped.
AGAIN_WITHIN = timedelta(minutes=30)
# An answer so soon is in time; who left so soon had hardly begun to wait.
IN_TIME_SECONDS, SOON_SECONDS = 20, 5


@dataclass(frozen=True)
class Tally:
    """What the journal says of the calls that came into a queue in one span of time, as it stands now.

    A call is offered once, when it first comes into a queue; it is answered, to be called back or abandoned, or waits.
    """

    begins_at: datetime
    offered: int = 0
    answered: int = 0
    in_time: int = 0
    abandoned: int = 0
    abandoned_soon: int = 0
    to_call_back: int = 0
    waiting: int = 0
    talking: int = 0
    # Of those who were answered, all together.
    waited_seconds: int = 0

    @property
    def service_level(self) -> float | None:
        """Answered in time / (offered - abandoned soon)."""
        held = self.offered - self.abandoned_soon
        return self.in_time / held if held > 0 else None

    @property
    def asa(self) -> float | None:
        """How long whoever was answered had waited on average."""
        return self.waited_seconds / self.answered if self.answered else None


def together(tallies: Sequence[Tally], *, begins_at: datetime) -> Tally:
    """Several spans as one."""
    counted = [field.name for field in fields(Tally)][1:]
    return Tally(begins_at, **{name: sum(getattr(one, name) for one in tallies) for name in counted})
