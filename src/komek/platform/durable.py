"""Files that survive a power cut: written beside their place, brought to the disk, put in place whole."""

import os
from pathlib import Path


def write(path: Path, text: str, *, mode: int) -> None:
    """Put a file in place of an old one, or of none; once this returns, a power cut takes nothing away."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    write_new(new, text, mode=mode)
    new.replace(path)
    sync_folder(path.parent)


def write_new(path: Path, text: str, *, mode: int) -> None:
    """Write a file that is not there yet and bring its content to the disk; its name is its folder's business."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        # However careful the umask is.
        os.fchmod(file.fileno(), mode)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_everything() -> None:
    """Bring everything to the disk: after so many files that one call for each would take longer."""
    os.sync()
