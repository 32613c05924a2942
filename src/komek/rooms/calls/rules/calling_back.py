"""Whom we call back, and when."""

from datetime import datetime, time, timedelta

# A caller who rang for a life in danger and was gone before anybody answered is called at once; others after a while.
FIRST_TRY = timedelta(minutes=10)
BETWEEN_TRIES = timedelta(minutes=10)
MOST_TRIES = 3
# Nobody is called at night who has not asked for it.
NIGHT_BEGINS, NIGHT_ENDS = time(22), time(8)
# Who was gone so soon had dialled wrong, or read the number from a wall.
SHORTEST_WAIT = timedelta(seconds=10)


def not_at_night(local: datetime) -> datetime:
    """The moment itself, or the end of the night that it lies in; in the time of whoever is called."""
    if NIGHT_ENDS <= local.time() < NIGHT_BEGINS:
        return local
    day = local.date() + timedelta(days=1) if local.time() >= NIGHT_BEGINS else local.date()
    return datetime.combine(day, NIGHT_ENDS, local.tzinfo)


def is_their_turn(*, ahead: int, free: int, rung: int, staffed: int) -> bool:
    """Whether whoever is to be called back keeps their place by being called now.

    `ahead` have waited longer and wait still, `free` people could answer this moment, `rung` are being called or have been
    and wait, `staffed` are at work. Nobody is called whom nobody will answer soon.
    """
    return staffed > 0 and ahead <= free + 1 and rung < free + max(1, staffed // 10)
