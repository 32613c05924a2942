"""Jobs held back and run at a moment that is told: replays and simulated histories have a clock of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from komek.platform import jobs
from komek.rooms.channels import actions as channels


class Deferred:
    """What was put off until after the commit, run in order as if a worker had done it at once."""

    def __init__(self, held: jobs.Held) -> None:
        self._held = held

    def run(self, *, at: datetime) -> None:
        """Run all that waits, and what that asks for in turn."""
        while self._held.waiting:
            task, arguments = self._held.waiting.pop(0)
            if task is channels.deliver:
                # A worker looks at the clock; here the time is told.
                channels.send(arguments["message_id"], at=at)
            else:
                task(**arguments)


@contextmanager
def deferred() -> Iterator[Deferred]:
    """Hold the jobs asked for meanwhile; whoever opened this runs them."""
    with jobs.held() as held:
        yield Deferred(held)
