"""Reading a city's own map: GeoJSON as one collection, or one feature a line as the tools of OpenStreetMap write it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from komek.registers.places.rules import Feature, UnreadableMap, feature_of

LINES = {".geojsonl", ".geojsonseq", ".geojsons", ".ndjson", ".jsonl"}
RECORD_SEPARATOR = "\x1e"


def read(file: Path) -> Iterator[Feature]:
    """What of the file a map shows; a large file goes one feature a line, so that it is never in memory whole."""
    for told in _one_a_line(file) if file.suffix in LINES else _collection(file):
        feature = feature_of(told)
        if feature is not None:
            yield feature


def _one_a_line(file: Path) -> Iterator[Mapping[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if text := line.strip().strip(RECORD_SEPARATOR):
                yield _object(file, number, text)


def _collection(file: Path) -> Iterator[Mapping[str, Any]]:
    features = _object(file, 1, file.read_text(encoding="utf-8")).get("features")
    if not isinstance(features, list):
        raise UnreadableMap(file.name, 1, "This is no collection of features.")
    for feature in features:
        if isinstance(feature, dict):
            yield feature


def _object(file: Path, line: int, text: str) -> Mapping[str, Any]:
    try:
        told = json.loads(text)
    except ValueError as broken:
        where = broken.lineno + line - 1 if isinstance(broken, json.JSONDecodeError) else line
        raise UnreadableMap(file.name, where, "This is no JSON.") from broken
    if not isinstance(told, dict):
        raise UnreadableMap(file.name, line, "This is no feature.")
    return told
