"""What the knowledge does by the clock."""

from komek.platform import jobs
from komek.platform.clock import now
from komek.rooms.knowledge import actions


@jobs.every("20 3 * * *")
def forget_old_searches() -> int:
    """Keep the list of what is missing as short as it is useful."""
    return actions.forget_old_searches(at=now())
