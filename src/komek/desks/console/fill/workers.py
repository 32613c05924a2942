"""Work shared out to as many processes as there are cores, and what it cost them and the server."""

import gc
import multiprocessing
import os
import resource
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.db import connection, connections

T = TypeVar("T")
R = TypeVar("R")
# In the line of a process the fields after its name, which may hold anything: the 12th and 13th are its time.
USER_TIME, SYSTEM_TIME = 11, 12


@dataclass(frozen=True)
class Cost:
    """Processor seconds of ours and of the server's processes that worked for us."""

    ours: float = 0.0
    servers: float = 0.0
    backend: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.ours + other.ours, self.servers + other.servers)


@dataclass(frozen=True)
class Done(Generic[R]):
    """What came of one piece of work, and what it cost."""

    result: R
    cost: Cost


def spent() -> Cost:
    """What this process and its connection have cost so far; of a server elsewhere nothing is known."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    return Cost(used.ru_utime + used.ru_stime, _of_server(backend), backend)


def since(before: Cost) -> Cost:
    """What was spent since then."""
    now = spent()
    # The connection may be another by now, and then its whole time is since.
    servers = now.servers - before.servers if now.backend == before.backend else now.servers
    return Cost(now.ours - before.ours, servers, now.backend)


def shared(pieces: Sequence[T], work: Callable[[T], R], *, processes: int) -> Iterator[Done[R]]:
    """Do every piece, each by one of several processes, in whatever order they are ready.

    Inside somebody's transaction all of it is done here: what is not committed no other process can see.
    """
    if processes == 1 or connection.in_atomic_block:
        for piece in pieces:
            yield _done(work, piece)
        return
    # A connection is one process's own: each worker opens another.
    connections.close_all()
    context = multiprocessing.get_context("fork")
    global _work  # noqa: PLW0603 - a forked worker finds what cannot be sent to it
    _work = work
    with ProcessPoolExecutor(processes, context, initializer=_begin) as pool:
        running = [pool.submit(_do, piece) for piece in pieces]
        try:
            for one in as_completed(running):
                yield one.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


_work: Callable[[Any], Any] | None = None


def _do(piece: Any) -> Done[Any]:
    assert _work is not None
    done = _done(_work, piece)
    gc.collect()
    return done


def _done(work: Callable[[T], R], piece: T) -> Done[R]:
    before = spent()
    return Done(work(piece), since(before))


def _begin() -> None:
    # Ctrl-C is for the parent, which ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # What is loaded now stays; the rest is collected after every piece instead of in the midst of it.
    gc.freeze()
    gc.disable()


def _of_server(backend: int) -> float:
    """The time of the server's process behind our connection, when it runs on this machine."""
    told = Path(f"/proc/{backend}/stat")
    try:
        fields = told.read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[USER_TIME]) + int(fields[SYSTEM_TIME])) / os.sysconf("SC_CLK_TCK")
