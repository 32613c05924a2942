"""The sound of calls as Asterisk's MixMonitor writes it: two files of A-law a call, named by its unique id."""

import os
import re
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

from komek.rooms.recordings.ports import Found

HEARD, SAID = "rx", "tx"
_NAME = re.compile(r"([0-9A-Za-z.-]{1,40})-(rx|tx)\.alaw")


class RawLegs:
    """The folder that the dialplan names as RAW."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def found(self, *, without: Collection[str] = ()) -> list[Found]:
        """All calls of which there is a leg, but for these: three days of calls lie there, and few of them are new."""
        sizes: dict[str, dict[str, int]] = {}
        grown: dict[str, float] = {}
        for name in os.listdir(self.folder):  # noqa: PTH208 - thousands of them, every two seconds
            named = _NAME.fullmatch(name)
            if named is None or named[1] in without:
                continue
            try:
                stat = (self.folder / name).stat()
            except FileNotFoundError:
                continue
            sizes.setdefault(named[1], {})[named[2]] = stat.st_size
            grown[named[1]] = max(grown.get(named[1], 0.0), stat.st_mtime)
        return [
            Found(unique_id, legs.get(HEARD), legs.get(SAID), datetime.fromtimestamp(grown[unique_id], UTC))
            for unique_id, legs in sorted(sizes.items())
        ]

    def paths(self, unique_id: str) -> tuple[Path | None, Path | None]:
        """What the switch heard of whoever is recorded, and what it said to them."""
        heard, said = (self._path(unique_id, leg) for leg in (HEARD, SAID))
        return heard if heard.exists() else None, said if said.exists() else None

    def remove(self, unique_id: str) -> None:
        """Delete both legs; they may be gone already."""
        for leg in (HEARD, SAID):
            self._path(unique_id, leg).unlink(missing_ok=True)

    def _path(self, unique_id: str, leg: str) -> Path:
        name = f"{unique_id}-{leg}.alaw"
        if _NAME.fullmatch(name) is None:
            raise FileNotFoundError(name)
        return self.folder / name
