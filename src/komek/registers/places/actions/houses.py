"""Loading houses, making them up where a city has no register of them, and who serves them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from zlib import crc32

from komek.platform.transactions import together
from komek.registers.places import queries, rules
from komek.registers.places.models import Crossing, House, HouseService, Street
from komek.rows import Report, number_in, numbered

Rows = Iterable[Mapping[str, str | None]]
BATCH = 2_000
LEADING_DIGITS = re.compile(r"\d+")
# Blocks of neighbouring numbers go to one organisation; every so-many-th house has none.
HOUSES_A_BLOCK, NOBODYS = 24, 12


@together
def load_houses(rows: Rows) -> Report:
    """Take houses of a city's own address register: street, number, lat, lon, district."""
    report = Report()
    ids, found = queries.street_ids(), {}
    for line, row in numbered(rows):
        street, number = ids.get(row.get("street", "")), rules.house_number(row.get("number", ""))
        if street is None:
            report.refuse(line, f"There is no street «{row.get('street', '')}».", "Write it as in streets.csv.")
            continue
        if not number:
            report.refuse(line, f"«{row.get('number', '')}» is not a house number.", "Write it as 12, 12а or 53/2.")
            continue
        try:
            lat, lon = number_in(row.get("lat", "")), number_in(row.get("lon", ""))
            rules.ensure_point(lat, lon)
        except (ValueError, rules.ImpossiblePoint):
            report.refuse(line, "The point cannot be read.", "Write degrees as 51.1234, latitude first.")
            continue
        district = row.get("district", "")
        if not district and lat is not None and lon is not None:
            district = queries.district_at(lat, lon) or ""
        found[street, number] = House(street_id=street, number=number, lat=lat, lon=lon, district_code=district)
        report.loaded += 1
    _save_houses(found.values())
    return report


@together
def generate_houses(street_id: int | None = None) -> int:
    """Number houses along one street, or along every street that has none; the same houses on every run."""
    streets = (
        Street.objects.filter(id=street_id)
        if street_id
        else Street.objects.exclude(id__in=House.objects.values("street_id"))
    )
    meetings: defaultdict[int, list[tuple[float, float]]] = defaultdict(list)
    for first, second, lat, lon in Crossing.objects.values_list("street_id", "other_id", "lat", "lon"):
        meetings[first].append((lat, lon))
        meetings[second].append((lat, lon))
    outlines = queries.Outlines()
    houses = []
    for street in streets.order_by("id"):
        for point in rules.houses_along([*meetings[street.id], *street.known_points], street.box):
            district = outlines.district(point.lat, point.lon) or street.district_code
            houses.append(
                House(street=street, number=point.number, lat=point.lat, lon=point.lon, district_code=district)
            )
    _save_houses(houses)
    return len(houses)


def _save_houses(houses: Iterable[House]) -> None:
    House.objects.bulk_create(
        houses,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["street", "number"],
        update_fields=["lat", "lon", "district_code"],
    )


@together
def import_serving(rows: Rows, services: Iterable[str]) -> Report:
    """Take «house → who serves it»: street, number, duty, service; a later line for the same duty wins."""
    report = Report()
    codes, ids = set(services), queries.street_ids()
    folded = {rules.fold(name): street for name, street in ids.items()}
    houses = {
        (street, number): house for house, street, number in House.objects.values_list("id", "street_id", "number")
    }
    found: dict[tuple[int, str], HouseService] = {}
    for line, row in numbered(rows):
        name, number = row.get("street", ""), rules.house_number(row.get("number", ""))
        street = ids.get(name) or folded.get(rules.fold(name))
        duty, service = row.get("duty", "").lower(), row.get("service", "")
        house = houses.get((street, number)) if street else None
        if street is None:
            report.refuse(line, f"There is no street «{name}».", "Write it as in streets.csv, or add an alias.")
        elif house is None:
            report.refuse(line, f"There is no house «{row.get('number', '')}» on «{name}».", "Load the house first.")
        elif not duty:
            report.refuse(line, "The duty is empty.", "Write osi, lift, heat, water or another duty.")
        elif service not in codes:
            report.refuse(line, f"There is no service «{service}».", "Add it to services.csv or correct the code.")
        else:
            found[house, duty[:24]] = HouseService(house_id=house, duty=duty[:24], service_code=service)
            report.loaded += 1
    HouseService.objects.bulk_create(
        found.values(),
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["house", "duty"],
        update_fields=["service_code"],
    )
    return report


@together
def share_out(*, duty: str, services: Sequence[str]) -> int:
    """Give neighbouring houses to one organisation after another, for a demonstration; a few are left to nobody.

    Houses that somebody serves for this duty already are left alone, so that it may be repeated.
    """
    if not services:
        return 0
    served = HouseService.objects.filter(duty=duty).values("house_id")
    houses = House.objects.exclude(id__in=served).order_by("id").values_list("id", "street__name", "number")
    found = []
    for house_id, street, number in houses:
        leading = LEADING_DIGITS.match(number)
        block = int(leading.group() if leading else 0) // HOUSES_A_BLOCK
        if crc32(f"{street} {number}".encode()) % NOBODYS:
            service = services[(crc32(street.encode()) + block) % len(services)]
            found.append(HouseService(house_id=house_id, duty=duty, service_code=service))
    HouseService.objects.bulk_create(found, batch_size=BATCH)
    return len(found)
