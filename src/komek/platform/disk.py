"""The disk of the installation: whether it is full, or so nearly full that nothing new should be begun.

Whoever brings something is refused while there is still a little room: it belongs to what was taken in already, and to the
database, which stops altogether when it cannot write its log.
"""

import errno
import os
from pathlib import Path

import psycopg

MEGABYTE = 1024**2
# As long as there is this much, everything is taken in; of a small disk a twentieth is enough.
RESERVE_MEGABYTES = 200
PART_OF_SMALL_DISK = 20

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_DISK_FULL = "53100"
_MOST_CAUSES = 10


def is_short(folder: Path) -> bool:
    """Whether the disk of this folder has less room than is kept back."""
    try:
        room = os.statvfs(folder)
    except OSError:
        return False
    told = os.environ.get("KOMEK_DISK_RESERVE")
    reserve = min(RESERVE_MEGABYTES * MEGABYTE, room.f_blocks * room.f_frsize // PART_OF_SMALL_DISK)
    return room.f_bavail * room.f_frsize < (int(told) * MEGABYTE if told else reserve)


def used(folder: Path) -> float | None:
    """Which part of the disk of this folder is in use; None where that cannot be asked."""
    try:
        room = os.statvfs(folder)
    except OSError:
        return None
    # Of what we may use: the rest is kept for the administrator.
    ours = room.f_blocks - room.f_bfree + room.f_bavail
    return (room.f_blocks - room.f_bfree) / ours if ours else None


def is_full(failure: BaseException | None) -> bool:
    """Whether a failure means that there was no room, for us or for the database, however it is wrapped."""
    for _ in range(_MOST_CAUSES):
        if failure is None:
            return False
        if isinstance(failure, OSError) and failure.errno in _NO_ROOM:
            return True
        if isinstance(failure, psycopg.Error) and failure.sqlstate == _DISK_FULL:
            return True
        failure = failure.__cause__ or failure.__context__
    return False
