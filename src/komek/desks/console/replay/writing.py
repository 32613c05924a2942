"""A city pack written from a file of requests."""

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import holidays
import yaml

from komek.desks.console.pack.ground import by_name_only
from komek.desks.console.replay import city
from komek.desks.console.replay.requests import Request, opened

ADMINISTRATION, COMMITTEE = "администрация", "комитет"
WEEK = {day: ["09:00-13:00", "14:00-18:00"] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}
# A portal that answers in one language; the words are ours.
TEXTS = {
    "received": "Мы получили ваше сообщение, его номер {number}.",
    "registered": "Обращение № {number} зарегистрировано. Исполнитель: {service}. Срок: {due}. {link}",
    "passed_on": "Обращение № {number} передано исполнителю: {service}. Срок: {due}. {link}",
    "delayed": "№ {number}: мы не успеваем, просим прощения. Новый срок: {due}. {link}",
    "extended": "Срок по обращению № {number} продлён: {due}. Причина: {reason}.",
    "done": "№ {number}: исполнитель сообщил, что работа сделана. {text} {link}",
    "answered": "Ответ на ваш вопрос № {number}: {text}",
    "not_ours": "№ {number}: этот вопрос не в нашем ведении, но обращение записано. {text}",
    "handed_over": "№ {number}: ваше сообщение передано: {service}.",
    "reopened": "Обращение № {number} открыто заново. Исполнитель: {service}. Срок: {due}. {link}",
    "closed": "Обращение № {number} закрыто. {text} Если вы не согласны, откройте его заново: {link}",
}


@dataclass(frozen=True)
class Identity:
    """What the file does not say of its city."""

    code: str
    name: str
    time_zone: str
    country: str
    number: str


@dataclass(frozen=True)
class Written:
    """What came of it."""

    topics: int
    services: int
    districts: int
    rules: int
    seen: int


def write_pack(
    folder: Path, file: Path, requests: Iterable[Request], *, identity: Identity, until: datetime
) -> Written:
    """Write the pack; the rules know only what was created before `until`."""
    known = list(requests)
    past = city.learn(known, until=until)
    with opened(file) as rows:
        topics = city.topics(
            (row["reason_id"], row["reason"], row["category_id"], row["category"]) for row in csv.DictReader(rows)
        )
    bodies = city.codes((request.body for request in known), "B")
    districts = city.codes((request.district for request in known), "D")
    learnt = city.rules(past)
    folder.mkdir(parents=True, exist_ok=True)
    _write_city(folder, identity, known)
    _write_yaml(folder / "week.yaml", WEEK)
    _write_yaml(folder / "texts.yaml", {key: {"ru": text} for key, text in TEXTS.items()})
    _write_days(folder, identity.country, {request.created_at.year for request in known})
    _write_districts(folder, districts)
    _write_services(folder, bodies, districts)
    _write_topics(folder, topics, bodies, past)
    _write_rules(folder, learnt, {topic.name: topic.code for topic in topics}, bodies, districts)
    return Written(len(topics), len(bodies), len(districts), len(learnt) + 1, past.of_all.total())


def _write_city(folder: Path, identity: Identity, requests: list[Request]) -> None:
    lats, lons = [request.lat for request in requests], [request.lon for request in requests]
    bounds = [round(edge, 4) for edge in (min(lats), min(lons), max(lats), max(lons))] if requests else None
    _write_yaml(
        folder / "city.yaml",
        {
            "code": identity.code,
            "name_ru": identity.name,
            "languages": ["ru"],
            "time_zone": identity.time_zone,
            "number": identity.number,
            "first_line": city.FIRST_LINE,
            "second_line": city.SECOND_LINE,
            **({"bounds": bounds} if bounds and bounds[0] < bounds[2] and bounds[1] < bounds[3] else {}),
            "licence": "Made for measuring from published requests; not to be passed on.",
        },
    )


def _write_days(folder: Path, country: str, years: set[int]) -> None:
    known = holidays.country_holidays(country, years=sorted(years | {year + 1 for year in years}), language="ru")
    days = {on: ("holiday", name) for on, name in known.items()}
    days |= dict.fromkeys(known.weekend_workdays, ("working", "Рабочий день"))
    _write_table(
        folder / "calendar.csv",
        ("date", "kind", "name_ru"),
        ((on.isoformat(), kind, name) for on, (kind, name) in sorted(days.items())),
    )


def _write_districts(folder: Path, districts: dict[str, str]) -> None:
    collection = by_name_only({"code": code, "name_ru": f"{name} район"} for name, code in districts.items())
    (folder / "districts.geojson").write_text(json.dumps(collection, ensure_ascii=False, indent=1), encoding="utf-8")


def _write_services(folder: Path, bodies: dict[str, str], districts: dict[str, str]) -> None:
    own = [
        (city.FIRST_LINE, "self", "Первая линия (модерация)", "", "y"),
        (city.SECOND_LINE, "self", "Вторая линия (координация)", "", "y"),
    ]
    rows = [(code, _kind(name), name, _district_of(name, districts), "n") for name, code in bodies.items()]
    _write_table(folder / "services.csv", ("code", "kind", "name_ru", "district", "round_the_clock"), own + rows)


def _write_topics(folder: Path, topics: list[city.Topic], bodies: dict[str, str], past: city.Past) -> None:
    _write_table(
        folder / "topics.csv",
        ("code", "group_ru", "topic_ru", "service", "priority", "norm", "norm_basis", "on_site"),
        (
            (
                topic.code,
                topic.group,
                topic.name,
                bodies[city.most(past.of_reason[topic.name])] if topic.name in past.of_reason else city.SECOND_LINE,
                "normal",
                city.norm(past.hours.get(topic.name, [])),
                "nine of ten past requests were closed within it",
                "y",
            )
            for topic in topics
        ),
    )


def _write_rules(
    folder: Path, learnt: list[city.Rule], topics: dict[str, str], bodies: dict[str, str], districts: dict[str, str]
) -> None:
    rows = [
        (
            10 * number,
            topics.get(rule.reason, "*"),
            districts.get(rule.district, "*"),
            bodies[rule.body],
            "normal",
            rule.norm,
            f"{rule.share:.0%} of {rule.seen} past requests",
        )
        for number, rule in enumerate(learnt, 1)
    ]
    rows.append((10 * len(rows) + 10, "*", "*", city.SECOND_LINE, "normal", "15wd", "never seen before"))
    _write_table(folder / "routing.csv", ("order", "topic", "district", "services", "priority", "norm", "note"), rows)


def _kind(name: str) -> str:
    lowered = name.lower()
    if lowered.startswith(ADMINISTRATION):
        return "akimat"
    return "department" if lowered.startswith(COMMITTEE) else "utility"


def _district_of(name: str, districts: dict[str, str]) -> str:
    """A district's own administration names the district in the genitive: its stem is enough to find it."""
    if not name.lower().startswith(ADMINISTRATION):
        return ""
    return next((code for district, code in districts.items() if district.removesuffix("ий") in name), "")


def _write_yaml(path: Path, value: object) -> None:
    path.write_text(yaml.safe_dump(value, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _write_table(path: Path, header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows(rows)
