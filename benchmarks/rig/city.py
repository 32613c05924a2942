"""A real city to measure: made once by `komek fill`, started by `komek up`, asked through its own doors."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.rig import meters
from benchmarks.rig.browser import Origin
from benchmarks.rig.meters import Reading, Statement
from komek.platform import postgres, running
from komek.platform.postgres import memory

PACK = Path(__file__).parents[2] / "cities" / "astana"
OURS = "komek-benchmarks"
# Below the range from which the kernel lends ports to outgoing connections.
PORTS = range(20_000, 32_000, 2)
SETTLED_SECONDS = 180.0
LOOK_EVERY = 0.02
# What a stopped worker may keep others waiting for; its jobs count as stalled after thirty seconds.
HELD_SECONDS = 20.0

# The application's settings for a measurement: we play the proxy in front, so that every person has an address.
# A switch beside it would be measured along.
SETTINGS = {"KOMEK_BEHIND_PROXY": "1", "KOMEK_PHONES": "none"}
# Ours of the server: when each transaction was committed, for the age of an event.
CONF = "track_commit_timestamp = on\n"

WAITING = """
SELECT (SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'default' AND (status = 'doing'
            OR status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()))) AS jobs,
       (SELECT count(*) FROM platform_unread) AS unread,
       (SELECT count(*) FROM platform_auditentry
         WHERE id > (SELECT coalesce(max(entry_id), 0) FROM platform_auditseal)) AS unsealed
"""


NEWEST = """
SELECT (SELECT coalesce(max(id), 0) FROM platform_fact), (SELECT coalesce(max(id), 0) FROM platform_auditentry),
       (SELECT coalesce(max(id), 0) FROM procrastinate_jobs)
"""
# The jobs that were asked for; those by the clock are not ours.
LEFT = "SELECT task_name, count(*) FROM procrastinate_jobs WHERE id > %s AND queue_name = 'default' GROUP BY task_name"


@dataclass(frozen=True)
class Log:
    """The newest rows of what every operation adds to."""

    facts: int
    audited: int
    jobs: int

    def since(self, before: "Log") -> "Log":
        """How many have come since."""
        return Log(self.facts - before.facts, self.audited - before.audited, self.jobs - before.jobs)


class CannotMeasure(Exception):
    """The city is not in a state to be measured, and what to do about it."""


class NotSettled(Exception):
    """Work was still waiting when it should have been done."""


class City:
    """One installation in one home, with our own connections to its server beside those of the application."""

    def __init__(self, home: Path, port: int) -> None:
        self.home = home
        self.web = Origin("127.0.0.1", port)
        self.stream = Origin("127.0.0.1", port + 1)
        self.origin = f"http://localhost:{port}"
        server = home / "postgres"
        self.sql = psycopg.connect(
            postgres.superuser_url(server, database=memory.DATABASE), autocommit=True, application_name=OURS
        )
        self._statistics = psycopg.connect(postgres.superuser_url(server), autocommit=True, application_name=OURS)

    @property
    def roots(self) -> dict[str, int]:
        """The leading process of each program."""
        state = running.state(self.home)
        if state is None:
            raise CannotMeasure(f"The city in {self.home} has stopped; see its logs.")
        if missing := [name for name in meters.PROGRAMS if name not in state["programs"]]:
            raise CannotMeasure(f"{', '.join(missing)} of the city in {self.home} has died; see its logs.")
        return {name: int(state["programs"][name]["pid"]) for name in meters.PROGRAMS}

    @property
    def cards(self) -> int:
        """How many cards the register holds, as the planner knows it."""
        row = self.sql.execute("SELECT reltuples::bigint FROM pg_class WHERE relname = 'cards_card'").fetchone()
        return max(0, int(row[0])) if row else 0

    def read(self) -> Reading:
        """Read the meters of all programs."""
        ours = {self.sql.info.backend_pid, self._statistics.info.backend_pid}
        return meters.read(self.roots, leave_out=ours)

    def memory(self) -> dict[str, float]:
        """Megabytes by program."""
        return meters.memory(self.roots)

    def statements(self) -> dict[int, Statement]:
        """Every statement of the application so far."""
        return meters.counted(self._statistics, role=memory.ROLE, database=memory.DATABASE)

    def log(self) -> Log:
        """Where the log of facts, the audit and the queue of jobs stand."""
        return Log(*(self.sql.execute(NEWEST).fetchone() or (0, 0, 0)))

    def jobs_since(self, before: Log) -> dict[str, int]:
        """The jobs that were asked for since, by task; to be asked while the worker rests, who may not keep the done ones."""
        return dict(self.sql.execute(LEFT, [before.jobs]).fetchall())

    def waiting(self) -> dict[str, int]:
        """What is still to be done: due jobs, facts that no follower has read, audit entries without a seal."""
        jobs, unread, unsealed = self.sql.execute(WAITING).fetchone() or (0, 0, 0)
        return {"jobs": jobs, "unread": unread, "unsealed": unsealed}

    def settle(self, *, seconds: float = SETTLED_SECONDS) -> None:
        """Wait until everything that followed from what was done is done as well."""
        deadline = time.monotonic() + seconds
        while any(self.waiting().values()):
            if time.monotonic() > deadline:
                raise NotSettled(f"After {seconds:.0f} s there still wait {self.waiting()}; see {self.home / 'logs'}.")
            time.sleep(LOOK_EVERY)

    def hold_still(self, seconds: float) -> None:
        """Let time pass with nothing asked of the city: what a baseline is taken over."""
        time.sleep(seconds)

    @contextmanager
    def worker_held(self) -> Iterator[None]:
        """Stop the worker for a moment, between two transactions, so that the statements of the web are counted alone."""
        pid = self.roots["worker"]
        deadline = time.monotonic() + HELD_SECONDS
        while True:
            os.kill(pid, signal.SIGSTOP)
            if not self._in_transaction():
                break
            os.kill(pid, signal.SIGCONT)
            if time.monotonic() > deadline:
                raise NotSettled("The worker never rested between two transactions.")
            time.sleep(LOOK_EVERY)
        try:
            yield
        finally:
            # Held for too long it may have been taken for dead, and replaced.
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def ask_inside(self, what: str, **told: Any) -> Any:
        """Ask the product's own code in a process of its own, and only outside of a measurement."""
        address = f"{postgres.url(self.home / 'postgres')}?application_name={OURS}"
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.rig.inside", what],
            input=json.dumps(told),
            env=os.environ
            | SETTINGS
            | {"KOMEK_HOME": str(self.home), "DATABASE_URL": address, "KOMEK_LOG_LEVEL": "CRITICAL"},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CannotMeasure(f"The city could not say: {what}.")
        return json.loads(done.stdout)

    def close(self) -> None:
        """Let go of our connections."""
        self.sql.close()
        self._statistics.close()

    def _in_transaction(self) -> bool:
        row = self.sql.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND state IN ('active', 'idle in transaction')",
            [memory.ROLE],
        ).fetchone()
        return bool(row and row[0])


@contextmanager
def running_city(home: Path, *, cards: int, environment: Mapping[str, str] | None = None) -> Iterator[City]:
    """The city of this home, filled when it is new; stopped at the end, whatever happened."""
    if os.environ.get("DATABASE_URL"):
        raise CannotMeasure("The benchmarks read the meters of all programs on this machine: unset DATABASE_URL.")
    if running.state(home) is not None:
        raise CannotMeasure(f"Komek runs in {home} already: stop it (`KOMEK_HOME={home} komek down`) or choose --home.")
    env = os.environ | SETTINGS | dict(environment or {}) | {"KOMEK_HOME": str(home)}
    if not postgres.exists(home / "postgres"):
        home.mkdir(parents=True, exist_ok=True)
        _komek(["fill", "--cards", str(cards)], env)
    ours = home / "postgres" / "local.conf"
    if not ours.exists():
        ours.write_text(CONF)
        # The server may run under another account.
        ours.chmod(0o644)
    port = free_ports()
    _komek(["up", "--detach", "--port", str(port)], env)
    try:
        city = City(home, port)
        try:
            yield city
        finally:
            city.close()
    finally:
        running.down(home)


def free_ports() -> int:
    """The first of two neighbouring ports that nobody has."""
    while True:
        port = secrets.choice(PORTS)
        if all(_is_free(one) for one in (port, port + 1)):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _komek(words: list[str], env: Mapping[str, str]) -> None:
    done = subprocess.run([sys.executable, "-m", "komek.config.cli", *words], env=env, check=False)
    if done.returncode:
        raise CannotMeasure(f"`komek {' '.join(words)}` failed with {done.returncode}.")
