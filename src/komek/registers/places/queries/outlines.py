"""Which district a point lies in: PostgreSQL compares boxes, shapely the outlines."""

import json
from functools import lru_cache

from django.db.models import TextField
from django.db.models.functions import Cast
from shapely import Point
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from shapely.prepared import PreparedGeometry, prep

from komek.registers.places.models import District


def district_at(lat: float, lon: float) -> str | None:
    """The district a point lies in: the boxes in SQL, then the outline."""
    boxed = District.objects.filter(
        polygon__isnull=False, min_lat__lte=lat, max_lat__gte=lat, min_lon__lte=lon, max_lon__gte=lon
    ).annotate(outline=Cast("polygon", TextField()))
    point = Point(lon, lat)
    for code, outline in boxed.values_list("code", "outline"):
        if _shape(outline).covers(point):
            return str(code)
    return None


@lru_cache(maxsize=64)
def _shape(outline: str) -> "PreparedGeometry[BaseGeometry]":
    """The outline ready for many tests; kept by its text, so that a changed outline is never an old one."""
    return prep(shape(json.loads(outline)))


class Outlines:
    """All districts' outlines at once, for telling the district of many points without a query each."""

    def __init__(self) -> None:
        rows = District.objects.filter(polygon__isnull=False).annotate(outline=Cast("polygon", TextField()))
        self._shapes = [(code, _shape(outline)) for code, outline in rows.values_list("code", "outline")]

    def district(self, lat: float, lon: float) -> str | None:
        """The district a point lies in."""
        point = Point(lon, lat)
        return next((code for code, outline in self._shapes if outline.covers(point)), None)
