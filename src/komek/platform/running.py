"""Who runs in a home: the note that the supervisor keeps, and how to stop what it names."""

import json
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from komek.platform import claim, postgres, processes

_DOWN_SECONDS = 120.0
_LEFTOVER_SECONDS = 10.0
_PAUSE = 0.1
# The smallest piece in which a disk is given out: a file has this much, whatever is written in it.
_ROOM = 512
# The program that carries the calls; it outlives a supervisor that was killed.
SWITCH = "pbx"


class StillRunning(Exception):
    """It was asked to stop and did not."""


def lock(home: Path) -> Path:
    """The file that one supervisor holds."""
    return home / "run" / "supervisor.lock"


def owner(home: Path) -> int | None:
    """The process of the supervisor that lives here."""
    return claim.owner(lock(home))


def note(home: Path, what: dict[str, Any]) -> None:
    """Write down who runs, whole or not at all; on a full disk over the old note, in the room that it has already."""
    told = json.dumps(what, indent=1).encode()
    new = home / "run" / "state.new"
    try:
        new.write_bytes(told)
        new.replace(_state(home))
    except OSError:
        new.unlink(missing_ok=True)
        with _state(home).open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            if len(told) > max(size, _ROOM):
                raise
            os.pwrite(file.fileno(), told.ljust(size), 0)


def forget(home: Path) -> None:
    """Nobody runs any more."""
    _state(home).unlink(missing_ok=True)


def state(home: Path) -> dict[str, Any] | None:
    """What runs in this home; None when no supervisor lives, whatever an old note says."""
    supervisor = owner(home)
    if supervisor is None:
        return None
    noted = _noted(home)
    # One that has just come has not looked at the note of the one before, which may have been killed.
    if noted is None or noted.get("supervisor") != supervisor:
        return {"phase": "starting", "address": "", "programs": {}}
    return noted


def down(home: Path) -> bool:
    """Ask the supervisor to stop and wait until it has; says whether there was anything to stop."""
    pid = owner(home)
    if pid is None:
        return end_leftovers(home)
    if pid:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _DOWN_SECONDS
    while owner(home) is not None:
        if time.monotonic() > deadline:
            message = f"The supervisor (process {pid}) did not stop in {_DOWN_SECONDS:.0f} s; see logs/supervisor.log."
            raise StillRunning(message)
        time.sleep(_PAUSE)
    return True


def end_leftovers(home: Path) -> bool:
    """End the programs of a supervisor that was killed, the database after its clients."""
    programs = dict((_noted(home) or {}).get("programs", {}))
    programs.pop("postgres", None)
    # Whoever talks goes on talking: the switch is found again by whoever starts next.
    programs.pop(SWITCH, None)
    ended = [processes.end(it["pid"], it["birth"], patience=_LEFTOVER_SECONDS) for it in reversed(programs.values())]
    forget(home)
    if postgres.is_running(home / "postgres"):
        return any(ended)
    return postgres.end_orphan(home / "postgres") or any(ended)


def _state(home: Path) -> Path:
    return home / "run" / "state.json"


def _noted(home: Path) -> dict[str, Any] | None:
    try:
        return dict(json.loads(_state(home).read_text()))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
