"""Servers whose supervisor was killed: they go on serving, and nobody looks after them."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from komek.platform import processes

_STOP_SECONDS = 20.0
_PAUSE = 0.02


def end(data: Path) -> bool:
    """End what serves this data; only for whoever holds the claim on it."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return False
    was_there = _serves(pid, data)
    deadline = time.monotonic() + _STOP_SECONDS
    kind = signal.SIGINT
    while _serves(pid, data):
        with suppress(ProcessLookupError):
            os.kill(pid, kind)
        if time.monotonic() > deadline:
            kind = signal.SIGQUIT
        time.sleep(_PAUSE)
    return was_there


def _serves(pid: int, data: Path) -> bool:
    """Whether this process is a server on this very data: a number alone may have been given to somebody else."""
    line = processes.command(pid)
    return "postgres" in line and f"-D {data} " in line and processes.birth(pid) is not None
