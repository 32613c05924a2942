"""What channels do by the clock."""

from komek.platform import clock, jobs
from komek.rooms.channels import actions


@jobs.every("* * * * *")
def send_again() -> int:
    """Try the messages again whose time has come."""
    return actions.send_again(at=clock.now())


@jobs.every("* * * * *")
def call_again() -> int:
    """Bring those back on the list who did not answer and are to be called again."""
    return actions.call_again(at=clock.now())
