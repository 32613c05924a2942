"""Pure knowledge of addresses: folding and parsing what people write, placing houses, naming refusals."""

from komek.registers.places.rules.folding import fold, house_number, is_lane
from komek.registers.places.rules.houses import HousePoint, houses_along
from komek.registers.places.rules.parsing import Address, Phrase, parse
from komek.registers.places.rules.place import (
    LONGEST_TEXT,
    ImpossiblePoint,
    NoSuchHouse,
    Place,
    Suggestion,
    UnreadableOutline,
    ensure_point,
    outline_box,
    trimmed,
)
from komek.registers.places.rules.tracing import Box, Point, trace

__all__ = [
    "LONGEST_TEXT",
    "Address",
    "Box",
    "HousePoint",
    "ImpossiblePoint",
    "NoSuchHouse",
    "Phrase",
    "Place",
    "Point",
    "Suggestion",
    "UnreadableOutline",
    "ensure_point",
    "fold",
    "house_number",
    "houses_along",
    "is_lane",
    "outline_box",
    "parse",
    "trace",
    "trimmed",
]
