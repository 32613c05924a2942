"""Which programs this installation consists of, and what each is told through its environment."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from komek.config import telephone
from komek.platform import home as homes
from komek.platform import postgres
from komek.platform.postgres import CannotStart
from komek.platform.programs import Database, Process, Program, Task

PORT = 8109
WEB_THREADS = 8
# One process of Python uses about one core, whatever its threads: a machine with many cores wants several.
WEB_PROCESSES = 1
WORKER_JOBS = 4
# What a node may run; several nodes share the work as they like.
PARTS = ("web", "stream", "worker", "pbx", "phones", "recordings")

_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - only compared with


@dataclass(frozen=True)
class Address:
    """Where people reach the installation: the web on one port, the live events on the next."""

    host: str
    port: int
    public_url: str

    @property
    def stream_port(self) -> int:
        """The port of the live events: its own, so that open streams never use up a browser's page connections."""
        return self.port + 1

    @property
    def is_direct(self) -> bool:
        """Whether browsers come to our own ports, not to a proxy in front of them."""
        public = urlsplit(self.public_url)
        return public.scheme == "http" and public.port == self.port

    @property
    def stream_url(self) -> str:
        """Where the browser finds the live events."""
        if not self.is_direct:
            return f"{self.public_url}/events"
        public = urlsplit(self.public_url)
        host = f"[{public.hostname}]" if ":" in (public.hostname or "") else public.hostname
        return f"http://{host}:{self.stream_port}/events"

    @property
    def origins(self) -> list[str]:
        """The origins whose pages may listen."""
        local = [f"http://{name}:{self.port}" for name in ("localhost", "127.0.0.1")]
        return list(dict.fromkeys([self.public_url, *(local if self.is_direct else [])]))

    @property
    def hosts(self) -> list[str]:
        """The names that the web answers to."""
        return list(
            dict.fromkeys(["localhost", "127.0.0.1", "[::1]", urlsplit(self.public_url).hostname or "localhost"])
        )


def address(*, host: str | None, port: int | None) -> Address:
    """The address from the command line, else from the environment, else the loopback and port 8109."""
    port = port or int(os.environ.get("KOMEK_PORT", PORT))
    public = os.environ.get("KOMEK_PUBLIC_URL", f"http://localhost:{port}").rstrip("/")
    return Address(host or os.environ.get("KOMEK_HOST", "127.0.0.1"), port, public)


def parts(told: str | None) -> frozenset[str]:
    """The parts that this node runs: from the command line, else from KOMEK_PARTS, else all of them."""
    named = told or os.environ.get("KOMEK_PARTS") or ",".join(PARTS)
    chosen = {name.strip() for name in named.split(",")} - {""}
    if unknown := chosen - set(PARTS):
        raise CannotStart(f"There is no part {', '.join(sorted(unknown))}: a node runs some of {', '.join(PARTS)}.")
    if not chosen:
        raise CannotStart(f"A node runs at least one of {', '.join(PARTS)}.")
    return frozenset(chosen)


def phone_of(home: Path, at: Address) -> telephone.Telephone | None:
    """The telephone of this home, on the ports behind the web's."""
    return telephone.find(home, port=at.port, public_url=at.public_url, direct=at.is_direct)


def steps(
    home: Path, at: Address, *, only: frozenset[str] = frozenset(PARTS), simulated: Sequence[str] = ()
) -> list[Program]:
    """The programs and tasks in the order of their start: each needs only those before it.

    With the words of `komek simulate` the city of the demonstration lives on.
    """
    python = sys.executable
    logs = home / "logs"
    phone = phone_of(home, at)
    told_of_phone = phone.environment if phone else {}
    threads = int(os.environ.get("KOMEK_WEB_THREADS", WEB_THREADS))
    processes = int(os.environ.get("KOMEK_WEB_PROCESSES", WEB_PROCESSES))

    def shared() -> Mapping[str, str]:
        return {
            "DATABASE_URL": homes.database_url(home),
            "KOMEK_HOME": str(home),
            "KOMEK_PUBLIC_URL": at.public_url,
            "KOMEK_STREAM_URL": os.environ.get("KOMEK_STREAM_URL", at.stream_url),
            "KOMEK_STREAM_ORIGINS": os.environ.get("KOMEK_STREAM_ORIGINS", ",".join(at.origins)),
            "KOMEK_HOSTS": os.environ.get("KOMEK_HOSTS", ",".join(at.hosts)),
            "PYTHONUNBUFFERED": "1",
            **told_of_phone,
        }

    def pooled() -> Mapping[str, str]:
        return {**shared(), "KOMEK_DATABASE_POOL": os.environ.get("KOMEK_DATABASE_POOL", str(threads))}

    web = ["-m", "granian", "--interface", "wsgi", "--host", at.host, "--port", str(at.port), "--no-ws"]
    web += ["--workers", str(processes), "--blocking-threads", str(threads), "--log-level", "warning"]
    web += ["komek.config.wsgi:application"]
    stream = ["-m", "uvicorn", "--host", at.host, "--port", str(at.stream_port), "--loop", "uvloop", "--no-access-log"]
    stream += ["--log-level", "warning", "--timeout-graceful-shutdown", "3", "komek.config.asgi:application"]
    worker = ["-m", "komek.config.cli", "procrastinate", "worker", "--concurrency", str(WORKER_JOBS)]
    # What has been done leaves no row behind: the timed jobs alone would be ninety thousand a day.
    worker += ["--shutdown-graceful-timeout", "10", "--delete-jobs", "successful"]
    phones = ["-m", "komek.config.cli", "phones", "follow"]
    recordings = ["-m", "komek.config.cli", "recordings", "keep"]
    simulate = ["-m", "komek.config.cli", "simulate", *simulated]
    reached = "127.0.0.1" if at.host in _EVERYWHERE else at.host
    programs = (
        Process("web", [python, *web], pooled, logs / "web.log", (reached, at.port)),
        Process("stream", [python, *stream], shared, logs / "stream.log", (reached, at.stream_port)),
        Process("worker", [python, *worker], shared, logs / "worker.log", by_clock=True),
        *([Process("phones", [python, *phones], shared, logs / "phones.log")] if phone else []),
        *([Process("recordings", [python, *recordings], shared, logs / "recordings.log")] if phone else []),
    )
    found: list[Program] = []
    if not os.environ.get("DATABASE_URL"):
        found.append(Database(postgres.Server(home / "postgres", log=logs / "postgres.log")))
    if phone and "pbx" in only:
        # It needs nothing of ours: whoever calls is answered while we are still being prepared.
        found.insert(0, phone.switch)
    return [
        *found,
        Task("prepare", [python, "-m", "komek.config.prepare"], shared, logs / "prepare.log"),
        *(process for process in programs if process.name in only),
        *([Process("simulate", [python, *simulate], shared, logs / "simulate.log")] if simulated else []),
    ]
