"""One owner for one folder: the lock that a second supervisor runs into."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_TRIES = 5
_PAUSE = 0.01
_WIDTH = 16


class AlreadyClaimed(Exception):
    """Somebody else runs this folder; the kernel frees the claim when they die, however they die."""

    def __init__(self, path: Path, owner: str) -> None:
        self.path = path
        self.owner = owner
        who = f"process {owner}" if owner else "another process"
        super().__init__(f"{path.parent} is already run by {who}. Stop it first, or choose another folder.")


@contextmanager
def claim(path: Path) -> Iterator[None]:
    """Hold the folder of this lock file for one owner; the file stays, only the lock goes."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not _taken(descriptor, fcntl.LOCK_EX):
            raise AlreadyClaimed(path, _owner(descriptor))
        # Written over what stood there: on a full disk that is still possible.
        os.pwrite(descriptor, f"{os.getpid()}\n".ljust(_WIDTH).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def owner(path: Path) -> int | None:
    """The process that holds the claim (0 when it is just coming), asked of the kernel: a file outlives a crash."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        return None if _taken(descriptor, fcntl.LOCK_SH) else int(_owner(descriptor) or 0)
    finally:
        os.close(descriptor)


def _taken(descriptor: int, kind: int) -> bool:
    # Someone who only asks holds the lock for a blink: ask again before believing in an owner.
    for _ in range(_TRIES):
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE)
        else:
            return True
    return False


def _owner(descriptor: int) -> str:
    return os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()


@contextmanager
def use(path: Path) -> Iterator[None]:
    """Be one of many users of something; waits while its owner puts it away."""
    with _locked(path, fcntl.LOCK_SH):
        yield


@contextmanager
def unused(path: Path) -> Iterator[None]:
    """Wait until nobody uses it, and let nobody begin meanwhile."""
    with _locked(path, fcntl.LOCK_EX):
        yield


@contextmanager
def _locked(path: Path, kind: int) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, kind)
        yield
    finally:
        os.close(descriptor)
