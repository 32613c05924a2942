"""Drawing the map under our own signs: vector tiles in one file of this home, made of the register or of a city's own data."""

import hashlib
import importlib.util
import json
import os
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

import structlog

from komek.platform import durable
from komek.registers.places import queries
from komek.registers.places.rules import Basemap, CannotDraw, Feature, Layer

DRAWS = "cubao_tippecanoe"
# Nothing is thinned out: what is drawn at which zoom is said feature by feature. Another wish draws all maps anew.
WISHES = ("--minimum-zoom=8", "--maximum-zoom=14", "--drop-rate=1", "--no-feature-limit", "--no-tile-size-limit",
          "--simplification=4", "--no-tiny-polygon-reduction", "--buffer=8")  # fmt: skip
NAME = "basemap-{}.pmtiles"
# Pages that are open still ask for the former one.
KEPT = 2
# PMTiles, version 3: zooms and the box (in ten-millionths of a degree, longitude first) stand in the header.
MAGIC, HEADER = b"PMTiles\x03", struct.Struct("<BBiiii")
HEADER_AT, E7 = 100, 10_000_000

log = structlog.get_logger("komek.places")


def redraw_map(credited: Sequence[str]) -> Basemap | None:
    """Draw the map if the register differs from what it was drawn of; where nothing can be drawn there is none."""
    if not can_draw():
        return None
    known, now = queries.basemap(), queries.ground_version()
    if known is not None and known.rows == now and (queries.maps() / known.file).is_file():
        return known
    try:
        return draw_map(credited)
    except CannotDraw as refusal:
        log.info("places.no_map", why=str(refusal))
        return None


def draw_map(credited: Sequence[str]) -> Basemap:
    """Draw the map now; one that would be the same is left as it is."""
    folder = queries.maps()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    rows = queries.ground_version()
    own_credits, own = _own(folder)
    with tempfile.TemporaryDirectory(prefix=".drawing-", dir=folder) as made:
        work = Path(made)
        layers, fingerprint = _write(work, own)
        name = NAME.format(fingerprint[:16])
        if not (folder / name).is_file():
            _run(work, layers)
            durable.sync_everything()
            (work / "map.pmtiles").replace(folder / name)
    bounds, zooms = _header(folder / name)
    drawn = Basemap(name, bounds, zooms, tuple(dict.fromkeys([*own_credits, *credited])), rows)
    told = {"file": name, "bounds": bounds, "zooms": zooms, "credits": drawn.credits, "rows": rows}
    durable.write(folder / queries.TOLD, json.dumps(told, ensure_ascii=False, indent=1) + "\n", mode=0o600)
    _tidy(folder, name)
    return drawn


def bring_map(features: Iterable[Feature], credited: Sequence[str]) -> int:
    """Keep a city's own map data: its layers are drawn instead of the register's; returns how many things it has."""
    folder = queries.maps()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    new, count = folder / f"{queries.OWN}.{os.getpid()}.new", 0
    try:
        with new.open("w", encoding="utf-8") as file:
            file.write(_line({"credits": list(credited)}))
            for feature in features:
                file.write(_line({"layer": feature.layer} | feature.written()))
                count += 1
        if not count:
            raise CannotDraw("the file has nothing that a map shows")
        new.replace(folder / queries.OWN)
    finally:
        new.unlink(missing_ok=True)
    return count


def forget_map() -> None:
    """Go back to what the register knows."""
    (queries.maps() / queries.OWN).unlink(missing_ok=True)


@cache
def can_draw() -> bool:
    """Whether the maker of tiles was installed: not every machine has one."""
    return importlib.util.find_spec(DRAWS) is not None


def _own(folder: Path) -> tuple[list[str], Path | None]:
    own = folder / queries.OWN
    if not own.is_file():
        return [], None
    with own.open(encoding="utf-8") as file:
        return json.loads(file.readline())["credits"], own


def _write(work: Path, own: Path | None) -> tuple[list[Layer], str]:
    """One file a layer, and a fingerprint of them all."""
    found = hashlib.sha256(" ".join(WISHES).encode())
    files = {layer: (work / layer).open("w", encoding="utf-8") for layer in Layer}
    written: set[Layer] = set()
    try:
        for layer, line in _lines(own):
            files[layer].write(line)
            written.add(layer)
            found.update(f"{layer} {line}".encode())
    finally:
        for file in files.values():
            file.close()
    if not written:
        raise CannotDraw("the register has no streets and no districts yet")
    return sorted(written, key=list(Layer).index), found.hexdigest()


def _lines(own: Path | None) -> Iterator[tuple[Layer, str]]:
    """What the city brought, then what the register knows of the layers that it did not bring."""
    brought: set[Layer] = set()
    if own is not None:
        with own.open(encoding="utf-8") as file:
            file.readline()
            for line in file:
                told = json.loads(line)
                layer = Layer(told.pop("layer"))
                brought.add(layer)
                yield layer, _line(told)
    for feature in queries.ground():
        if feature.layer not in brought:
            yield feature.layer, _line(feature.written())


def _line(told: object) -> str:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n"


def _run(work: Path, layers: Sequence[Layer]) -> None:
    """Run in the folder of the drawing: the command line becomes part of the map, and names no folder of this machine."""
    if not can_draw():
        raise CannotDraw(f"{DRAWS} is not installed; it has no build for this machine")
    command = [sys.executable, "-m", DRAWS, "tippecanoe", "--output=map.pmtiles", "--quiet", "--temporary-directory=."]
    command += WISHES
    command += [f"--named-layer={layer}:{layer}" for layer in layers]
    # The city goes on beside it.
    beside = os.environ | {"TIPPECANOE_MAX_THREADS": "1"}
    done = subprocess.run(command, cwd=work, env=beside, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotDraw(done.stderr.strip().rsplit("\n", 1)[-1] or f"its maker ended with {done.returncode}")


def _header(file: Path) -> tuple[tuple[float, float, float, float], tuple[int, int]]:
    with file.open("rb") as tiles:
        head = tiles.read(HEADER_AT + HEADER.size)
    if not head.startswith(MAGIC):
        raise CannotDraw(f"{file.name} is damaged; delete it")
    first, last, west, south, east, north = HEADER.unpack_from(head, HEADER_AT)
    return (south / E7, west / E7, north / E7, east / E7), (first, last)


def _tidy(folder: Path, current: str) -> None:
    """Keep the map, and the one before it."""
    others = sorted(
        (file for file in folder.glob(NAME.format("*")) if file.name != current),
        key=lambda file: file.stat().st_mtime,
        reverse=True,
    )
    for file in others[KEPT - 1 :]:
        file.unlink(missing_ok=True)
