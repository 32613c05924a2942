"""Log files that programs append to: kept short without the programs knowing."""

import shutil
from pathlib import Path

_LIMIT = 20_000_000
_LINES = 12
_READ = 20_000


def trim(folder: Path) -> None:
    """Move the content of a long file aside; its program goes on appending to the emptied one."""
    for log in folder.glob("*.log"):
        if log.stat().st_size > _LIMIT:
            aside = log.with_suffix(".log.1")
            try:
                shutil.copyfile(log, aside)
            except OSError:
                # The disk is full, perhaps by this very log: what cannot be moved aside is forgotten.
                aside.unlink(missing_ok=True)
            with log.open("r+b") as file:
                file.truncate(0)


def end(log: Path) -> str:
    """The last lines, for a message that says what happened without sending its reader elsewhere."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _READ))
        return "\n".join(file.read().decode("utf-8", "replace").strip().splitlines()[-_LINES:])
