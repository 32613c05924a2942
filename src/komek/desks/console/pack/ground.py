"""The map of a pack: districts, streets with other names, crossings, houses, who serves them."""

from collections.abc import Iterable, Mapping
from typing import Any

from komek.desks.console.pack.problems import Problems
from komek.desks.console.pack.tables import Row, Table
from komek.refusal import Refusal
from komek.registers.places.rules import ensure_point, fold, house_number, outline_box
from komek.rows import number_in

DEGREES = "Write degrees as 51.1234, latitude first."
AS_IN_STREETS = "Write it as in streets.csv, or add it to aliases.csv."
STREET_NAMES = ("name", "name_kk", "name_ru", "name_en")
STREET_COLUMNS = {
    *STREET_NAMES, "district", "district_code", "districts", "lat", "lon", "min_lat", "min_lon", "max_lat", "max_lon",
    "points", "note",
}  # fmt: skip


def check_districts(file: str, told: Any, problems: Problems) -> frozenset[str]:
    """Check the collection; returns the codes. A district without an outline is one by name only."""
    if told is None:
        return frozenset()
    features = told.get("features") if isinstance(told, dict) else None
    if not isinstance(features, list):
        problems.add(file, 1, "This is no GeoJSON of districts.", "Write a FeatureCollection with a list of features.")
        return frozenset()
    codes: set[str] = set()
    for number, feature in enumerate(features, 1):
        properties = (feature.get("properties") if isinstance(feature, dict) else None) or {}
        code = str(properties.get("code") or "").strip()
        where = f"District {number}"
        if not code:
            problems.add(file, 0, f"{where} has no code.", "Give the feature a property «code».")
            continue
        if code in codes:
            problems.add(file, 0, f"{where} has the code of another one, {code}.", "Give each its own code.")
        codes.add(code)
        if not any(properties.get(f"name_{language}") for language in ("kk", "ru", "en")):
            problems.add(
                file, 0, f"The district {code} has no name.", "Give it a property name_kk, name_ru or name_en."
            )
        if feature.get("geometry"):
            try:
                outline_box(code, feature["geometry"])
            except Refusal as refusal:
                problems.add(file, 0, str(refusal), "Use a Polygon or MultiPolygon in EPSG:4326.")
    return frozenset(codes)


def check_streets(streets: Table, aliases: Table, problems: Problems) -> frozenset[str]:
    """Check streets and their other names; returns all names."""
    names: dict[str, int] = {}
    for row in streets:
        name = next((row[column] for column in STREET_NAMES if row[column]), "")
        if not name:
            problems.add(streets.file, row.line, "A street has no name.", "Fill the column «name».")
        elif name in names:
            problems.add(
                streets.file,
                row.line,
                f"«{name}» stands on line {names[name]} already.",
                "Delete one of the two lines.",
            )
        names.setdefault(name, row.line)
        check_point(streets.file, row, problems)
    known = set(names)
    for row in aliases:
        if row["name"] not in known:
            problems.add(
                aliases.file, row.line, f"There is no street «{row['name']}».", "Write it as it stands in streets.csv."
            )
        if not row["alias"]:
            problems.add(aliases.file, row.line, "The other name is empty.", "Fill the column «alias».")
        known.add(row["alias"])
    return frozenset(known)


def check_crossings(crossings: Table, streets: frozenset[str], problems: Problems) -> None:
    """Every crossing is of two streets we know, at a point."""
    for row in crossings:
        for column in ("street_a", "street_b"):
            check_street(crossings.file, row, row[column], streets, problems)
        check_point(crossings.file, row, problems, needed=True)


def check_houses(houses: Table, streets: frozenset[str], problems: Problems) -> None:
    """Every house stands on a street we know under a number that can be read."""
    for row in houses:
        check_street(houses.file, row, row["street"], streets, problems)
        check_house_number(houses.file, row, problems)
        check_point(houses.file, row, problems)


def check_servicing(servicing: Table, streets: frozenset[str], services: Iterable[str], problems: Problems) -> None:
    """Who serves a house is a service we know, for a duty with a name."""
    known, folded = set(services), frozenset(fold(name) for name in streets)
    for row in servicing:
        if fold(row["street"]) not in folded:
            check_street(servicing.file, row, row["street"], streets, problems)
        check_house_number(servicing.file, row, problems)
        if not row["duty"]:
            problems.add(
                servicing.file, row.line, "The duty is empty.", "Write osi, lift, heat, water or another duty."
            )
        if row["service"] not in known:
            problems.add(
                servicing.file,
                row.line,
                f"There is no service «{row['service']}».",
                "Add it to services.csv or correct the code.",
            )


def check_street(file: str, row: Row, name: str, streets: frozenset[str], problems: Problems) -> None:
    """A street by any of its names."""
    if name not in streets:
        problems.add(file, row.line, f"There is no street «{name}».", AS_IN_STREETS)


def check_house_number(file: str, row: Row, problems: Problems) -> None:
    """A number a house can have."""
    if not house_number(row["number"]):
        problems.add(file, row.line, f"«{row['number']}» is not a house number.", "Write it as 12, 12а or 53/2.")


def check_point(file: str, row: Row, problems: Problems, *, needed: bool = False) -> None:
    """A point on the globe, or none at all."""
    try:
        lat, lon = number_in(row["lat"]), number_in(row["lon"])
        ensure_point(lat, lon)
    except (ValueError, Refusal):
        problems.add(file, row.line, f"«{row['lat']}, {row['lon']}» is not a point.", DEGREES)
        return
    if needed and lat is None:
        problems.add(file, row.line, "The point is missing.", DEGREES)


def by_name_only(districts: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    """A collection of districts without outlines, for a city that has no map of them."""
    features = [{"type": "Feature", "properties": dict(one), "geometry": None} for one in districts]
    return {"type": "FeatureCollection", "features": features}
