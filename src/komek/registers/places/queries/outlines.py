"""Which district a point lies in, by the outlines as the register holds them."""

import json

from django.db.models import TextField
from django.db.models.functions import Cast
from shapely import Point
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from shapely.prepared import PreparedGeometry, prep

from komek.platform.remembered import Remembered, rows_version
from komek.registers.places.models import District


def district_at(lat: float, lon: float) -> str | None:
    """The district a point lies in; the outlines are remembered while none of them changes."""
    return outlines().district(lat, lon)


class Outlines:
    """All districts' outlines at once, ready for the test of many points."""

    def __init__(self) -> None:
        rows = District.objects.filter(polygon__isnull=False).annotate(outline=Cast("polygon", TextField()))
        self._shapes: list[tuple[str, PreparedGeometry[BaseGeometry]]] = [
            (code, prep(shape(json.loads(outline)))) for code, outline in rows.values_list("code", "outline")
        ]

    def __bool__(self) -> bool:
        return bool(self._shapes)

    def district(self, lat: float, lon: float) -> str | None:
        """The district a point lies in."""
        point = Point(lon, lat)
        return next((code for code, outline in self._shapes if outline.covers(point)), None)


outlines = Remembered("places.districts", version=rows_version("places_district"), load=Outlines)
