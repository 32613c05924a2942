"""The city under trial: a fresh home, run by `komek up` as anybody would run it, and everything that its processes are."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from komek.platform import postgres

ROOT = Path(__file__).parents[1]
PACK = ROOT / "cities" / "astana"
_COMMAND_SECONDS = 300.0
_LOOK_EVERY = 0.05


class CityFailed(Exception):
    """A command of the installation did not do what it should."""


@dataclass
class City:
    """One installation in one folder, reached like any other: by its commands, its ports and its database."""

    home: Path
    port: int
    extra: Mapping[str, str] = field(default_factory=dict)
    accounts: dict[str, tuple[str, str]] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def stream_port(self) -> int:
        return self.port + 1

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("KOMEK_", "DATABASE_", "PG"))}
        here = {
            "KOMEK_HOME": str(self.home),
            "KOMEK_PUBLIC_URL": self.url,
            "KOMEK_PHONES": "none",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }
        # Uploads that are too large for memory wait on the same disk as everything else.
        return kept | here | {"TMPDIR": str(self.home / "tmp")} | dict(self.extra)

    def komek(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one command of the installation."""
        done = subprocess.run(
            [sys.executable, "-m", "komek.config.cli", *words],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=_COMMAND_SECONDS,
        )
        if check and done.returncode != 0:
            raise CityFailed(f"komek {' '.join(words)}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def found(self) -> None:
        """Make it from nothing: a city pack, the people and the partners of the trial; then start it."""
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / "tmp").mkdir(exist_ok=True)
        told = self.home / "tmp" / "accounts.json"
        words = f"from pathlib import Path; from chaos import founding; founding.found(Path({str(PACK)!r}), Path({str(told)!r}))"
        self.komek("shell", "--no-imports", "-c", words)
        found = json.loads(told.read_text())
        self.accounts = {name: (role, password) for name, (role, password) in found["accounts"].items()}
        self.keys = found["keys"]
        self.up()

    def up(self) -> None:
        """Start it as an administrator does."""
        self.komek("up", "--detach", "--port", str(self.port))

    def down(self) -> None:
        self.komek("down")

    def state(self) -> dict[str, Any]:
        """What the supervisor has noted."""
        try:
            return dict(json.loads((self.home / "run" / "state.json").read_text()))
        except (FileNotFoundError, json.JSONDecodeError):
            return {}

    def supervisor(self) -> int:
        return int((self.home / "run" / "supervisor.lock").read_text())

    def leader(self, program: str) -> int:
        """The process of a program; waits while it is between two lives."""
        deadline = time.monotonic() + _COMMAND_SECONDS
        while True:
            pid = self.state().get("programs", {}).get(program, {}).get("pid")
            if pid and Path(f"/proc/{pid}").exists():
                return int(pid)
            if time.monotonic() > deadline:
                raise CityFailed(f"{program} does not run")
            time.sleep(_LOOK_EVERY)

    def everybody(self) -> list[int]:
        """Every process of the city, the supervisor first."""
        supervisor = self.supervisor()
        leaders = [int(one["pid"]) for one in self.state().get("programs", {}).values()]
        return list(
            dict.fromkeys(
                [supervisor, *descendants(supervisor), *leaders, *(d for p in leaders for d in descendants(p))]
            )
        )

    def database(self, *, superuser: bool = False, **options: Any) -> psycopg.Connection[Any]:
        """A connection of our own, past all code of the city."""
        folder = self.home / "postgres"
        address = postgres.superuser_url(folder, database="komek") if superuser else postgres.url(folder)
        return psycopg.connect(address, autocommit=True, connect_timeout=5, **options)

    def is_ready(self) -> bool:
        """Whether the web serves with its database, and the stream with its."""
        return _answers(f"{self.url}/readyz") and _answers(f"http://127.0.0.1:{self.stream_port}/healthz")


def descendants(pid: int) -> list[int]:
    """The children of a process, theirs, and so on."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, _, rest = stat.read_text().partition(" (")
            parent = int(rest.rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        parents.setdefault(parent, []).append(int(number))
    found, look = [], [pid]
    while look:
        children = parents.get(look.pop(), [])
        found += children
        look += children
    return found


def kill(pid: int, kind: signal.Signals = signal.SIGKILL) -> bool:
    """Send a signal; says whether anybody was there."""
    try:
        os.kill(pid, kind)
    except ProcessLookupError:
        return False
    return True


def free_ports() -> int:
    """A port that is free together with the next one, below those that the kernel lends."""
    for port in range(18_100, 19_900, 10):
        try:
            for one in (port, port + 1):
                with socket.socket() as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("127.0.0.1", one))
        except OSError:
            continue
        return port
    raise CityFailed("no two free ports")


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=3) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except OSError:
        return False
