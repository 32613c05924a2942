"""What is looked at by the clock, wherever a worker runs."""

import structlog

from komek.platform import jobs
from komek.platform.clock import now
from komek.rooms.recordings import actions, queries

log = structlog.get_logger("komek.recordings")


@jobs.every("* * * * *")
def compare() -> int:
    """Say of which answered calls there is no sound; returns how many. The wall is told by the figure."""
    found = queries.unrecorded(at=now())
    for one in found:
        log.error("recordings.call_without_sound", call=one.unique_id, lack=one.lack.value, agent=one.agent_id)
    return len(found)


@jobs.every("17 2 * * *")
def destroy_expired() -> int:
    """Destroy the recordings whose time is over; returns how many."""
    return actions.destroy_expired(at=now())


@jobs.every("3 0 * * *")
def tell_the_head() -> None:
    """Say where the chain ends, once a day: in the facts and in the log, for whoever prints it."""
    actions.tell_the_head(at=now())
