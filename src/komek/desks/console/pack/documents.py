"""YAML and JSON of a pack, whose every value knows its line."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from komek.desks.console.pack.problems import Problems
from komek.desks.console.pack.tables import read_text

Path_ = tuple[str | int, ...]


class Document:
    """A YAML file: its value, and the line of everything in it."""

    def __init__(self, file: str, value: Any, lines: Mapping[Path_, int]) -> None:
        self.file = file
        self.value = value
        self._lines = lines

    def line(self, *path: str | int) -> int:
        """The line of a value, or of the nearest thing around it."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)


def read_yaml(folder: Path, name: str, problems: Problems, *, must_exist: bool = False) -> Document | None:
    """Read a YAML file; None when there is none or it cannot be read."""
    text = read_text(folder, name, problems, must_exist=must_exist)
    if text is None:
        return None
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        lines: dict[Path_, int] = {}
        if node is not None:
            _note_lines(node, (), lines, loader, name, problems)
        value = loader.construct_document(node) if node is not None else None
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


def _note_lines(
    node: yaml.Node, path: Path_, lines: dict[Path_, int], loader: yaml.SafeLoader, name: str, problems: Problems
) -> None:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            told = loader.construct_object(key)
            if told in seen:
                problems.add(name, key.start_mark.line + 1, f"The key «{told}» stands here twice.", "Delete one of the two.")
            seen.add(told)
            inner = (*path, told)
            _note_lines(value, inner, lines, loader, name, problems)
            lines[inner] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for at, value in enumerate(node.value):
            _note_lines(value, (*path, at), lines, loader, name, problems)
