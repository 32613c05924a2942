"""Loads a pack through the actions of the registers and rooms; each of them takes its part whole or not at all."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from django.db import transaction

from komek.desks.console.pack.contents import Pack
from komek.desks.console.pack.documents import read_yaml
from komek.desks.console.pack.problems import BadPack, Problems
from komek.desks.console.pack.tables import Row, Table
from komek.platform import durable
from komek.registers.calendar import actions as calendar
from komek.registers.calendar import queries as calendar_queries
from komek.registers.calendar.rules import Kind
from komek.registers.catalog import actions as catalog
from komek.registers.catalog import queries as catalog_queries
from komek.registers.catalog.rules import NoCatalog
from komek.registers.places import actions as places
from komek.registers.staff import actions as staff
from komek.registers.staff import queries as staff_queries
from komek.rooms.feedback import actions as feedback
from komek.rooms.knowledge import actions as knowledge
from komek.rooms.knowledge import queries as knowledge_queries
from komek.rooms.knowledge.rules import SameVersion
from komek.rooms.routing import actions as routing
from komek.rooms.routing.rules import RulesBroken
from komek.rows import Report

BY = "console"
# What is imported or replayed is older than the installation, so the first catalog is in force from long before.
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SERVES_HOUSES = "osi"

Step = Callable[[Pack, datetime], str]


def load(pack: Pack, *, at: datetime) -> Iterator[tuple[str, str]]:
    """Load part by part, telling the name of each and what came of it; loading again changes only what differs."""
    for name, step in STEPS:
        with transaction.atomic():
            told = step(pack, at)
        yield name, told


def keep(pack: Pack, folder: Path) -> bool:
    """Keep what the settings say of the city beside the secrets; says whether that changed anything."""
    path = folder / "city.json"
    text = json.dumps(pack.city.kept(), ensure_ascii=False, indent=1) + "\n"
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    durable.write(path, text, mode=0o600)
    return True


def _services(pack: Pack, _at: datetime) -> str:
    report = staff.load_services(pack.services.cells)
    _refuse(pack.services, report)
    told = f"{report.loaded} services"
    if pack.city.generates_houses and len(pack.demo.house_organisations):
        report = staff.load_services(pack.demo.house_organisations.cells)
        _refuse(pack.demo.house_organisations, report)
        told += f", {report.loaded} house organisations"
    return told


def _calendar(pack: Pack, at: datetime) -> str:
    if pack.week is not None and _week() != {day: spans for day, spans in pack.week.items() if spans}:
        calendar.set_week(pack.week, by=BY, at=at)
    if not pack.days.rows and pack.city.country:
        years = (at.year, at.year + 1)
        return f"{calendar.seed(by=BY, at=at, years=years, country=pack.city.country)} days of {pack.city.country}"
    changed = sum(_set_day(row, at=at) for row in pack.days)
    return f"{len(pack.days)} days, {changed} of them new or changed"


def _set_day(row: Row, *, at: datetime) -> bool:
    on, kind = date.fromisoformat(row["date"]), Kind(row["kind"].lower())
    names = {language: row[f"name_{language}"] for language in ("kk", "ru", "en")}
    like = WEEKDAYS.index(row["like"].lower()) if row["like"] else None
    known = calendar_queries.day(on)
    if (
        known is not None
        and known.kind == kind
        and names == {"kk": known.name_kk, "ru": known.name_ru, "en": known.name_en}
        and like in {None, known.like_weekday}
    ):
        return False
    calendar.set_day(on, kind=kind, names=names, like_weekday=like, by=BY, at=at)
    return True


def _week() -> dict[int, tuple[object, ...]]:
    return {day: spans for day, spans in enumerate(calendar_queries.week().days) if spans}


def _topics(pack: Pack, at: datetime) -> str:
    try:
        catalog_queries.current()
    except NoCatalog:
        at = BEGINNING
    found = catalog.publish(
        pack.topics.cells, at=at, note=pack.city.code, services=staff_queries.service_codes(active=False)
    )
    _refuse(pack.topics, found.report)
    version = found.version.number if found.version else 0
    return f"{len(pack.topics)} topics, version {version}{'' if found.changed else ' as before'}"


def _places(pack: Pack, _at: datetime) -> str:
    told = []
    if pack.districts:
        report = places.load_districts(pack.districts)
        _refuse(Table("districts.geojson"), report)
        told.append(f"{report.loaded} districts")
    if len(pack.streets):
        report = places.load_streets(pack.streets.cells, pack.aliases.cells)
        _refuse(pack.streets, report)
        told.append(f"{report.loaded} streets")
    if len(pack.crossings):
        report = places.load_crossings(pack.crossings.cells)
        _refuse(pack.crossings, report)
        told.append(f"{report.loaded} crossings")
    if len(pack.houses):
        report = places.load_houses(pack.houses.cells)
        _refuse(pack.houses, report)
        told.append(f"{report.loaded} houses")
    if pack.city.generates_houses:
        told.append(f"{places.generate_houses()} houses made along streets")
    return ", ".join(told) or "no map"


def _servicing(pack: Pack, _at: datetime) -> str:
    told = []
    if len(pack.servicing):
        report = places.import_serving(pack.servicing.cells, staff_queries.service_codes(active=False))
        _refuse(pack.servicing, report)
        told.append(f"{report.loaded} duties of services to houses")
    if pack.city.generates_houses:
        organisations = [row["code"] for row in pack.demo.house_organisations]
        shared = places.share_out(duty=SERVES_HOUSES, services=organisations)
        told.append(f"{shared} houses given to {len(organisations)} organisations")
    return ", ".join(told) or "nobody serves single houses"


def _rules(pack: Pack, at: datetime) -> str:
    try:
        published = routing.publish(pack.routing.cells, by=None, at=at, note=pack.city.code)
    except RulesBroken as broken:
        problems = Problems()
        lines = pack.routing.lines
        for error in broken.errors:
            row = error.line - 2
            at_line = lines[row] if 0 <= row < len(lines) else error.line
            problems.add(pack.routing.file, at_line, error.reason, error.remedy)
        raise BadPack(tuple(problems)) from broken
    return f"{len(pack.routing)} rules, version {published.version}"


def _knowledge(pack: Pack, at: datetime) -> str:
    new = 0
    for draft in pack.articles:
        article = knowledge.publish(draft, by=None, at=at)
        new += article.updated_at == at
    return f"{len(pack.articles)} articles, {new} of them new or changed"


def _scripts(pack: Pack, at: datetime) -> str:
    if pack.scripts is None:
        return "no emergency scripts"
    before = knowledge_queries.scripts()
    try:
        book = knowledge.publish_scripts(pack.scripts, by=None, at=at)
    except SameVersion as refusal:
        problems = Problems()
        told = read_yaml(pack.folder, "emergency.yaml", problems)
        at_card = [script.code for script in pack.scripts.scripts].index(str(refusal.params["script"]))
        reason, _, remedy = str(refusal).partition(". ")
        problems.add("emergency.yaml", told.line("cards", at_card, "version") if told else 0, f"{reason}.", remedy)
        raise BadPack(tuple(problems)) from refusal
    same = before is not None and before.number == book.number
    return f"{len(book.scripts)} emergency scripts, book {book.number}{' as before' if same else ''}"


def _texts(pack: Pack, _at: datetime) -> str:
    feedback.set_texts(pack.texts)
    return f"{len(pack.texts)} messages to residents"


STEPS: tuple[tuple[str, Step], ...] = (
    ("services", _services),
    ("calendar", _calendar),
    ("topics", _topics),
    ("places", _places),
    ("houses", _servicing),
    ("routing", _rules),
    ("knowledge", _knowledge),
    ("scripts", _scripts),
    ("texts", _texts),
)


def _refuse(table: Table, report: Report) -> None:
    """What a register refuses after our own check undoes its part, and is told like any other problem."""
    if not report.errors:
        return
    problems = Problems()
    problems.take(table.file, report, table.lines)
    raise BadPack(tuple(problems))
