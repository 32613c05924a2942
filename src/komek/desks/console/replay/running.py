"""Playing a whole file: in parts of fixed size, each one transaction, by as many processes as there are cores.

A part is played whole or not at all, whatever kills the process; so a second run finds by two look-ups a part what
is left, and no request is ever played twice. One author's requests are always in one lane: two transactions that
both remember the same person would wait for each other.
"""

import gc
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from zlib import crc32
from zoneinfo import ZoneInfo

from django.db import connection, connections, transaction

from komek.desks.console.deferred import deferred
from komek.desks.console.replay import player, requests
from komek.desks.console.replay.requests import Request
from komek.platform import audit, unit

ROWS_A_PART = 40
# The same whatever the number of processes, so that a run by two is gone on with by one.
LANES = 16
ACTOR = "console:replay"

Part = list[Request]
Tell = Callable[[int], None]


def play(path: Path, *, zone: ZoneInfo, limit: int | None, workers: int, tell: Tell) -> int:
    """Play what is left of the file; tells how many rows are behind us; returns how many were played now."""
    work = _Work(player.known_codes(), player.cast())
    lanes = parts(path, zone=zone, limit=limit)
    todo = [[missing for part in lane if (missing := left(part))] for lane in lanes]
    waiting = sum(len(part) for lane in todo for part in lane)
    tell(_rows(path, limit) - waiting)
    if workers == 1:
        for part in (part for lane in todo for part in lane):
            tell(work(part))
        return waiting
    # A connection is one process's own: each worker opens another.
    connections.close_all()
    _play_together([deque(_of_worker(todo, worker, workers)) for worker in range(workers)], work, tell)
    return waiting


def parts(path: Path, *, zone: ZoneInfo, limit: int | None) -> list[list[Part]]:
    """The lanes of the file, each in parts; the same rows are in the same part on every run."""
    lanes: list[list[Part]] = [[] for _ in range(LANES)]
    for request in requests.read(path, zone=zone, limit=limit):
        lane = lanes[crc32(request.author.encode()) % LANES]
        if not lane or len(lane[-1]) == ROWS_A_PART:
            lane.append([])
        lane[-1].append(request)
    return lanes


def left(part: Part) -> Part:
    """What of a part is not in the database: all, nothing, or, after a run that was limited, its end."""
    if player.is_played(part[-1]):
        return []
    if not player.is_played(part[0]):
        return part
    return [request for request in part if not player.is_played(request)]


def _of_worker(lanes: list[list[Part]], worker: int, workers: int) -> Iterator[Part]:
    for lane in lanes[worker::workers]:
        yield from lane


def _play_together(queues: list[deque[Part]], work: "_Work", tell: Tell) -> None:
    """Let each worker have one part of its own lanes at a time."""
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(len(queues), context, initializer=_begin_worker) as pool:
        playing: dict[Future[int], deque[Part]] = {}

        def go_on(queue: deque[Part]) -> None:
            if queue:
                playing[pool.submit(work, queue.popleft())] = queue

        for queue in queues:
            go_on(queue)
        try:
            while playing:
                for done in wait(playing, return_when=FIRST_COMPLETED).done:
                    queue = playing.pop(done)
                    tell(done.result())
                    go_on(queue)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


class _Work:
    """Plays one part after another in one process."""

    def __init__(self, codes: player.Codes, people: player.Cast) -> None:
        self.codes = codes
        self.people = people

    def __call__(self, part: Part) -> int:
        for request in part:
            self.codes.check(request)
        with (
            audit.acting(ACTOR),
            _without_savepoints(),
            deferred(tells_residents=False) as later,
            transaction.atomic(),
            unit.opened("replay"),
        ):
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
    # Hundreds of statements a request, always the same ones: the server plans each of them once.
    connection.settings_dict["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 2}
    # What is loaded now stays; the rest is collected after every part instead of in the midst of it.
    gc.freeze()
    gc.disable()


def _rows(path: Path, limit: int | None) -> int:
    rows = requests.count(path)
    return rows if limit is None else min(limit, rows)
