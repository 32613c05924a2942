"""YAML and JSON of a pack, whose every value knows its line."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from komek.desks.console.pack.problems import Problems
from komek.desks.console.pack.tables import read_text


class Document:
    """A YAML file: its value, and the line of everything in it."""

    def __init__(self, file: str, value: Any, lines: Mapping[tuple[str, ...], int]) -> None:
        self.file = file
        self.value = value
        self._lines = lines

    def line(self, *path: object) -> int:
        """The line of a value, or of the nearest thing around it."""
        told = tuple(map(str, path))
        while told and told not in self._lines:
            told = told[:-1]
        return self._lines.get(told, 1)


def read_yaml(folder: Path, name: str, problems: Problems, *, must_exist: bool = False) -> Document | None:
    """Read a YAML file; None when there is none or it cannot be read."""
    text = read_text(folder, name, problems, must_exist=must_exist)
    if text is None:
        return None
    loader = yaml.SafeLoader(text)
    lines: dict[tuple[str, ...], int] = {}
    try:
        node = loader.get_single_node()
        for path, line in _keys(node, ()) if node else ():
            if path in lines:
                problems.add(name, line, f"The key «{path[-1]}» stands here twice.", "Delete one of the two.")
            lines.setdefault(path, line)
        value = loader.construct_document(node) if node else None
    except yaml.YAMLError as failure:
        mark = getattr(failure, "problem_mark", None)
        reason = getattr(failure, "problem", None) or "it cannot be read"
        problems.add(
            name, mark.line + 1 if mark else 1, f"This is not YAML: {reason}.", "Quote the value, or mend the indent."
        )
        return None
    except ValueError as failure:  # 2026-02-30 looks like a date and is none
        problems.add(name, 1, f"A value is impossible: {failure}.", "Write days as 2026-01-31.")
        return None
    finally:
        loader.dispose()
    return Document(name, value, lines)


def read_json(folder: Path, name: str, problems: Problems) -> Any:
    """Read a JSON file; None when there is none or it cannot be read."""
    text = read_text(folder, name, problems)
    if text is None:
        return None
    try:
        return json.loads(text)
    except json.JSONDecodeError as failure:
        problems.add(name, failure.lineno, f"This is not JSON: {failure.msg}.", "Mend it at this place.")
        return None


def _keys(node: yaml.Node, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
    """Every key and every entry of a list, with its line."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*path, str(key.value))
            yield inner, key.start_mark.line + 1
            yield from _keys(value, inner)
    elif isinstance(node, yaml.SequenceNode):
        for at, value in enumerate(node.value):
            inner = (*path, str(at))
            yield inner, value.start_mark.line + 1
            yield from _keys(value, inner)
