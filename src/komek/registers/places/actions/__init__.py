"""Loading the map of a city; every load may be repeated, and reports the lines it left out."""

from komek.registers.places.actions.districts import load_districts
from komek.registers.places.actions.houses import generate_houses, import_serving, load_houses, share_out
from komek.registers.places.actions.streets import load_crossings, load_streets

__all__ = [
    "generate_houses",
    "import_serving",
    "load_crossings",
    "load_districts",
    "load_houses",
    "load_streets",
    "share_out",
]
