"""Playing a whole file: in parts of fixed size, each one transaction, by as many processes as there are cores.

A part is played whole or not at all, whatever kills the process; so a second run finds by two look-ups a part what
is left, and no request is ever played twice.
"""

import gc
import multiprocessing
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import connection, connections, transaction

from komek.desks.console.deferred import deferred
from komek.desks.console.replay import player, requests
from komek.desks.console.replay.requests import Request
from komek.platform import audit

ROWS_A_PART = 40
ACTOR = "console:replay"

Part = list[Request]


def parts(path: Path, *, zone: ZoneInfo, limit: int | None) -> Iterator[Part]:
    """The file in parts; the same rows are in the same part on every run."""
    rows = requests.read(path, zone=zone, limit=limit)
    while part := list(islice(rows, ROWS_A_PART)):
        yield part


def left(part: Part) -> Part:
    """What of a part is not in the database: all, nothing, or, after a run that was limited, its end."""
    if player.is_played(part[-1]):
        return []
    if not player.is_played(part[0]):
        return part
    return [request for request in part if not player.is_played(request)]


def play(path: Path, *, zone: ZoneInfo, limit: int | None, workers: int, tell: Callable[[int], None]) -> int:
    """Play what is left of the file; tells how many rows are behind us; returns how many were played now."""
    people = player.cast()
    played = 0
    todo = _todo(path, zone=zone, limit=limit, tell=tell)
    if workers == 1:
        for done in map(_Work(player.known_codes(), people), todo):
            tell(done)
            played += done
        return played
    work = _Work(player.known_codes(), people)
    waiting = list(todo)
    # A connection is one process's own: each worker opens another.
    connections.close_all()
    context = multiprocessing.get_context("fork")
    with context.Pool(workers, initializer=_begin_worker) as pool:
        for done in pool.imap_unordered(work, waiting):
            tell(done)
            played += done
    return played


def _todo(path: Path, *, zone: ZoneInfo, limit: int | None, tell: Callable[[int], None]) -> Iterator[Part]:
    for part in parts(path, zone=zone, limit=limit):
        missing = left(part)
        tell(len(part) - len(missing))
        if missing:
            yield missing


class _Work:
    """Plays one part after another in one process."""

    def __init__(self, codes: player.Codes, people: player.Cast) -> None:
        self.codes = codes
        self.people = people

    def __call__(self, part: Part) -> int:
        for request in part:
            self.codes.check(request)
        with audit.acting(ACTOR), _without_savepoints(), deferred(tells_residents=False) as later, transaction.atomic():
            one = player.Player(self.codes, self.people, later)
            for request in part:
                one.play(request)
        gc.collect()
        return len(part)


@contextmanager
def _without_savepoints() -> Iterator[None]:
    """Let nested transactions be part of the outer one: a part is undone whole anyway, and a third of the work is saved."""
    was = connection.features.uses_savepoints
    connection.features.uses_savepoints = False
    try:
        yield
    finally:
        connection.features.uses_savepoints = was


def _begin_worker() -> None:
    # Ctrl-C is for the parent, which ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # What is loaded now stays; the rest is collected after every part instead of in the midst of it.
    gc.freeze()
    gc.disable()
