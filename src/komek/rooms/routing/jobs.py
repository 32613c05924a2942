"""Each minute: which promises were broken since the last look."""

from komek.platform import jobs
from komek.platform.clock import now
from komek.rooms.routing import actions


@jobs.every("* * * * *")
def miss_deadlines() -> None:
    """Broken promises are noted within a minute."""
    actions.miss_deadlines(at=now())
