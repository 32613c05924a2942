"""Processes known by more than a number: after a crash the kernel may have given the number to somebody else."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

_PAUSE = 0.05


def birth(pid: int) -> str | None:
    """A mark that no other process of this number will have; None when there is none (any more)."""
    status = Path(f"/proc/{pid}/stat")
    if status.parent.parent.joinpath("self").exists():
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        # A zombie has ended; only its parent has not looked yet.
        return None if fields[0] in {"Z", "X"} else fields[19]
    return _ps(pid, "lstart=") or None


def command(pid: int) -> str:
    """The command line of a process, empty when it is gone."""
    line = Path(f"/proc/{pid}/cmdline")
    if line.parent.parent.joinpath("self").exists():
        try:
            return line.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
        except (FileNotFoundError, ProcessLookupError):
            return ""
    return _ps(pid, "args=")


def end(pid: int, mark: str | None, *, patience: float) -> bool:
    """Stop a left-over process and its group, if it is still the one we marked; says whether it was."""
    if mark is None or birth(pid) != mark:
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while birth(pid) == mark and time.monotonic() < deadline:
        time.sleep(_PAUSE)
    end_group(pid)
    return True


def end_group(pid: int) -> None:
    """Kill what is left of the group a program was started with: workers that outlived their parent."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _ps(pid: int, what: str) -> str:
    """Ask ps, where there is no /proc."""
    told = subprocess.run(
        [shutil.which("ps") or "/bin/ps", "-o", what, "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return told.stdout.strip()
