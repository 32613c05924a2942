"""A small real disk for the city: a file system of its own, which can be filled to the last block, and lose its power.

What a program has written but not synced is in the memory of the kernel and not in the image below. So a copy of the image
holds what a disk holds whose power was cut at that moment, and nothing more; it takes the place of the first.
"""

import os
import shutil
import subprocess
import time
from pathlib import Path

MEGABYTE = 1024**2
_BLOCK = 4096
_LET_GO_SECONDS = 20.0
# The journal is written when somebody syncs, and not by the clock: nothing moves in the image while it is copied.
_OPTIONS = "loop,commit=900"


class NoDisk(Exception):
    """No file system can be mounted here."""


class Disk:
    """An ext4 in a sparse file, mounted over a loop."""

    def __init__(self, image: Path, place: Path, *, megabytes: int) -> None:
        self.place = place
        self._image = image
        self._ballast = place / "ballast"
        with image.open("wb") as file:
            file.truncate(megabytes * MEGABYTE)
        place.mkdir(parents=True, exist_ok=True)
        # No blocks kept back for root: the database runs as somebody else, and all must find the disk equally full.
        _run("mkfs.ext4", "-q", "-F", "-m", "0", str(image))
        _run("mount", "-o", _OPTIONS, str(image), str(place))
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

    def as_it_is(self) -> Path:
        """What would be left if the power went now; nobody may write meanwhile."""
        copy = self._image.with_suffix(f".{time.monotonic_ns()}")
        _run("cp", "--sparse=always", str(self._image), str(copy))
        return copy

    def return_to(self, copy: Path) -> None:
        """Come back with what was left; everybody who used the disk is gone."""
        deadline = time.monotonic() + _LET_GO_SECONDS
        while subprocess.run(["umount", str(self.place)], check=False, capture_output=True).returncode != 0:
            if time.monotonic() > deadline:
                raise NoDisk(f"{self.place} is still used")
            time.sleep(0.05)
        shutil.move(copy, self._image)
        _run("mount", "-o", _OPTIONS, str(self._image), str(self.place))

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
