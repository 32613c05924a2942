"""Pure knowledge of addresses: folding and parsing what people write, placing houses, naming refusals."""

from komek.registers.places.rules.houses import HousePoint, houses_along
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
from komek.registers.places.rules.words import Address, Phrase, fold, house_number, is_lane, parse

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
