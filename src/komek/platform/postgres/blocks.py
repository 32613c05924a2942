"""Servers for the time of a block: a command, a test run, a rehearsal."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from komek.platform.postgres.binaries import Binaries
from komek.platform.postgres.server import Server


@contextmanager
def run(
    folder: Path, *, binaries: Binaries | None = None, log: Path | None = None, throwaway: bool = False
) -> Iterator[Server]:
    """Keep a server running in this folder until the block ends; throwaway is quick and may lose all on a power cut."""
    server = Server(folder, binaries=binaries, log=log, throwaway=throwaway)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def scratch(*, binaries: Binaries | None = None) -> Iterator[Server]:
    """Run a throwaway server in a folder that goes with it: for tests and rehearsals."""
    with tempfile.TemporaryDirectory(prefix="komek-") as folder:
        Path(folder).chmod(0o711)
        with (
            run(Path(folder) / "postgres", binaries=binaries, throwaway=True) as server,
            _ended_with_us(server, folder),
        ):
            yield server


@contextmanager
def _ended_with_us(server: Server, folder: str) -> Iterator[None]:
    """Let a throwaway server end with its process, even a killed one: the pipe closes, and whoever reads it cleans up."""
    script = 'read -r _; kill -QUIT "$0"; sleep 1; rm -rf "$1"'
    with subprocess.Popen(
        ["/bin/sh", "-c", script, str(server.pid), folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as mourner:
        try:
            yield
        finally:
            mourner.kill()
