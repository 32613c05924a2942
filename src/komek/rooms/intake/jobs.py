"""What intake does by the clock."""

from komek.platform import clock, jobs
from komek.rooms.intake import actions


@jobs.every("* * * * * */5")
def keep_the_queue_moving() -> int:
    """Take back unanswered offers, free seats from long wrap-ups, and offer again; returns how many offers were made.

    The last step also joins an arrival and a seat that were made in the same moment and did not see each other.
    """
    at = clock.now()
    actions.withdraw_expired_offers(at=at)
    actions.release_wrap_ups(at=at)
    return actions.offer_waiting(at=at)
