"""One supervisor for one home: starts the programs in order, brings back what dies, stops all in reverse."""

import os
import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from komek.platform import logfiles, processes, running
from komek.platform.claim import claim
from komek.platform.postgres import CannotStart
from komek.platform.programs import Program, Task

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
# Who lived this long is well again: its next death is a first one.
_WELL_AFTER = 10.0
_READY_SECONDS = 60.0
_LOOK_EVERY = 0.1
_LOG_EVERY = 60.0
_NOTE_EVERY = 1.0
# The wall clock is corrected by less all the time; nobody minds.
_JUMP_SECONDS = 5.0
_FEEL_EVERY = 15.0
# Longer than any request may take, and than a lost database makes everybody wait.
_SILENT_SECONDS = 120.0


class Stopped(Exception):
    """Somebody asked the supervisor to stop."""


@dataclass
class Watched:
    """One program and what happened to it."""

    program: Program
    born_at: float = 0.0
    deaths: int = 0
    restarts: int = 0
    due_at: float | None = None


class Supervisor:
    """Keeps programs alive until it is told to stop, by Ctrl-C or by `down`."""

    def __init__(
        self,
        home: Path,
        *,
        address: str,
        say: Callable[[str], None],
        feel_every: float = _FEEL_EVERY,
        silent_seconds: float = _SILENT_SECONDS,
    ) -> None:
        self.home = home
        self.feel_every = feel_every
        self.silent_seconds = silent_seconds
        self.address = address
        self.say = say
        self.watched: list[Watched] = []
        self._signals = _Signals()
        self._note_due_at: float | None = None
        self._ahead = _ahead()

    def run(self, steps: Sequence[Program], *, check: Callable[[], None], ready: Callable[[], None]) -> None:
        """Check, start all in order, finishing each task on the way; watch; on a signal stop all in reverse."""
        with ExitStack() as held:
            held.enter_context(claim(running.lock(self.home)))
            held.enter_context(self._signals.caught())
            running.end_leftovers(self.home)
            check()
            held.callback(running.forget, self.home)
            held.callback(self._stop)
            with suppress(Stopped):
                for step in steps:
                    if isinstance(step, Task):
                        self._finish(step)
                    else:
                        self._begin(step)
                self._await_answers()
                self._note("running")
                ready()
                self._watch()

    def _begin(self, program: Program) -> None:
        watched = Watched(program)
        self.watched.append(watched)
        program.start()
        watched.born_at = time.monotonic()
        self.say(f"{program.name:<9} started (process {program.pid})")
        self._note("starting")

    def _finish(self, task: Task) -> None:
        """Run a task to its end; nothing may start on a database that is not in order."""
        began = time.monotonic()
        task.start()
        try:
            while (code := task.exited()) is None:
                self._signals.wait(None)
        finally:
            task.stop()
        if code != 0:
            raise CannotStart(f"{task.name} failed ({_reason(code)}). The end of {task.log}:\n{logfiles.end(task.log)}")
        self.say(f"{task.name:<9} done in {time.monotonic() - began:.1f} s")

    def _await_answers(self) -> None:
        """Wait until everybody does their work; who dies before that would only die again."""
        deadline = time.monotonic() + _READY_SECONDS
        for program in (watched.program for watched in self.watched):
            while (code := program.exited()) is None and not program.answers():
                if time.monotonic() > deadline:
                    raise CannotStart(self._told(program, f"did not answer in {_READY_SECONDS:.0f} s"))
                self._signals.wait(_LOOK_EVERY)
            if code is not None:
                raise CannotStart(self._told(program, f"stopped at once ({_reason(code)})"))

    def _told(self, program: Program, what: str) -> str:
        log = self.home / "logs" / f"{program.name}.log"
        return f"{program.name} {what}. The end of {log}:\n{logfiles.end(log)}"

    def _watch(self) -> None:
        logs_due_at = feel_due_at = time.monotonic()
        while True:
            at = time.monotonic()
            if at >= feel_due_at:
                self._feel()
                self._follow_clock()
                feel_due_at = at + self.feel_every
            if at >= logs_due_at:
                logfiles.trim(self.home / "logs")
                logs_due_at = at + _LOG_EVERY
            for watched in self.watched:
                self._tend(watched, at)
            if self._note_due_at is not None and at >= self._note_due_at:
                self._note("running")
            due = [
                logs_due_at,
                feel_due_at,
                *([self._note_due_at] if self._note_due_at is not None else []),
                *(watched.due_at for watched in self.watched if watched.due_at is not None),
            ]
            self._signals.wait(max(0.0, min(due) - time.monotonic()))

    def _feel(self) -> None:
        """Ask everybody for a sign of life, and end who has given none for long: its death brings it back."""
        for watched in self.watched:
            if watched.due_at is not None:
                continue
            if watched.program.silent_for() > self.silent_seconds:
                self.say(f"{watched.program.name:<9} has not answered for {self.silent_seconds:.0f} s and is ended")
                watched.program.kill()
            else:
                threading.Thread(target=watched.program.feel, daemon=True).start()

    def _tend(self, watched: Watched, at: float) -> None:
        program = watched.program
        if watched.due_at is None:
            if (code := program.exited()) is not None:
                watched.deaths = 0 if at - watched.born_at > _WELL_AFTER else watched.deaths
                self._again(watched, f"ended ({_reason(code)})", at)
                self._note("running")
        elif at >= watched.due_at:
            try:
                program.start()
            except (CannotStart, OSError) as failure:
                self._again(watched, f"does not start: {failure}\n", at)
                return
            watched.due_at = None
            watched.born_at = at
            watched.restarts += 1
            self.say(f"{program.name:<9} is back (process {program.pid})")
            self._follow(program)
            self._note("running")

    def _again(self, watched: Watched, what: str, at: float) -> None:
        """Try again later, and ever later: what dies at once is not helped by haste."""
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**watched.deaths)
        watched.deaths += 1
        watched.due_at = at + pause
        name = watched.program.name
        self.say(f"{name:<9} {what}, again in {pause:g} s; see logs/{name}.log")

    def _follow(self, moved: Program) -> None:
        """Restart who still knows the former address of a program that came back elsewhere."""
        for watched in self.watched:
            if watched.due_at is None and watched.program.outdated():
                watched.program.stop()
                watched.program.start()
                watched.born_at = time.monotonic()
                self.say(f"{watched.program.name:<9} restarted: {moved.name} has moved")

    def _follow_clock(self) -> None:
        """Begin anew what goes by the wall clock when that was set, or stood still while the machine slept.

        It would wait for times that have to come once more, or do at once what a whole night has left undone.
        """
        jumped, self._ahead = _ahead() - self._ahead, _ahead()
        if abs(jumped) < _JUMP_SECONDS:
            return
        for watched in self.watched:
            if watched.due_at is None and watched.program.by_clock:
                self.say(f"{watched.program.name:<9} begins anew: the clock has jumped by {jumped:+.0f} s")
                watched.program.stop()
                watched.due_at = time.monotonic()

    def _stop(self) -> None:
        self._signals.deaf = True
        # Undone in reverse, and to the end: one that does not stop must not keep the others running.
        with ExitStack() as stops:
            for watched in self.watched:
                stops.callback(self._stop_one, watched.program)

    def _stop_one(self, program: Program) -> None:
        program.stop()
        self.say(f"{program.name:<9} stopped")

    def _note(self, phase: str) -> None:
        """Write down who runs, for `status`, `down` and a supervisor that finds our children without us."""
        living = [one for one in self.watched if one.due_at is None and one.program.exited() is None]
        programs = {
            watched.program.name: {
                "pid": watched.program.pid,
                "birth": processes.birth(watched.program.pid),
                "restarts": watched.restarts,
            }
            for watched in living
        }
        told = {"supervisor": os.getpid(), "phase": phase, "address": self.address, "programs": programs}
        try:
            running.note(self.home, told)
        except OSError as failure:
            # The disk is full, and nobody is helped if the programs lose their supervisor too.
            if self._note_due_at is None:
                self.say(f"who runs could not be noted: {failure}")
            self._note_due_at = time.monotonic() + _NOTE_EVERY
        else:
            self._note_due_at = None


def _ahead() -> float:
    """How far the wall clock is ahead of the clock that only measures: it changes when somebody sets the first."""
    return time.time() - time.monotonic()


def _reason(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


class _Signals:
    """Turns signals into an end of waiting, so that the supervisor sleeps until something happens."""

    def __init__(self) -> None:
        self.stop = False
        self.deaf = False
        self._read, self._write = socket.socketpair()
        self._read.setblocking(False)
        self._write.setblocking(False)

    @contextmanager
    def caught(self) -> Iterator[None]:
        kinds = (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {kind: signal.signal(kind, self._hear) for kind in kinds}
        woken = signal.set_wakeup_fd(self._write.fileno())
        try:
            yield
        finally:
            signal.set_wakeup_fd(woken)
            for kind, handler in before.items():
                signal.signal(kind, handler)

    def wait(self, seconds: float | None) -> None:
        if not self.stop:
            select.select([self._read], [], [], seconds)
            with suppress(BlockingIOError):
                self._read.recv(4096)
        if self.stop and not self.deaf:
            raise Stopped

    def _hear(self, kind: int, _frame: object) -> None:
        if kind != signal.SIGCHLD:
            self.stop = True
