"""What channels do by the clock."""

from komek.platform import clock, jobs
from komek.rooms.channels import actions


@jobs.every("* * * * *")
def send_again() -> int:
    """Try the messages again whose time has come."""
    return actions.send_again(at=clock.now())
