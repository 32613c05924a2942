"""Loading districts with their outlines."""

from collections.abc import Mapping
from typing import Any

from komek.platform.transactions import together
from komek.registers.places import rules
from komek.registers.places.models import District
from komek.rows import Report

BOX = ("min_lat", "min_lon", "max_lat", "max_lon")


@together
def load_districts(collection: Mapping[str, Any]) -> Report:
    """Take districts from a GeoJSON feature collection; one without an outline is a district by name only."""
    report = Report()
    for line, feature in enumerate(collection.get("features") or [], 1):
        told = feature.get("properties") or {}
        code = str(told.get("code") or told.get("id") or feature.get("id") or "").strip()
        if not code:
            report.refuse(line, "A district has no code.", "Give the feature a property «code».")
            continue
        outline = feature.get("geometry")
        try:
            box = rules.outline_box(code, outline) if outline else (None, None, None, None)
        except rules.UnreadableOutline as refusal:
            report.refuse(line, str(refusal), "Use a Polygon or MultiPolygon in EPSG:4326.")
            continue
        District.objects.update_or_create(
            code=code,
            defaults={
                **{f"name_{language}": str(told.get(f"name_{language}") or "") for language in ("kk", "ru", "en")},
                **dict(zip(BOX, box, strict=True)),
                "polygon": outline,
            },
        )
        report.loaded += 1
    return report
