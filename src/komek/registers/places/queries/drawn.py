"""The map as it was last drawn into this home."""

import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from komek.registers.places.rules import Basemap

MAPS = "maps"
TOLD = "basemap.json"
# What a city brought itself, in our layers: drawn instead of the register's.
OWN = "own.geojsonl"


def maps() -> Path:
    """The folder of the maps."""
    return Path(settings.HOME) / MAPS


def basemap() -> Basemap | None:
    """The map to show, or none as long as none was drawn."""
    told = maps() / TOLD
    try:
        return _read(told, told.stat().st_mtime_ns)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


@lru_cache(maxsize=4)
def _read(told: Path, written: int) -> Basemap:
    kept = json.loads(told.read_text(encoding="utf-8"))
    min_lat, min_lon, max_lat, max_lon = kept["bounds"]
    first, last = kept["zooms"]
    return Basemap(
        file=str(kept["file"]),
        bounds=(min_lat, min_lon, max_lat, max_lon),
        zooms=(first, last),
        credits=tuple(kept["credits"]),
        rows=str(kept["rows"]),
    )
