"""The switch among the programs: calls go on while everything else of ours is ended and started again."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from komek.adapters.asterisk import ami, configuring, prompts
from komek.adapters.asterisk.binaries import Asterisk
from komek.adapters.asterisk.configuring import Installation
from komek.adapters.asterisk.layout import secret
from komek.platform import processes, running

_STOP_SECONDS = 15.0
_PAUSE = 0.05
# The switch goes before the other programs of the machine, where we may say so (root, or LimitNICE of the service).
_NICE = -10


@dataclass
class Switch:
    """Asterisk with our configuration; one that runs already is taken over as it is."""

    installation: Installation
    asterisk: Asterisk
    # What a machine has spoken, for every sentence that the city has not recorded.
    voice: Path
    log: Path
    name: str = running.SWITCH
    by_clock: bool = False
    process: subprocess.Popen[bytes] | None = None
    # Of one that somebody else has started: its number, and the mark that no later process has.
    found: tuple[int, str] | None = None

    @property
    def pid(self) -> int:
        """The process that carries the calls."""
        if self.found:
            return self.found[0]
        assert self.process is not None, "the switch was not started"
        return self.process.pid

    def start(self) -> None:
        """Take over the one that runs, else write the configuration and start one in a session of its own."""
        self.found = self._running()
        if self.found:
            return
        folders = self.installation.folders
        told = configuring.write(self.installation, self.asterisk)
        prompts.lay_out(folders, self.voice)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.asterisk.command, "-f", "-C", str(told)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                # Asterisk looks for what it remembers of a person in their folder.
                env=os.environ | {"HOME": str(folders.root)},
            )
        # Before its threads are begun, which inherit it: a voice is late after a fiftieth of a second, a page is not.
        with suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, self.process.pid, _NICE)
        noted = {"pid": self.process.pid, "birth": processes.birth(self.process.pid), "ports": self._ports}
        self._pid_file.write_text(json.dumps(noted))

    def exited(self) -> int | None:
        """The exit code; of one that was taken over only that it is gone."""
        if self.found:
            number, mark = self.found
            return None if processes.birth(number) == mark else 0
        return self.process.poll() if self.process else None

    def answers(self) -> bool:
        """Whether everything is loaded: its manager interface takes connections long before it takes calls."""
        login = [("Action", "Login"), ("Username", "komek"), ("Secret", secret(self.installation.key, "manager"))]
        try:
            with socket.create_connection(("127.0.0.1", self.installation.ports.manager), timeout=1) as asked:
                asked.sendall(ami.encode(login))
                with asked.makefile("rb") as told:
                    return any(b"FullyBooted" in line for line in iter(told.readline, b""))
        except OSError:
            return False

    def outdated(self) -> bool:
        """Nothing that moves concerns it."""
        return False

    def feel(self) -> None:
        """Whoever listens at it notices first; it is never ended for being slow."""

    def silent_for(self) -> float:
        """A switch in trouble is not helped by killing its calls."""
        return 0.0

    def kill(self) -> None:
        """As it is, with its calls."""
        os.kill(self.pid, signal.SIGKILL)

    def stop(self) -> None:
        """End it politely, then surely; whoever talks is cut off."""
        if self.process is None and self.found is None:
            return
        number, mark = self.found or (self.pid, processes.birth(self.pid) or "")
        processes.end(number, mark, patience=_STOP_SECONDS)
        if self.process is not None:
            self.process.wait(_STOP_SECONDS)
        self._pid_file.unlink(missing_ok=True)
        self.process = self.found = None

    def await_ready(self, seconds: float) -> None:
        """Wait until it takes connections; raises TimeoutError, or CannotStart's reason when it has ended."""
        _await(self.answers, seconds=seconds, ended=self.exited)

    @property
    def _pid_file(self) -> Path:
        return self.installation.folders.run / "komek.pid"

    @property
    def _ports(self) -> list[object]:
        ports = self.installation.ports
        return [ports.host, ports.sip, ports.browsers, ports.manager]

    def _running(self) -> tuple[int, str] | None:
        """The one that an earlier supervisor has left to its calls; one on other ports is of no use, and ended."""
        try:
            noted = json.loads(self._pid_file.read_text())
        except FileNotFoundError:
            return None
        number, mark = int(noted["pid"]), str(noted["birth"])
        if processes.birth(number) != mark:
            return None
        if noted["ports"] != self._ports:
            processes.end(number, mark, patience=_STOP_SECONDS)
            return None
        return number, mark


def _await(true: Callable[[], bool], *, seconds: float, ended: Callable[[], int | None]) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        if ended() is not None:
            raise TimeoutError("the switch has ended")
        if time.monotonic() > deadline:
            raise TimeoutError(f"the switch has not answered in {seconds:.0f} s")
        time.sleep(_PAUSE)
