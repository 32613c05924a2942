"""The first calendar of a centre: public holidays and moved working days from the `holidays` package."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import holidays

from komek.platform.transactions import together
from komek.registers.calendar import queries, rules
from komek.registers.calendar.actions.editing import new_edition
from komek.registers.calendar.models import Day

PACKAGE_LANGUAGE = {"kk": "kk", "ru": "ru", "en": "en_US"}

# The package knows Kazakhstan in Kazakh and English only.
RUSSIAN = {
    "Capital Day": "День столицы",
    "Constitution Day": "День Конституции Республики Казахстан",
    "Defender of the Fatherland Day": "День защитника Отечества",
    "Eid al-Adha": "Курбан айт",
    "First President Day": "День Первого Президента Республики Казахстан",
    "Independence Day": "День Независимости",
    "International Women's Day": "Международный женский день",
    "Kazakhstan's People Solidarity Holiday": "Праздник единства народа Казахстана",
    "New Year's Day": "Новый год",
    "Nowruz Holiday": "Наурыз мейрамы",
    "Orthodox Christmas": "Православное Рождество",
    "Republic Day": "День Республики",
    "Victory Day": "День Победы",
}
RUSSIAN_LABELS = {"observed": "перенос выходного", "estimated": "дата ожидается"}
MOVED = re.compile(r"Day off \(substituted from (\d\d)/(\d\d)/(\d{4})\)")


@dataclass(frozen=True)
class _Seed:
    kind: rules.Kind
    names: dict[str, str]
    like_weekday: int | None = None


@together
def seed(*, by: object, at: datetime, years: Iterable[int], country: str = "KZ") -> int:
    """Fill the years with a country's public holidays and moved days; returns how many dates are set apart.

    What a person has set stays; what an earlier seed had wrong is corrected.
    """
    wanted = _public_days(country, sorted(set(years)))
    new_edition(by=by, at=at)
    present = {day.date: day for day in Day.objects.filter(date__year__in=set(years))}
    for on, day in present.items():
        if day.source == rules.Source.SEEDED and on not in wanted:
            day.delete()
    week = queries.week()
    for on, found in wanted.items():
        known = present.get(on)
        if known is not None and known.source == rules.Source.HAND:
            continue
        row = known or Day(date=on)
        if _fill(row, found, week):
            row.changed_by, row.changed_at = str(by), at
            row.save()
    return len(wanted)


def _fill(row: Day, found: _Seed, week: rules.Week) -> bool:
    """Write what was found on the row; says whether that changed anything."""
    like = found.like_weekday
    if found.kind is rules.Kind.WORKING and (like is None or not week.days[like]):
        like = week.like(row.date)
    values = {
        "kind": found.kind.value,
        "like_weekday": like,
        "source": rules.Source.SEEDED.value,
        **{f"name_{language}": name for language, name in found.names.items()},
    }
    changed = row.pk is None or any(getattr(row, field) != value for field, value in values.items())
    for field, value in values.items():
        setattr(row, field, value)
    return changed


def _public_days(country: str, years: list[int]) -> dict[date, _Seed]:
    names = _names(country, years)
    found = {on: _Seed(rules.Kind.HOLIDAY, texts) for on, texts in names.items() if on.year in years}
    swapped = _swapped_days(names)
    for worked in _country(country, years).weekend_workdays:
        if worked.year in years:
            free = swapped.get(worked)
            like = free.weekday() if free else None
            found[worked] = _Seed(rules.Kind.WORKING, _working_names(free), like)
    return dict(sorted(found.items()))


def _country(country: str, years: list[int], language: str | None = None) -> holidays.HolidayBase:
    # A day worked in December may be given back in January: the next year says so.
    lookup = sorted({*years, *(year + 1 for year in years)})
    try:
        return holidays.country_holidays(country, years=lookup, language=language)
    except NotImplementedError as unknown:
        raise rules.UnknownCountry(country) from unknown


def _names(country: str, years: list[int]) -> dict[date, dict[str, str]]:
    spoken = _country(country, years)
    names: dict[date, dict[str, str]] = {on: {} for on in spoken}
    for language, code in PACKAGE_LANGUAGE.items():
        if code in spoken.supported_languages:
            for on, text in _country(country, years, code).items():
                names[on][language] = text.replace("бағаланған", "болжамды күн")
    for on, texts in names.items():
        if not texts:
            texts["en"] = spoken[on]
        if country == "KZ":
            texts["ru"] = "; ".join(_russian(name) for name in texts["en"].split("; "))
    return names


def _russian(english: str) -> str:
    if moved := MOVED.fullmatch(english):
        month, day, year = moved.groups()
        return f"Выходной день (перенесён с {day}.{month}.{year})"
    name, _, labels = english.partition(" (")
    translated = RUSSIAN.get(name, name)
    if not labels:
        return translated
    return f"{translated} ({', '.join(RUSSIAN_LABELS.get(label, label) for label in labels.rstrip(')').split(', '))})"


def _swapped_days(names: dict[date, dict[str, str]]) -> dict[date, date]:
    """The day worked → the day given for it, as the package tells it in its English names."""
    swapped = {}
    for free, texts in names.items():
        for moved in MOVED.finditer(texts.get("en", "")):
            month, day, year = map(int, moved.groups())
            swapped[date(year, month, day)] = free
    return swapped


def _working_names(free: date | None) -> dict[str, str]:
    if free is None:
        return {"kk": "Жұмыс күні", "ru": "Рабочий день", "en": "Working day"}
    return {
        "kk": f"Жұмыс күні ({free:%d.%m.%Y} орнына)",
        "ru": f"Рабочий день (вместо {free:%d.%m.%Y})",
        "en": f"Working day (instead of {free:%m/%d/%Y})",
    }
