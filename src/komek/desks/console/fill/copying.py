"""Rows as the text that COPY reads: explained cells become a format and the slots that go into it."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from komek.desks.console.fill.slots import Slot, Text

NULL = "\\N"
# How a slot is written, by where it stands: as a whole cell, inside one, as a value of JSON, inside its text, and in
# the text of an array.
CELL, INSIDE, JSON, IN_JSON, IN_ARRAY = "cell", "inside", "json", "in json", "in array"

Format = tuple[str, list[tuple[str, str]]]
# Numbers and moments look the same wherever they stand, but for the quotation marks that JSON wants around a moment.
ALIKE = ("row:", "at:", "due:")


def escaped(text: str) -> str:
    """The text with what COPY would take for the end of a cell or a row."""
    if "\\" in text or "\n" in text or "\t" in text or "\r" in text:
        return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return text


def cell(value: Any) -> str:
    """A plain value as a cell."""
    kind = type(value)
    if kind is str:
        return escaped(value)
    if value is None:
        return NULL
    if kind is int:
        return str(value)
    if kind is datetime or kind is date:
        return str(value.isoformat())
    if kind is bool:
        return "t" if value else "f"
    return escaped(str(value))


def array(values: Iterable[str]) -> str:
    """An array of plain texts as a cell."""
    return "{" + ",".join(f'"{_in_array(value)}"' for value in values) + "}"


def _inside(value: Any) -> str:
    return escaped(_plain(value))


def _json(value: Any) -> str:
    plain = value if isinstance(value, int | float | dict | list | bool | None) else _plain(value)
    return escaped(json.dumps(plain, ensure_ascii=False, separators=(",", ":")))


def _in_json(value: Any) -> str:
    return escaped(json.dumps(_plain(value), ensure_ascii=False)[1:-1])


def _in_array(value: Any) -> str:
    return escaped(_quoted(_plain(value)))


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


WRITE: dict[str, Callable[[Any], str]] = {
    CELL: cell,
    INSIDE: _inside,
    JSON: _json,
    IN_JSON: _in_json,
    IN_ARRAY: _in_array,
}


def format_of(column: "models.Field[Any, Any]", value: Any) -> Format:
    """An explained cell as a format of `%`, with the slots it needs in their order."""
    if value is None:
        return NULL, []
    if isinstance(column, models.JSONField):
        return _of_json(value)
    if isinstance(column, ArrayField):
        return _of_array(value)
    if isinstance(value, Slot):
        return "%s", [(value.name, CELL)]
    if isinstance(value, Text):
        return _of_pieces(value.pieces, INSIDE, escaped)
    return _constant(cell(value)), []


def _of_json(value: Any) -> Format:
    if isinstance(value, dict):
        pairs = [(_of_json_text(key), _of_json(item)) for key, item in value.items()]
        return _together("{", [_together("", [key, item], ":") for key, item in pairs], ",", "}")
    if isinstance(value, list):
        return _together("[", [_of_json(item) for item in value], ",", "]")
    if isinstance(value, Slot):
        return "%s", [(value.name, JSON)]
    if isinstance(value, Text):
        return _of_json_text(value)
    return _constant(escaped(json.dumps(value, ensure_ascii=False))), []


def _of_json_text(value: Any) -> Format:
    pieces = value.pieces if isinstance(value, Text) else (value,)
    told, slots = _of_pieces(pieces, IN_JSON, _in_json)
    return f'"{told}"', slots


def _of_array(values: Iterable[Any]) -> Format:
    items = []
    for value in values:
        pieces = value.pieces if isinstance(value, Text) else (value,)
        told, slots = _of_pieces(pieces, IN_ARRAY, _in_array)
        items.append((f'"{told}"', slots))
    return _together("{", items, ",", "}")


def _of_pieces(pieces: Iterable[str | Slot], form: str, write: Callable[[str], str]) -> Format:
    told, slots = "", []
    for piece in pieces:
        if isinstance(piece, Slot):
            told += "%s"
            slots.append((piece.name, form))
        else:
            told += _constant(write(piece))
    return told, slots


def _together(begin: str, parts: Iterable[Format], between: str = "", end: str = "") -> Format:
    listed = list(parts)
    return begin + between.join(told for told, _ in listed) + end, [slot for _, slots in listed for slot in slots]


def _constant(text: str) -> str:
    return text.replace("%", "%%")


@dataclass(frozen=True)
class Line:
    """One row of a mould: its format, which of the card's written slots go into it, and when it was written first."""

    told: str
    pick: Callable[[list[str]], Any]
    born: int

    def filled(self, written: list[str]) -> str:
        """The row of a card."""
        return self.told % self.pick(written)


class Writing:
    """The slots that a mould needs, each with its form, once."""

    def __init__(self) -> None:
        self.needed: dict[tuple[str, str], int] = {}

    def line(self, cells: Iterable[Format], *, born: int) -> Line:
        """A row made of cells."""
        told, slots = _together("", cells, "\t", "\n")
        places = [self.needed.setdefault(_simplest(*slot), len(self.needed)) for slot in slots]
        if not places:
            return Line(told, lambda _: (), born)
        if len(places) == 1:
            # One alone would be handed over without its brackets.
            return Line(told, lambda written, only=places[0]: (written[only],), born)  # type: ignore[misc]  # bound early
        return Line(told, itemgetter(*places), born)


def _simplest(name: str, form: str) -> tuple[str, str]:
    """Of several ways to write the same the first, so that it is written once."""
    if name.startswith(ALIKE) and (form != JSON or name.startswith("row:")):
        return name, CELL
    return name, form
