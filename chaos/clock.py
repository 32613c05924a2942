"""A wall clock that jumps, under every process of the city; `clock.c` says how.

Neither a time namespace nor the city's own code would do: the one moves only what measures spans, and a clock that the
city itself believes to be wrong is no trial. The well-known library for this also moves absolute sleeps, with which
Python's own `sleep` fails.
"""

import mmap
import os
import shutil
import struct
import subprocess
from pathlib import Path

_SOURCE = Path(__file__).with_name("clock.c")
_PACKAGES = ("gcc", "libc6-dev")


class NoClock(Exception):
    """There is no C compiler, and none can be installed."""


class Clock:
    """The offset of the city's wall clock against the true one, in seconds."""

    def __init__(self, folder: Path) -> None:
        self._library = folder / "clock.so"
        self._file = folder / "clock.offset"
        _compile(self._library)
        self._file.write_bytes(struct.pack("=q", 0))
        # The database runs under an account of its own, and lives by the same clock.
        for path in (self._library, self._file):
            path.chmod(0o644)
        with self._file.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), 8)

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to live by this clock."""
        return {"LD_PRELOAD": str(self._library), "KOMEK_CHAOS_CLOCK": str(self._file)}

    @property
    def offset(self) -> int:
        """How far the city's clock is ahead."""
        return int(struct.unpack("=q", self._shared[:8])[0])

    def set(self, offset: int) -> None:
        """Jump: every process sees it at its next look."""
        self._shared[:8] = struct.pack("=q", offset)


def _compile(library: Path) -> None:
    compiler = shutil.which("cc") or shutil.which("gcc") or _installed()
    if compiler is None:
        raise NoClock("there is no C compiler, and only root with apt-get may install one")
    command = [compiler, "-O2", "-Wall", "-shared", "-fPIC", "-o", str(library), str(_SOURCE), "-ldl"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NoClock(f"{' '.join(command)}: {done.stderr.strip()}")


def _installed() -> str | None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    quietly = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", *_PACKAGES]):
        subprocess.run(["apt-get", "-qq", *words], env=quietly, capture_output=True, check=False)
    return shutil.which("gcc")
