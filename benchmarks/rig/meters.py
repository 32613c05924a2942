"""What the operating system and PostgreSQL say the city has spent: processor time, memory, statements.

Processor time is that of each program's whole tree of processes: what the living have used and what their ended
children had used. Backends of our own connections are left out.
"""

import os
import time
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

PROGRAMS = ("web", "stream", "worker", "postgres")
MS_PER_TICK = 1000 / os.sysconf("SC_CLK_TCK")
TRANSACTION_CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "START TRANSACTION", "END")

COUNTED = """
SELECT s.queryid, min(s.query), sum(s.calls)::bigint, sum(s.total_exec_time)
FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid JOIN pg_database d ON d.oid = s.dbid
WHERE r.rolname = %s AND d.datname = %s AND s.toplevel
GROUP BY s.queryid
"""


@dataclass(frozen=True)
class Reading:
    """What the meters showed at one moment: milliseconds of processor time by program."""

    at: float
    cpu: Mapping[str, float]

    def since(self, before: "Reading") -> "Span":
        """What was spent between two readings."""
        return Span(self.at - before.at, {name: self.cpu[name] - before.cpu[name] for name in self.cpu})


@dataclass(frozen=True)
class Span:
    """What was spent in so many seconds."""

    seconds: float
    cpu: Mapping[str, float]

    @property
    def total(self) -> float:
        """Milliseconds of all programs together."""
        return sum(self.cpu.values())

    def without(self, idle: "Span") -> "Span":
        """What is left when the same time spent idle is taken off."""
        share = self.seconds / idle.seconds
        return Span(self.seconds, {name: self.cpu[name] - idle.cpu[name] * share for name in self.cpu})

    def __add__(self, other: "Span") -> "Span":
        return Span(self.seconds + other.seconds, {name: self.cpu[name] + other.cpu[name] for name in self.cpu})


@dataclass(frozen=True)
class Statement:
    """One kind of statement: how often it was asked, and for how many milliseconds altogether."""

    text: str
    calls: float
    ms: float

    @property
    def is_control(self) -> bool:
        """Whether it only begins or ends a transaction."""
        return self.text.lstrip().upper().startswith(TRANSACTION_CONTROL)

    @property
    def is_check(self) -> bool:
        """Whether the server asked it of itself: deferred foreign keys, looked up when a transaction commits."""
        return self.text.startswith("SELECT") and "FROM ONLY" in self.text and self.text.endswith("FOR KEY SHARE OF x")


def read(roots: Mapping[str, int], *, leave_out: Collection[int] = ()) -> Reading:
    """Read the meters of these trees of processes."""
    children: dict[int, list[int]] = defaultdict(list)
    used: dict[int, float] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        pid = int(folder.name)
        children[int(fields[1])].append(pid)
        # utime, stime, cutime, cstime
        used[pid] = sum(map(int, fields[11:15])) * MS_PER_TICK

    def tree(pid: int) -> float:
        if pid in leave_out:
            return 0.0
        return used.get(pid, 0.0) + sum(tree(child) for child in children[pid])

    return Reading(time.monotonic(), {name: tree(pid) for name, pid in roots.items()})


def memory(roots: Mapping[str, int]) -> dict[str, float]:
    """Megabytes by program: proportional sets, so that what processes share is counted once."""
    children: dict[int, list[int]] = defaultdict(list)
    sizes: dict[int, float] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            rolled = (folder / "smaps_rollup").read_text()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        children[parent].append(int(folder.name))
        sizes[int(folder.name)] = next(
            (int(line.split()[1]) / 1024 for line in rolled.splitlines() if line.startswith("Pss:")), 0.0
        )

    def tree(pid: int) -> float:
        return sizes.get(pid, 0.0) + sum(tree(child) for child in children[pid])

    return {name: tree(pid) for name, pid in roots.items()}


def counted(connection: psycopg.Connection, *, role: str, database: str) -> dict[int, Statement]:
    """Every statement of the application so far, by its id."""
    rows = connection.execute(COUNTED, [role, database]).fetchall()
    return {queryid: Statement(text, float(calls), float(ms)) for queryid, text, calls, ms in rows}


def asked(before: Mapping[int, Statement], after: Mapping[int, Statement]) -> dict[int, Statement]:
    """What was asked between two counts."""
    found = {}
    for queryid, now in after.items():
        was = before.get(queryid, Statement(now.text, 0, 0))
        if now.calls > was.calls:
            found[queryid] = Statement(now.text, now.calls - was.calls, now.ms - was.ms)
    return found


def without(found: Mapping[int, Statement], idle: Mapping[int, Statement], *, share: float) -> dict[int, Statement]:
    """What was asked, less this share of what is asked when nothing happens."""
    left = {}
    for queryid, one in found.items():
        by_itself = idle.get(queryid, Statement(one.text, 0, 0))
        calls = one.calls - by_itself.calls * share
        if calls > 0:
            left[queryid] = Statement(one.text, calls, max(0.0, one.ms - by_itself.ms * share))
    return left
