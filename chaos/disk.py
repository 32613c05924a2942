"""A small real disk for the city: a file system of its own, which a ballast file fills to the last block."""

import os
import subprocess
from pathlib import Path

MEGABYTE = 1024**2
_BLOCK = 4096


class NoDisk(Exception):
    """No file system can be mounted here."""


class Disk:
    """An ext4 in a sparse file, mounted over a loop."""

    def __init__(self, image: Path, place: Path, *, megabytes: int) -> None:
        self.place = place
        self._ballast = place / "ballast"
        with image.open("wb") as file:
            file.truncate(megabytes * MEGABYTE)
        place.mkdir(parents=True, exist_ok=True)
        # No blocks kept back for root: the database runs as somebody else, and all must find the disk equally full.
        _run("mkfs.ext4", "-q", "-F", "-m", "0", str(image))
        _run("mount", "-o", "loop", str(image), str(place))
        place.chmod(0o755)

    @property
    def free(self) -> int:
        """Bytes that are still to be had."""
        room = os.statvfs(self.place)
        return room.f_bavail * room.f_frsize

    def fill(self) -> int:
        """Take every block that is left; returns how many bytes there were."""
        before = self.free
        with self._ballast.open("ab") as ballast:
            piece = max(self.free, _BLOCK)
            while piece >= _BLOCK:
                try:
                    os.posix_fallocate(ballast.fileno(), os.fstat(ballast.fileno()).st_size, piece)
                except OSError:
                    piece //= 2
                else:
                    piece = min(piece, max(self.free, _BLOCK))
        return before

    def relieve(self) -> None:
        """Give the blocks back."""
        self._ballast.unlink(missing_ok=True)

    def unmount(self) -> None:
        """Let go of it; what still uses it keeps it until it ends."""
        subprocess.run(["umount", "--lazy", str(self.place)], check=False, capture_output=True)


def _run(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as missing:
        raise NoDisk(f"{command[0]} is not installed") from missing
    if done.returncode != 0:
        raise NoDisk(f"{command[0]}: {done.stderr.strip()}")
