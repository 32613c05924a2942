"""Work for later: procrastinate's jobs, in the transaction that asks for them.

A task may run twice (a worker can die between the work and the tick), so every task is idempotent.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TypeVar

import procrastinate
import structlog
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import Status
from procrastinate.manager import JobManager

from komek.platform import disk, outage, unit

T = TypeVar("T", bound=Callable[..., Any])

STALLED_AFTER_SECONDS = 30
_USUALLY = procrastinate.RetryStrategy(max_attempts=6, exponential_wait=4)
_IN_NEED_EVERY_SECONDS = 30
_MOST_ATTEMPTS_IN_NEED = 1_000

log = structlog.get_logger("komek.jobs")


class Held:
    """Jobs kept back to be run here and now, in order, by whoever opened `held()`."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Callable[..., Any], dict[str, Any]]] = []

    def run(self) -> int:
        """Run all that waits, and what that asks for in turn; returns how many ran."""
        ran = 0
        while self.waiting:
            task, arguments = self.waiting.pop(0)
            task(**arguments)
            ran += 1
        return ran


_held: ContextVar[Held | None] = ContextVar("held", default=None)


def task(function: T) -> T:
    """Make a function a task that `defer` can ask for; failures are retried five times, ever later."""
    app.task(name=_name(function), queue="default", retry=_Patience())(function)
    return function


class _Patience(procrastinate.BaseRetryStrategy):
    """Tries for hours when it is the database or the disk that fails: that says nothing about the job."""

    def get_retry_decision(
        self, *, exception: BaseException, job: procrastinate.jobs.Job
    ) -> procrastinate.RetryDecision | None:
        if (outage.is_outage(exception) or disk.is_full(exception)) and job.attempts < _MOST_ATTEMPTS_IN_NEED:
            return procrastinate.RetryDecision(retry_in={"seconds": _IN_NEED_EVERY_SECONDS})
        return _USUALLY.get_retry_decision(exception=exception, job=job)


def every(cron: str) -> Callable[[T], T]:
    """Run a function by the clock. A sixth field of the cron line, if any, is seconds and comes last."""

    def register(function: T) -> T:
        def tick(timestamp: int) -> None:
            with _passing_over_outages(_name(function)):
                function()

        tick.__module__, tick.__name__, tick.__doc__ = function.__module__, function.__name__, function.__doc__
        # A tick that is still waiting makes the next one superfluous.
        timed = app.task(name=_name(function), queue="timed", queueing_lock=_name(function))(tick)
        app.periodic(cron=cron)(timed)
        return function

    return register


def defer(function: Callable[..., Any], **arguments: Any) -> None:
    """Ask for a task in the running transaction: a rollback takes the job back too."""
    held = _held.get()
    if held is not None:
        held.waiting.append((function, arguments))
        return
    work = unit.current()
    if work is None:
        _put(_name(function), [arguments])
    else:
        work.gather(_ask, (_name(function), arguments))


def _ask(wanted: list[tuple[str, dict[str, Any]]]) -> None:
    """Ask for all the jobs of a unit, in one statement a task."""
    by_task: dict[str, list[dict[str, Any]]] = {}
    for name, arguments in wanted:
        by_task.setdefault(name, []).append(arguments)
    for name, all_arguments in by_task.items():
        _put(name, all_arguments)


def _put(name: str, all_arguments: list[dict[str, Any]]) -> None:
    """Ask through the connection of whoever asks.

    Inside a worker the app has another one, whose transactions are its own: the job could begin before what it is about
    was committed, or be left behind by a rollback.
    """
    job = app.tasks[name].configure().job
    JobManager(DjangoConnector()).batch_defer_jobs([job.evolve(task_kwargs=arguments) for arguments in all_arguments])


@contextmanager
def held() -> Iterator[Held]:
    """Keep the jobs asked for meanwhile, so that the caller runs them: replays and tests need no worker."""
    kept = Held()
    token = _held.set(kept)
    try:
        yield kept
    finally:
        _held.reset(token)


@app.periodic(cron="* * * * * */10")
@app.task(name="komek.platform.jobs.retry_stalled_jobs", queue="timed", queueing_lock="retry_stalled_jobs")
async def retry_stalled_jobs(timestamp: int) -> None:
    """Give the jobs of a dead worker back: procrastinate finds them but does not do it by itself."""
    with _passing_over_outages("retry_stalled_jobs"):
        await _give_back()


@contextmanager
def _passing_over_outages(name: str) -> Iterator[None]:
    """A tick that finds the database away or no room has nothing to report: the next one does the work of both."""
    try:
        yield
    except Exception as failure:
        if not (outage.is_outage(failure) or disk.is_full(failure)):
            raise
        log.warning("jobs.tick_passed_over", job=name, failure=str(failure).strip())


async def _give_back() -> None:
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
        if job.id is None:
            continue
        try:
            await app.job_manager.retry_job_by_id_async(job_id=job.id, retry_at=datetime.now(UTC))
        except procrastinate.exceptions.UniqueViolation:
            # A tick of a dead worker whose successor waits already: that one does the work of both.
            with suppress(procrastinate.exceptions.ConnectorException):
                # Unless its own worker has just finished it, who only seemed dead: the clock had jumped.
                await app.job_manager.finish_job_by_id_async(job_id=job.id, status=Status.ABORTED, delete_job=True)


def _name(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__name__}"
