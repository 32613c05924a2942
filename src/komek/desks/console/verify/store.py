"""Files: whether what the register says is kept is there, whole and unchanged."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from komek.desks.console.verify.check import EXAMPLES, Finding, Tables
from komek.platform import files
from komek.platform.files import FileGone

CHUNK = 1_048_576
_AT_A_TIME = 1_000

# What has one sha256 is one thing in the store, however often it was sent.
_KEPT = (
    "SELECT sha256, min(id), min(size), max(size) FROM {files} file WHERE sha256 > %s GROUP BY 1 ORDER BY 1 LIMIT %s"
)
_STILL = "SELECT count(*) FROM platform_storedfile WHERE sha256 = %s"


@dataclass
class Looked:
    """What was read on the way."""

    files: int = 0
    bytes: int = 0


def look(within: Tables, *, tell: Callable[[Looked], None]) -> Iterator[Finding]:
    """Read every stored file once; one that is missing is asked about again, because it may just have been deleted."""
    looked, missing, wrong = Looked(), [], []
    for sha256, file_id, size, other_size in _kept(within):
        looked.files += 1
        try:
            found, length = _read(file_id)
        except FileGone:
            if _still_there(sha256):
                missing.append(f"file {file_id}, {sha256[:12]}…")
            continue
        looked.bytes += length
        if found != sha256:
            wrong.append(f"file {file_id} should be {sha256[:12]}…, it is {found[:12]}…")
        elif not size == other_size == length:
            wrong.append(f"file {file_id} should have {size} bytes, it has {length}")
        tell(looked)
    for name, what, those in (
        ("file_missing", "Stored files that are not in the store", missing),
        ("file_changed", "Stored files whose content is not what was stored", wrong),
    ):
        if those:
            yield Finding(name, what, len(those), tuple(those[:EXAMPLES]))


def _kept(within: Tables) -> Iterator[tuple[Any, ...]]:
    last = ""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_KEPT.format_map(within.sources), [last, _AT_A_TIME])
            rows = cursor.fetchall()
        yield from rows
        if len(rows) < _AT_A_TIME:
            return
        last = rows[-1][0]


def _read(file_id: int) -> tuple[str, int]:
    digest, length = hashlib.sha256(), 0
    with files.open(files.stored(file_id)) as content:
        while piece := content.read(CHUNK):
            digest.update(piece)
            length += len(piece)
    return digest.hexdigest(), length


def _still_there(sha256: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_STILL, [sha256])
        return bool(cursor.fetchone()[0])
