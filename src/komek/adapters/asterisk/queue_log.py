"""The journal of the queues: Asterisk writes a line for everything that happens to a call, whoever listens.

It is the truth about calls; what the manager interface says is only sooner. A reader keeps the place up to which it has
read together with what it made of it, so that each line counts once, however often anybody dies in between.

The format: https://docs.asterisk.org/Operation/Logging/Queue-Logs/
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import structlog

log = structlog.get_logger("komek.asterisk")

# seconds[.microseconds]|call|queue|agent|event|data…
FEWEST_PARTS = 5
# Where a line begins: also behind one that was cut when the switch died.
BEGINS = re.compile(rb"\d{10}(?:\.\d{1,6})?\|(?:[^|\n]*\.\d+|NONE|MANAGER|REALTIME)\|")


@dataclass(frozen=True)
class Line:
    """Something that happened in a queue: `call` is the unique id of the caller's channel, empty for what is about none."""

    at: datetime
    call: str
    queue: str
    agent: str
    event: str
    data: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """How far a journal has been read: the file, by the number the disk gives it, and the bytes of it."""

    file: int = 0
    offset: int = 0


def parse(line: bytes) -> Line | None:
    """One line, or None when it is none: half of it was never written, or somebody else wrote it."""
    parts = line.decode("utf-8", "replace").split("|")
    if len(parts) < FEWEST_PARTS:
        return None
    try:
        at = datetime.fromtimestamp(float(parts[0]), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    call, queue, agent = ("" if part == "NONE" else part for part in parts[1:4])
    return Line(at, call, queue, agent, parts[4], tuple(parts[5:]))


class Journal:
    """A file of lines that grows, and is put away from time to time under the name with a number behind it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def since(self, place: Place) -> Iterator[tuple[Line, Place]]:
        """Every whole line behind the place, each with the place behind it; nothing when nothing was written.

        A line without its end stays for the next time. What cannot be read is passed over and said once.
        """
        for path, file, begin in self._files(place):
            with path.open("rb") as opened:
                opened.seek(begin)
                for raw in iter(opened.readline, b""):
                    if raw.endswith(b"\n"):
                        behind = opened.tell()
                        for line, rest in _lines(raw, path):
                            yield line, Place(file, behind - rest)

    def _files(self, place: Place) -> Iterator[tuple[Path, int, int]]:
        """What is still to be read, the oldest first, from which byte on."""
        try:
            now = self.path.stat()
        except FileNotFoundError:
            return
        if place.file in {0, now.st_ino}:
            # A file that has become shorter was begun anew.
            yield self.path, now.st_ino, place.offset if place.offset <= now.st_size else 0
            return
        put_away = sorted(
            (one for one in self.path.parent.glob(f"{self.path.name}.*") if one.suffix[1:].isdigit()),
            key=lambda one: -int(one.suffix[1:]),
        )
        numbers = [one.stat().st_ino for one in put_away]
        if place.file in numbers:
            first = numbers.index(place.file)
            for path, number in zip(put_away[first:], numbers[first:], strict=True):
                yield path, number, place.offset if number == place.file else 0
        else:
            log.error("queue_log_lost", file=place.file, path=str(self.path))
        yield self.path, now.st_ino, 0


def _lines(raw: bytes, path: Path) -> Iterator[tuple[Line, int]]:
    """The line and the bytes behind it; two lines when the first was cut and the next was written right behind it."""
    edges = sorted({0, len(raw), *(found.start() for found in BEGINS.finditer(raw))})
    for start, end in pairwise(edges):
        part = raw[start:end].rstrip(b"\r\n")
        if line := parse(part):
            yield line, len(raw) - end
        elif part:
            log.warning("queue_log_unreadable", path=str(path), line=part[:200].decode("utf-8", "replace"))
