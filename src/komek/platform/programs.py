"""The programs of an installation, each as something that can be started, watched and stopped."""

import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import psycopg

from komek.platform import processes
from komek.platform.postgres import CannotStart, Server

_STOP_SECONDS = 15.0
_FEEL_SECONDS = 10.0


class Program(Protocol):
    """What the supervisor can keep alive."""

    name: str
    # Whether it waits for times of the wall clock, and has to begin anew when that has jumped.
    by_clock: bool

    @property
    def pid(self) -> int:
        """The process that must live."""

    def start(self) -> None:
        """Begin, from whatever state the last run left."""

    def exited(self) -> int | None:
        """The exit code, once it has one."""

    def answers(self) -> bool:
        """Whether it does its work already."""

    def outdated(self) -> bool:
        """Whether it was started with what is no longer true, such as another port of the database."""

    def feel(self) -> None:
        """Ask for a sign of life; called beside the supervisor, for a sick program answers late or never."""

    def silent_for(self) -> float:
        """How many seconds ago it last gave a sign of life, if it has a way to."""

    def kill(self) -> None:
        """End it at once, as it is."""

    def stop(self) -> None:
        """Ask it to end, and see to it that it does."""


class Database:
    """Our own PostgreSQL among the programs."""

    name = "postgres"
    by_clock = False

    def __init__(self, server: Server) -> None:
        self.server = server

    @property
    def pid(self) -> int:
        """The postmaster."""
        return self.server.pid

    def start(self) -> None:
        """Start it, or start it again without letting go of its folder."""
        try:
            if self.server.process is None:
                self.server.start()
            else:
                self.server.revive()
        except psycopg.OperationalError as failure:
            raise CannotStart(f"PostgreSQL started and went away again: {failure}") from failure

    def exited(self) -> int | None:
        """The exit code of the postmaster, once it has one."""
        return self.server.process.poll() if self.server.process else None

    def answers(self) -> bool:
        """A started server has answered: start waits for that."""
        return True

    def outdated(self) -> bool:
        """Nothing that it was started with changes."""
        return False

    def feel(self) -> None:
        """Its clients notice first."""

    def silent_for(self) -> float:
        """A database that is slow is not helped by killing it."""
        return 0.0

    def kill(self) -> None:
        """As it is; what was committed stays."""
        os.kill(self.pid, signal.SIGKILL)

    def stop(self) -> None:
        """Stop fast; clients were stopped before."""
        self.server.stop()


@dataclass
class Process:
    """A program that is one command line; its environment is asked for at each start."""

    name: str
    command: list[str]
    environment: Callable[[], Mapping[str, str]]
    log: Path
    address: tuple[str, int] | None = None
    process: subprocess.Popen[bytes] | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    felt_at: float = 0.0
    by_clock: bool = False

    @property
    def pid(self) -> int:
        """The leader of the program's process group."""
        assert self.process is not None, f"{self.name} was not started"
        return self.process.pid

    def start(self) -> None:
        """Start in a group of its own: a Ctrl-C in the terminal is for the supervisor alone."""
        self._sweep()
        self.given = self.environment()
        self.felt_at = time.monotonic()
        # Opened to append: that lets the supervisor shorten the file under it.
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=os.environ | dict(self.given),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def exited(self) -> int | None:
        """The exit code, once it has one."""
        return self.process.poll() if self.process else None

    def answers(self) -> bool:
        """Whether its port takes connections; a program without a port is taken at its word."""
        if self.address is None:
            return True
        try:
            socket.create_connection(self.address, timeout=1).close()
        except OSError:
            return False
        return True

    def outdated(self) -> bool:
        """Whether its environment is not what it would be started with now."""
        return self.given != self.environment()

    def feel(self) -> None:
        """Any answer to /healthz is a sign of life: what is wrong elsewhere is no reason to end this program."""
        if self.address is None:
            return
        asking = http.client.HTTPConnection(*self.address, timeout=_FEEL_SECONDS)
        try:
            asking.request("GET", "/healthz", headers={"Host": "localhost"})
            asking.getresponse().read()
        except (OSError, http.client.HTTPException):
            return
        finally:
            asking.close()
        self.felt_at = time.monotonic()

    def silent_for(self) -> float:
        """Since the last answer, or since its start; a program without a port is taken at its word."""
        return 0.0 if self.address is None else time.monotonic() - self.felt_at

    def kill(self) -> None:
        """With all its workers."""
        self._sweep()

    def stop(self) -> None:
        """End it politely, then surely."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._sweep()
        self.process = None

    def _sweep(self) -> None:
        """End workers that outlived their parent: they would hold its port."""
        if self.process is not None:
            processes.end_group(self.process.pid)


@dataclass
class Task(Process):
    """A command line that must end well before the programs after it may start."""
