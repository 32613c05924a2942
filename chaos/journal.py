"""What the clients were told, line by line, each line on the disk before anything else is asked."""

import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Journal:
    """An append-only file outside the city: `sent` before a request, `told` after an answer that promises something."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("ab", buffering=0)
        self._lock = threading.Lock()
        self.promises = 0

    def sent(self, kind: str, **what: Any) -> None:
        """Note what is about to be asked for: without an answer it may be there once, or not at all."""
        self._write({"line": "sent", "kind": kind, **what}, durable=False)

    def told(self, kind: str, **what: Any) -> None:
        """Note a promise; when this returns, a power cut does not make us forget it."""
        self._write({"line": "told", "kind": kind, **what}, durable=True)
        self.promises += 1

    def refused(self, kind: str, **what: Any) -> None:
        """Note a refusal for good: what was asked for must not be there."""
        self._write({"line": "refused", "kind": kind, **what}, durable=False)

    def _write(self, line: dict[str, Any], *, durable: bool) -> None:
        data = json.dumps({"at": round(time.time(), 3), **line}, ensure_ascii=False).encode() + b"\n"
        with self._lock:
            self._file.write(data)
        if durable:
            os.fsync(self._file.fileno())


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The lines again, from the file alone."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
