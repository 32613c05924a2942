"""Asking everything in one moment of the register, and telling what was found."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from komek.desks.console.verify import cards, carriers, store, talk, work
from komek.desks.console.verify.check import EXAMPLES, Check, Finding, Tables, ask, first_position, tables
from komek.platform import audit
from komek.rooms.analytics import actions as analytics
from komek.rooms.recordings import queries as recordings

CHECKS: tuple[Check, ...] = (*cards.CHECKS, *work.CHECKS, *talk.CHECKS, *carriers.CHECKS)
# Enough for the sorting of a year's history without a file on the disk for each step of it.
_WORK_MEMORY = "128MB"
# Entries are sealed when their transactions have ended, so the chain is a little out of the order of time.
_LATE_SEALS = 1_000


@dataclass
class Verdict:
    """What was looked at, and what is wrong with it."""

    at: datetime
    since: datetime | None
    counts: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    remarks: list[Finding] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def in_order(self) -> bool:
        return not self.findings


def verify(
    *,
    at: datetime,
    since: datetime | None = None,
    with_files: bool = False,
    with_numbers: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Verdict:
    """Ask everything; `tell` hears of each finding and of each slow step as it comes."""
    verdict = Verdict(at, since)
    if unfinished := _migrations():
        verdict.findings.append(unfinished)
        tell(f"Wrong. {unfinished}")
        return verdict
    with _one_moment():
        within = tables(since)
        verdict.counts = _counted(within)
        for check in CHECKS:
            _timed(verdict, check.name, partial(_asked, check, within), tell, remarkable=check.remarkable)
        _timed(verdict, "counter_behind", lambda: [carriers.counters_behind()], tell)
        _timed(verdict, "audit_broken", lambda: [_audit(since)], tell)
        _timed(verdict, "recordings_broken", lambda: [_recordings()], tell)
    if with_files:
        _timed(verdict, "files", lambda: list(store.look(within, tell=_progress(tell))), tell)
        _timed(verdict, "recordings", lambda: [_sound()], tell)
    if with_numbers:
        _timed(verdict, "numbers", lambda: [_numbers(at)], tell)
    return verdict


def _asked(check: Check, within: Tables) -> list[Finding | None]:
    return [ask(check, within)]


@contextmanager
def _one_moment() -> Iterator[None]:
    """A transaction that sees the register as it is now and can change nothing; an outer one is moment enough."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if is_outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute(
            "SELECT set_config('work_mem', %s, true), set_config('statement_timeout', '0', true)", [_WORK_MEMORY]
        )
        yield


def _timed(
    verdict: Verdict,
    name: str,
    look: Callable[[], list[Finding | None]],
    tell: Callable[[str], None],
    *,
    remarkable: bool = False,
) -> None:
    began = time.monotonic()
    for found in look():
        if found is not None:
            (verdict.remarks if remarkable else verdict.findings).append(found)
            tell(f"{'Worth a look' if remarkable else 'Wrong'}. {found}")
    verdict.seconds[name] = round(time.monotonic() - began, 3)


def _counted(within: Tables) -> dict[str, int]:
    """How much is looked at, for whoever reads that all of it is in order."""
    counts = {}
    with connection.cursor() as cursor:
        for name in ("cards", "entries", "orders", "contacts", "messages", "facts", "files"):
            cursor.execute(f"SELECT count(*) FROM {within.sources[name]} counted")  # noqa: S608 - our own names
            counts[name] = int(cursor.fetchone()[0])
    return counts


def _migrations() -> Finding | None:
    """Whether the schema is of this version: another one cannot be asked these questions."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return None
    names = tuple(f"{migration.app_label}.{migration.name}" for migration, _ in plan)
    what = "The schema is older than this version: `komek up` brings it up to date. Migrations to come"
    return Finding("schema_old", what, len(names), names[:EXAMPLES])


def _audit(since: datetime | None) -> Finding | None:
    verdict = audit.verify(after=_sealed_before(since) if since else 0)
    if verdict.broken_at is None:
        return None
    return Finding("audit_broken", "The audit trail is broken", 1, (f"at entry {verdict.broken_at}: {verdict.reason}",))


def _recordings() -> Finding | None:
    verdict = recordings.verify()
    if verdict.broken_at is None:
        return None
    told = (f"at recording {verdict.broken_at}: {verdict.reason}",)
    return Finding("recordings_broken", "The chain of recordings is broken", 1, told)


def _sound() -> Finding | None:
    """Read what was said in every call: whole, unchanged, and to be opened with the keys of this home."""
    wrong = [f"recording {recording_id}: {why}" for recording_id, why in recordings.wrong()]
    return (
        Finding("recordings", "Recordings whose sound is not right", len(wrong), tuple(wrong[:EXAMPLES]))
        if wrong
        else None
    )


def _sealed_before(since: datetime) -> int:
    """A place in the chain that is surely before this moment: it is near the order of time, but not the same."""
    entry = first_position("platform_auditentry", "id", "at", since) - _LATE_SEALS
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(position) FROM platform_auditseal WHERE entry_id >= %s", [entry])
        position = cursor.fetchone()[0]
    return max(0, (position or 1) - _LATE_SEALS)


def _numbers(at: datetime) -> Finding | None:
    different = analytics.differences(at=at)
    if not different:
        return None
    told = tuple(f"{table}: {rows} rows" for table, rows in different.items())
    what = "History tells other numbers than those that are shown; `komek analytics rebuild` tells them anew"
    return Finding("numbers_differ", what, sum(different.values()), told[:EXAMPLES])


def _progress(tell: Callable[[str], None]) -> Callable[[store.Looked], None]:
    def told(looked: store.Looked) -> None:
        if looked.files % 10_000 == 0:
            tell(f"{looked.files:,} files read so far, {looked.bytes / 1e9:.1f} GB")

    return told
