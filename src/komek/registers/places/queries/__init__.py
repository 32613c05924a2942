"""Questions about places; none of them fails because an address is unknown."""

from komek.registers.places.queries.drawn import OWN, TOLD, basemap, maps
from komek.registers.places.queries.ground import busy_middles, ground, ground_version
from komek.registers.places.queries.locating import locate
from komek.registers.places.queries.outlines import Outlines, district_at
from komek.registers.places.queries.register import address, district_names, districts, house, serving, street_ids
from komek.registers.places.queries.suggesting import suggest

__all__ = [
    "OWN",
    "TOLD",
    "Outlines",
    "address",
    "basemap",
    "busy_middles",
    "district_at",
    "district_names",
    "districts",
    "ground",
    "ground_version",
    "house",
    "locate",
    "maps",
    "serving",
    "street_ids",
    "suggest",
]
