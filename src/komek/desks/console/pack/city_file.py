"""city.yaml and week.yaml: who this city is and when it works."""

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from komek.desks.console.pack.contents import City
from komek.desks.console.pack.documents import Document
from komek.desks.console.pack.problems import Problems
from komek.refusal import Refusal
from komek.registers.calendar.rules import Span, Week, parse_span
from komek.registers.places.rules import ImpossiblePoint, ensure_point

LANGUAGES = ("kk", "ru", "en")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
KEYS = {
    "code", "name_kk", "name_ru", "name_en", "languages", "time_zone", "center", "bounds", "number", "emergency",
    "first_line", "second_line", "credits", "licence", "houses", "country", "public_works", "hours",
}  # fmt: skip
POINT, BOX = 2, 4


def city(told: Document, problems: Problems) -> City | None:
    """The city; None when the file is too broken to go on with."""
    if not isinstance(told.value, dict):
        problems.add(told.file, 1, "The file has no keys.", "Write lines like «code: astana».")
        return None
    reading = _Reading(told, problems)
    for key in told.value:
        if key not in KEYS:
            reading.wrong(key, f"The key «{key}» is not known.", f"Correct it; known are {', '.join(sorted(KEYS))}.")
    languages = reading.languages()
    names = {language: name for language in LANGUAGES if (name := reading.word(f"name_{language}"))}
    if not names:
        reading.wrong("code", "The city has no name.", "Add name_kk, name_ru or name_en.")
    return City(
        code=reading.word("code", needed=True),
        names=names,
        languages=languages,
        time_zone=reading.zone(),
        number=reading.word("number", needed=True),
        first_line=reading.word("first_line", needed=True),
        second_line=reading.word("second_line", needed=True),
        center=reading.point("center"),
        bounds=reading.box("bounds"),
        emergency=reading.emergency(),
        credits=reading.lines("credits", "Write one credit a line, each behind a hyphen."),
        public_works=reading.lines("public_works", "Write codes of topics, each behind a hyphen: ROA-01, or ROA-*."),
        country=reading.word("country"),
        generates_houses=reading.houses(),
        hours=reading.hours(),
    )


def week(told: Document, problems: Problems) -> dict[int, tuple[Span, ...]] | None:
    """The working spans by weekday, Monday 0; None when they are wrong."""
    if not isinstance(told.value, dict):
        problems.add(
            told.file, 1, "The file has no weekdays.", "Write lines like «monday: [09:00-13:00, 14:00-18:30]»."
        )
        return None
    found: dict[int, tuple[Span, ...]] = {}
    for key, spans in told.value.items():
        line = told.line(key)
        if key not in WEEKDAYS:
            problems.add(told.file, line, f"«{key}» is not a weekday.", f"Write {', '.join(WEEKDAYS)}.")
            continue
        texts = [spans] if isinstance(spans, str) else spans or []
        if not isinstance(texts, list):
            problems.add(told.file, line, f"The spans of {key} are not a list.", "Write «[09:00-13:00, 14:00-18:30]».")
            continue
        try:
            found[WEEKDAYS.index(key)] = tuple(parse_span(str(text)) for text in texts)
        except Refusal as refusal:
            problems.add(told.file, line, str(refusal), "Correct the span.")
    try:
        Week.of(found)
    except Refusal as refusal:
        problems.add(told.file, 1, str(refusal), "Mend the overlapping or missing spans.")
        return None
    return found


class _Reading:
    """Reads keys of city.yaml; a wrong one is noted and read as nothing."""

    def __init__(self, told: Document, problems: Problems) -> None:
        self.told = told
        self.problems = problems

    def wrong(self, key: str, reason: str, remedy: str) -> None:
        self.problems.add(self.told.file, self.told.line(key), reason, remedy)

    def value(self, key: str) -> Any:
        return self.told.value.get(key)

    def word(self, key: str, *, needed: bool = False) -> str:
        value = self.value(key)
        if isinstance(value, dict | list):
            self.wrong(key, f"«{key}» is not one value.", "Write one value on its line.")
            return ""
        text = "" if value is None else str(value).strip()
        if needed and not text:
            self.wrong(key, f"«{key}» is missing.", f"Add a line «{key}: …».")
        return text

    def languages(self) -> tuple[str, ...]:
        value = self.value("languages")
        if not isinstance(value, list) or not value:
            self.wrong(
                "languages", "The languages are missing.", "Write «languages: [kk, ru, en]», the first one first."
            )
            return LANGUAGES
        for language in value:
            if language not in LANGUAGES:
                self.wrong(
                    "languages", f"«{language}» is not a language of Komek.", f"Choose of {', '.join(LANGUAGES)}."
                )
        return tuple(language for language in dict.fromkeys(value) if language in LANGUAGES)

    def zone(self) -> str:
        name = self.word("time_zone", needed=True)
        try:
            ZoneInfo(name or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            self.wrong("time_zone", f"«{name}» is not a time zone.", "Write it as Asia/Almaty.")
            return "UTC"
        return name

    def numbers(self, key: str, count: int, remedy: str) -> list[float] | None:
        value = self.value(key)
        if value is None:
            return None
        if (
            not isinstance(value, list)
            or len(value) != count
            or not all(isinstance(part, int | float) and not isinstance(part, bool) for part in value)
        ):
            self.wrong(key, f"«{key}» is not {count} numbers.", remedy)
            return None
        return [float(part) for part in value]

    def point(self, key: str) -> tuple[float, float] | None:
        remedy = "Write «[51.13, 71.43]», latitude first."
        found = self.numbers(key, POINT, remedy)
        if found is None or not self.is_on_the_map(key, found[0], found[1], remedy):
            return None
        return found[0], found[1]

    def box(self, key: str) -> tuple[float, float, float, float] | None:
        remedy = "Write «[south, west, north, east]» in degrees."
        found = self.numbers(key, BOX, remedy)
        if found is None:
            return None
        south, west, north, east = found
        if not (self.is_on_the_map(key, south, west, remedy) and self.is_on_the_map(key, north, east, remedy)):
            return None
        if south >= north or west >= east:
            self.wrong(key, "The bounds are turned round.", remedy)
            return None
        return south, west, north, east

    def is_on_the_map(self, key: str, lat: float, lon: float, remedy: str) -> bool:
        try:
            ensure_point(lat, lon)
        except ImpossiblePoint as refusal:
            self.wrong(key, str(refusal), remedy)
            return False
        return True

    def emergency(self) -> dict[str, dict[str, str]]:
        value = self.value("emergency") or {}
        if isinstance(value, list):
            value = {
                str(line.get("number")): {
                    language: line[key]
                    for language in LANGUAGES
                    for key in (language, f"name_{language}")
                    if line.get(key)
                }
                for line in value
                if isinstance(line, dict)
            }
        if not isinstance(value, dict):
            self.wrong("emergency", "«emergency» is not a list of numbers.", 'Write below it «"112": {kk: …, ru: …}».')
            return {}
        found = {}
        for number, names in value.items():
            if not isinstance(names, dict) or not any(names.get(language) for language in LANGUAGES):
                self.wrong("emergency", f"The number {number} has no name.", 'Write «"112": {kk: …, ru: …, en: …}».')
                continue
            found[str(number)] = {language: str(names[language]) for language in LANGUAGES if names.get(language)}
        return found

    def lines(self, key: str, remedy: str) -> tuple[str, ...]:
        value = self.value(key) or []
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list):
            self.wrong(key, f"«{key}» is not a list.", remedy)
            return ()
        return tuple(str(line).strip() for line in value)

    def hours(self) -> str:
        """When operators answer, as 08:00-20:00; nothing means day and night."""
        text = self.word("hours")
        if not text:
            return ""
        try:
            span = parse_span(text)
        except Refusal as refusal:
            self.wrong("hours", str(refusal), "Write it as 08:00-20:00.")
            return ""
        return f"{span.start:%H:%M}-{span.end:%H:%M}"

    def houses(self) -> bool:
        value = self.value("houses")
        if value not in {None, "generate", "listed"}:
            self.wrong("houses", f"«houses: {value}» is not known.", "Write «houses: generate», or leave the line out.")
        return value == "generate"
