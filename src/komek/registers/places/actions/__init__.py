"""Loading the map of a city; every load may be repeated, and reports the lines it left out."""

from komek.registers.places.actions.districts import load_districts
from komek.registers.places.actions.drawing import bring_map, can_draw, draw_map, forget_map, redraw_map
from komek.registers.places.actions.houses import generate_houses, import_serving, load_houses, share_out
from komek.registers.places.actions.streets import load_crossings, load_streets

__all__ = [
    "bring_map",
    "can_draw",
    "draw_map",
    "forget_map",
    "generate_houses",
    "import_serving",
    "load_crossings",
    "load_districts",
    "load_houses",
    "load_streets",
    "redraw_map",
    "share_out",
]
