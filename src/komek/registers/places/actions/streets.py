"""Loading streets with their other names, and the crossings between them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from komek import letters
from komek.platform.transactions import together
from komek.registers.places import queries, rules
from komek.registers.places.models import Crossing, Street, StreetAlias
from komek.rows import Report, number_in, numbered

Rows = Iterable[Mapping[str, str | None]]
BATCH = 2_000
STREET_COLUMNS = (
    "name_kk", "name_ru", "name_en", "folded", "district_code", "lat", "lon", "min_lat", "min_lon", "max_lat", "max_lon", "points",
)  # fmt: skip
BOX = ("min_lat", "min_lon", "max_lat", "max_lon")
KAZAKH_TYPES = ("кошеси", "дангылы", "аллеясы", "туйык", "тас жолы", "айналма жолы", "бульвары")
RUSSIAN_TYPES = ("улица", "проспект", "переулок", "шоссе", "тупик", "проезд", "микрорайон", "бульвар", "аллея")


@dataclass
class _Draft:
    """A street as the rows tell it, before it is saved."""

    line: int
    name: str
    district_code: str
    names: dict[str, str]
    points: int
    lat: float | None
    lon: float | None
    box: list[float]
    aliases: list[str] = field(default_factory=list)


@together
def load_streets(streets: Rows, aliases: Rows = ()) -> Report:
    """Take streets and their other names; where an alias is itself a street of the list, the two become one street."""
    report = Report()
    drafts: dict[str, _Draft] = {}
    for line, row in numbered(streets):
        draft = _draft(line, row, report)
        if draft and draft.name in drafts:
            report.refuse(line, f"The street «{draft.name}» stands here twice.", "Delete one of the two lines.")
        elif draft:
            drafts[draft.name] = draft
    for line, row in numbered(aliases):
        _join(line, row, drafts, report)
    saved = _save_streets(list(drafts.values()))
    _save_aliases(drafts.values(), saved)
    report.loaded = len(drafts)
    return report


def _draft(line: int, row: dict[str, str], report: Report) -> _Draft | None:
    name = rules.trimmed(row.get("name") or row.get("name_kk") or row.get("name_ru") or row.get("name_en") or "", 200)
    if not name:
        report.refuse(line, "A street has no name.", "Fill the column «name».")
        return None
    try:
        lat, lon = number_in(row.get("lat", "")), number_in(row.get("lon", ""))
        rules.ensure_point(lat, lon)
        box = [number for column in BOX if (number := number_in(row.get(column, ""))) is not None]
        points = int(row.get("points") or 0)
    except (ValueError, rules.ImpossiblePoint):
        report.refuse(line, f"«{name}» has a point that cannot be read.", "Write degrees as 51.1234, latitude first.")
        return None
    names = {language: row.get(f"name_{language}", "") for language in ("kk", "ru", "en")}
    language = _language(name)
    if language and not names[language]:
        names[language] = name
    district = row.get("district_code") or row.get("district", "")
    return _Draft(line, name, district, names, points, lat, lon, box if len(box) == len(BOX) else [])


def _language(name: str) -> str:
    """Which language a street's name is in, by the word that says what kind of street it is."""
    folded = letters.fold(name)
    if any(word in folded for word in KAZAKH_TYPES):
        return "kk"
    if any(word in folded for word in RUSSIAN_TYPES):
        return "ru"
    return ""


def _join(line: int, row: dict[str, str], drafts: dict[str, _Draft], report: Report) -> None:
    name, alias = rules.trimmed(row.get("name", ""), 200), rules.trimmed(row.get("alias", ""), 200)
    street = _owner(name, drafts)
    if street is None:
        report.refuse(line, f"There is no street «{name}».", "Write the name as it stands in streets.csv.")
        return
    if not alias or alias == street.name:
        report.refuse(line, f"The other name of «{name}» is empty or the same.", "Fill the column «alias».")
        return
    other = drafts.pop(alias, None)
    if other:
        street.points += other.points
        street.aliases += other.aliases
        street.box = _around(street.box, other.box)
        for language, told in other.names.items():
            street.names[language] = street.names[language] or told
    language = _language(alias)
    if language and not street.names[language]:
        street.names[language] = alias
    if alias not in street.aliases:
        street.aliases.append(alias)


def _owner(name: str, drafts: dict[str, _Draft]) -> _Draft | None:
    return drafts.get(name) or next((draft for draft in drafts.values() if name in draft.aliases), None)


def _around(box: list[float], other: list[float]) -> list[float]:
    if not (box and other):
        return box or other
    return [min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3])]


def _save_streets(drafts: list[_Draft]) -> dict[str, int]:
    rows = [
        Street(
            name=draft.name,
            folded=rules.fold(draft.name)[:200],
            district_code=draft.district_code,
            lat=draft.lat,
            lon=draft.lon,
            points=draft.points,
            **{f"name_{language}": told for language, told in draft.names.items()},
            **(dict(zip(BOX, draft.box, strict=True)) if draft.box else {}),
        )
        for draft in drafts
    ]
    Street.objects.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, unique_fields=["name"], update_fields=STREET_COLUMNS
    )
    return dict(Street.objects.values_list("name", "id"))


def _save_aliases(drafts: Iterable[_Draft], saved: dict[str, int]) -> None:
    """Keep every name of a street as an alias; one in another language only where it is written differently."""
    rows = []
    for draft in drafts:
        said = [name for name in draft.names.values() if name and rules.fold(name) != rules.fold(draft.name)]
        names = dict.fromkeys([draft.name, *draft.aliases, *said])
        rows += [StreetAlias(street_id=saved[draft.name], name=name, folded=rules.fold(name)[:200]) for name in names]
    StreetAlias.objects.filter(street_id__in={row.street_id for row in rows}).delete()
    StreetAlias.objects.bulk_create(rows, batch_size=BATCH)


@together
def load_crossings(rows: Rows) -> Report:
    """Take the points where two streets meet; the streets are named by any of their names."""
    report = Report()
    ids = queries.street_ids()
    known = {frozenset(pair) for pair in Crossing.objects.values_list("street_id", "other_id")}
    found = []
    for line, row in numbered(rows):
        pair = [ids.get(row.get(column, "")) for column in ("street_a", "street_b")]
        if None in pair:
            lost = row.get("street_a") if pair[0] is None else row.get("street_b")
            report.refuse(line, f"There is no street «{lost}».", "Write the name as it stands in streets.csv.")
            continue
        first, second = sorted(street for street in pair if street is not None)
        report.loaded += 1
        if first == second or frozenset((first, second)) in known:
            continue  # one street in two languages, or the same crossing again
        try:
            lat, lon = number_in(row.get("lat", "")), number_in(row.get("lon", ""))
            rules.ensure_point(lat, lon)
        except (ValueError, rules.ImpossiblePoint):
            lat = lon = None
        if lat is None or lon is None:
            report.loaded -= 1
            report.refuse(line, "The crossing has no point.", "Fill «lat» and «lon» with degrees as 51.1234.")
            continue
        known.add(frozenset((first, second)))
        found.append(
            Crossing(street_id=first, other_id=second, district_code=row.get("district", ""), lat=lat, lon=lon)
        )
    Crossing.objects.bulk_create(found, batch_size=BATCH)
    return report
