"""Questions about places; none of them fails because an address is unknown."""

from komek.registers.places.queries.locating import locate
from komek.registers.places.queries.outlines import Outlines, district_at
from komek.registers.places.queries.register import address, district_names, districts, house, serving, street_ids
from komek.registers.places.queries.suggesting import suggest

__all__ = [
    "Outlines",
    "address",
    "district_at",
    "district_names",
    "districts",
    "house",
    "locate",
    "serving",
    "street_ids",
    "suggest",
]
