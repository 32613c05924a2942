"""What can go wrong, each made to go wrong for real; chosen by a seed."""

import random
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from chaos.city import City, CityFailed, descendants, kill
from chaos.clock import Clock
from chaos.disk import Disk
from chaos.wire import Wire

_LOOK = 0.002
_CHANCE_SECONDS = 10.0
_JUMP = (20, 90)


class NotMet(Exception):
    """The moment that this fault needs did not come."""


@dataclass
class Stage:
    """What faults are injected into."""

    city: City
    wire: Wire
    disk: Disk | None
    clock: Clock | None
    dice: random.Random
    cut_seconds: float
    full_seconds: float
    wait: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Fault:
    """One way to go wrong. `needs` is what must be there; `weight` how often it is drawn."""

    name: str
    what: str
    inject: Callable[[Stage], str]
    weight: int = 1
    needs: str = ""

    def is_possible(self, stage: Stage) -> bool:
        return not self.needs or getattr(stage, self.needs) is not None


def drawn(count: int, *, seed: int, among: Sequence[Fault]) -> list[Fault]:
    """So many faults in an order that the seed decides: each kind once before any kind comes again."""
    dice = random.Random(f"{seed}:faults")
    chosen: list[Fault] = []
    while len(chosen) < count:
        deck = [fault for fault in among for _ in range(fault.weight)]
        dice.shuffle(deck)
        # The first of each kind before the others of the same kind.
        deck.sort(key=lambda fault: sum(1 for one in chosen if one is fault))
        chosen += deck if chosen else list({fault.name: fault for fault in deck}.values())
    return chosen[:count]


def _kill_leader(program: str) -> Callable[[Stage], str]:
    def inject(stage: Stage) -> str:
        pid = stage.city.leader(program)
        kill(pid)
        return f"process {pid}"

    return inject


def _kill_child_of(program: str) -> Callable[[Stage], str]:
    """One of the processes that a program consists of, not the one that the supervisor watches."""

    def inject(stage: Stage) -> str:
        children = descendants(stage.city.leader(program))
        if not children:
            raise NotMet(f"{program} is a single process")
        pid = stage.dice.choice(children)
        line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()[:60]
        kill(pid)
        return f"process {pid}, {line}"

    return inject


def _kill_supervisor(stage: Stage) -> str:
    pid = stage.city.supervisor()
    kill(pid)
    stage.wait(stage.dice.uniform(0, 2))
    stage.city.up()
    return f"process {pid}, then `komek up`"


def _kill_all(stage: Stage) -> str:
    everybody = stage.city.everybody()
    # The supervisor first, so that it brings nobody back; then all the others within a few thousandths of a second.
    for pid in everybody:
        kill(pid)
    stage.wait(stage.dice.uniform(0, 1))
    stage.city.up()
    return f"{len(everybody)} processes, then `komek up`"


def _cut_power(stage: Stage) -> str:
    """Everybody at once, and with them whatever was written but not synced to the disk."""
    assert stage.disk is not None
    everybody = stage.city.everybody()
    for pid in everybody:
        kill(pid, signal.SIGSTOP)
    left = stage.disk.as_it_is()
    for pid in everybody:
        kill(pid)
    stage.disk.return_to(left)
    stage.city.up()
    return f"{len(everybody)} processes and what was not on the disk, then `komek up`"


def _stop_in_commit(stage: Stage) -> str:
    """Stop the database at once, without a word, while somebody's commit is on its way to the disk."""
    postmaster = stage.city.leader("postgres")
    committing = (
        "SELECT pid, wait_event FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        " AND state = 'active' AND (query ~* '^commit' OR wait_event IN ('WALSync', 'WalSync', 'WALWrite', 'WalWrite'))"
    )
    with stage.city.database(superuser=True) as connection:
        met = _look_for(connection, committing)
        kill(postmaster, signal.SIGQUIT)
    return f"process {postmaster} during the commit of {met[0]} ({met[1] or 'committing'})"


def _kill_worker_in_job(stage: Stage) -> str:
    """Kill the worker in the middle of a job: it is stopped first, so that the job surely is still being done."""
    worker = stage.city.leader("worker")
    doing = "SELECT id, task_name FROM procrastinate_jobs WHERE status = 'doing' ORDER BY queue_name, id LIMIT 1"
    with stage.city.database() as connection:
        deadline = time.monotonic() + _CHANCE_SECONDS
        while True:
            _look_for(connection, doing)
            kill(worker, signal.SIGSTOP)
            met = connection.execute(doing).fetchone()
            if met is not None:
                break
            kill(worker, signal.SIGCONT)
            if time.monotonic() > deadline:
                raise NotMet("no job was met while it was being done")
        kill(worker)
    return f"process {worker} in job {met[0]}, {met[1].rpartition('.')[2]}"


def _fill_disk(stage: Stage) -> str:
    assert stage.disk is not None
    taken = stage.disk.fill()
    try:
        stage.wait(stage.full_seconds)
    finally:
        left = stage.disk.free
        stage.disk.relieve()
    return f"{taken / 1e6:.0f} MB taken for {stage.full_seconds:.0f} s, {left / 1e3:.0f} kB were left"


def _cut_stream(stage: Stage) -> str:
    stage.wire.cut()
    try:
        stage.wait(stage.cut_seconds)
    finally:
        stage.wire.mend()
    return f"for {stage.cut_seconds:.0f} s"


def _freeze_stream(stage: Stage) -> str:
    pid, seconds = stage.city.leader("stream"), min(10.0, stage.cut_seconds)
    kill(pid, signal.SIGSTOP)
    try:
        stage.wait(seconds)
    finally:
        kill(pid, signal.SIGCONT)
    return f"process {pid} for {seconds:.0f} s"


def _jump(way: int) -> Callable[[Stage], str]:
    def inject(stage: Stage) -> str:
        assert stage.clock is not None
        jump = way * stage.dice.randint(*_JUMP)
        stage.clock.set(stage.clock.offset + jump)
        return f"by {jump:+d} s, now {stage.clock.offset:+d} s from the true time"

    return inject


def _second_supervisor(stage: Stage) -> str:
    done = stage.city.komek("up", "--port", str(stage.city.port + 4), check=False)
    if done.returncode == 0 or "is already run by process" not in done.stderr:
        raise CityFailed(f"a second supervisor was not refused: {done.returncode} {done.stdout} {done.stderr}")
    return "refused: " + done.stderr.strip().split(". ")[0].rpartition("/")[2]


def _look_for(connection: psycopg.Connection[tuple[object, ...]], query: str) -> tuple[object, ...]:
    """Ask again and again until the moment is there."""
    deadline = time.monotonic() + _CHANCE_SECONDS
    while time.monotonic() < deadline:
        with suppress(psycopg.errors.UndefinedTable):
            if found := connection.execute(query).fetchone():
                return found
        time.sleep(_LOOK)
    raise NotMet("the moment did not come")


FAULTS = (
    Fault("kill-backend", "kill -9 of a process of PostgreSQL", _kill_child_of("postgres"), weight=2),
    Fault("kill-postmaster", "kill -9 of PostgreSQL", _kill_leader("postgres"), weight=2),
    Fault("kill-web", "kill -9 of the web", _kill_leader("web")),
    Fault("kill-web-worker", "kill -9 of the process behind the web", _kill_child_of("web")),
    Fault("kill-stream", "kill -9 of the stream", _kill_leader("stream")),
    Fault("kill-worker", "kill -9 of the worker", _kill_leader("worker")),
    Fault("kill-worker-in-job", "kill -9 of the worker in the middle of a job", _kill_worker_in_job, weight=2),
    Fault("kill-supervisor", "kill -9 of the supervisor", _kill_supervisor),
    Fault("kill-all", "kill -9 of everybody at once", _kill_all, weight=2),
    Fault("cut-power", "the power cut: everybody gone, and what was not synced", _cut_power, weight=2, needs="disk"),
    Fault("stop-in-commit", "PostgreSQL stopped in the middle of a commit", _stop_in_commit, weight=2),
    Fault("full-disk", "a full disk", _fill_disk, weight=2, needs="disk"),
    Fault("cut-stream", "the wire of the stream cut", _cut_stream),
    Fault("freeze-stream", "the stream frozen", _freeze_stream),
    Fault("clock-ahead", "the clock jumps ahead", _jump(1), needs="clock"),
    Fault("clock-back", "the clock jumps back", _jump(-1), needs="clock"),
    Fault("second-supervisor", "a second supervisor on the same folder", _second_supervisor),
)
