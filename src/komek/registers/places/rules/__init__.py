"""Pure knowledge of addresses: folding and parsing what people write, placing houses, naming refusals."""

from komek.registers.places.rules.basemap import (
    FIRST_ZOOM,
    Basemap,
    CannotDraw,
    Feature,
    Layer,
    Rank,
    UnreadableMap,
    feature_of,
    metres,
    said,
    street,
    street_rank,
)
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
    "FIRST_ZOOM",
    "LONGEST_TEXT",
    "Address",
    "Basemap",
    "Box",
    "CannotDraw",
    "Feature",
    "HousePoint",
    "ImpossiblePoint",
    "Layer",
    "NoSuchHouse",
    "Phrase",
    "Place",
    "Point",
    "Rank",
    "Suggestion",
    "UnreadableMap",
    "UnreadableOutline",
    "ensure_point",
    "feature_of",
    "fold",
    "house_number",
    "houses_along",
    "is_lane",
    "metres",
    "outline_box",
    "parse",
    "said",
    "street",
    "street_rank",
    "trace",
    "trimmed",
]
