"""Jobs held back and run at a moment that is told: replays and simulated histories have a clock of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from komek.platform import facts, jobs
from komek.rooms.channels import actions as channels

TELLS_RESIDENTS = "komek.rooms.feedback."


class Deferred:
    """What was put off until after the commit, run in order as if a worker had done it at once."""

    def __init__(self, held: jobs.Held, *, tells_residents: bool) -> None:
        self._held = held
        self._tells_residents = tells_residents

    def run(self, *, at: datetime) -> None:
        """Run all that waits, and what that asks for in turn."""
        while self._held.waiting:
            task, arguments = self._held.waiting.pop(0)
            if task is channels.deliver:
                # A worker looks at the clock; here the time is told.
                channels.send(arguments["message_id"], at=at)
            elif self._tells_residents or not _tells_residents(task, arguments):
                task(**arguments)


@contextmanager
def deferred(*, tells_residents: bool = True) -> Iterator[Deferred]:
    """Hold the jobs asked for meanwhile; whoever opened this runs them.

    Somebody else's past is replayed without telling residents anything: they heard it long ago.
    """
    with jobs.held() as held:
        yield Deferred(held, tells_residents=tells_residents)


def _tells_residents(task: object, arguments: dict[str, object]) -> bool:
    return task is facts.react and str(arguments["reaction"]).startswith(TELLS_RESIDENTS)
