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

__all__ = [
    "LONGEST_TEXT",
    "Address",
    "HousePoint",
    "ImpossiblePoint",
    "NoSuchHouse",
    "Phrase",
    "Place",
    "Suggestion",
    "UnreadableOutline",
    "ensure_point",
    "fold",
    "house_number",
    "houses_along",
    "is_lane",
    "outline_box",
    "parse",
    "trimmed",
]
