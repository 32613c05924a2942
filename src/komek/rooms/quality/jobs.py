"""What the floor is looked at for by the clock."""

from komek.platform import jobs
from komek.platform.clock import now
from komek.rooms.quality import actions


@jobs.every("* * * * * */10")
def watch() -> int:
    """Say it once when a figure of the wall comes to where somebody has to act."""
    return actions.watch(at=now())
