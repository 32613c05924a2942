"""The ground as the register knows it, ready to be drawn: districts, streets along their crossings, houses."""

from collections import defaultdict
from collections.abc import Iterator

from django.db import connection
from django.db.models import Avg
from shapely.geometry import mapping, shape

from komek.platform.remembered import rows_version
from komek.registers.places import rules
from komek.registers.places.models import Crossing, District, House, Street
from komek.registers.places.rules import Feature, Layer

NAMES = ("name_kk", "name_ru", "name_en")
DRAWN = ("places_district", "places_street", "places_crossing")
PIECE = 5_000


def ground_version() -> str:
    """Differs after any change of what is drawn. Houses come and go with their streets, and are too many to count."""
    with connection.cursor() as cursor:
        houses = "(SELECT coalesce(max(id), 0) FROM places_house)"
        cursor.execute(f"SELECT {rows_version(*DRAWN)} || '/' || {houses}")
        return str(cursor.fetchone()[0])


def ground() -> Iterator[Feature]:
    """All that the register can draw."""
    yield from _districts()
    yield from _streets()
    yield from _houses()


def busy_middles() -> dict[str, rules.Point]:
    """District → the middle of its streets or, of unknown ones, of its houses, latitude first: much may be steppe."""
    return _middles(Crossing) or _middles(House)


def _middles(kind: type[Crossing] | type[House]) -> dict[str, rules.Point]:
    known = kind._default_manager.filter(lat__isnull=False).values_list("district_code")  # noqa: SLF001 - of either kind
    middles = known.annotate(Avg("lat"), Avg("lon")).order_by("district_code")
    return {code: (round(lat, 6), round(lon, 6)) for code, lat, lon in middles if code}


def _districts() -> Iterator[Feature]:
    busy = {code: {"type": "Point", "coordinates": [lon, lat]} for code, (lat, lon) in busy_middles().items()}
    for district in District.objects.all():
        if district.polygon is None:
            continue
        names = rules.said({name: getattr(district, name) for name in NAMES})
        yield Feature(Layer.DISTRICT, district.polygon, names)
        middle = busy.get(district.code) or mapping(shape(district.polygon).representative_point())
        yield Feature(Layer.PLACE, middle, names)


def _streets() -> Iterator[Feature]:
    meetings: defaultdict[int, list[rules.Point]] = defaultdict(list)
    for first, second, lat, lon in Crossing.objects.values_list("street_id", "other_id", "lat", "lon"):
        meetings[first].append((lat, lon))
        meetings[second].append((lat, lon))
    for street in Street.objects.order_by("id"):
        lines = rules.trace([*meetings[street.id], *street.known_points], street.box)
        if not lines:
            continue
        names = {name: getattr(street, name) for name in ("name", *NAMES)}
        length = sum(map(rules.metres, lines))
        rank = rules.street_rank(
            [name for name in names.values() if name], crossings=len(meetings[street.id]), metres=length
        )
        yield rules.street(lines, names, rank)


def _houses() -> Iterator[Feature]:
    houses = House.objects.filter(lat__isnull=False).order_by("id").values_list("number", "lat", "lon")
    for number, lat, lon in houses.iterator(chunk_size=PIECE):
        point = {"type": "Point", "coordinates": [lon, lat]}
        yield Feature(Layer.HOUSE, point, {"number": number}, rules.FIRST_ZOOM[Layer.HOUSE])
