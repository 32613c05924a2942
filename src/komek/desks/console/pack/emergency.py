"""emergency.yaml: what is asked and said in an emergency, read whole; the room says what a book must be."""

from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from komek.desks.console.pack.contents import Texts
from komek.desks.console.pack.documents import Document
from komek.desks.console.pack.known import Known
from komek.desks.console.pack.problems import Problems
from komek.rooms.knowledge.rules import BookDraft, Field, Script, Standing, Urgency, flaws

SCHEMA = 1
KEYS = {
    "schema", "status", "updated", "languages", "notice", "services", "handover_fields", "phrases", "cards",
}  # fmt: skip
CARD_KEYS = {
    "id", "version", "topics", "urgency", "title", "triggers", "handover", "dispatch", "ask", "steps", "never",
}  # fmt: skip
HANDOVER_KEYS = {"primary", "also", "when"}
ASIDE = "if_"

E = TypeVar("E", bound=StrEnum)


def scripts(told: Document | None, languages: tuple[str, ...], known: Known, problems: Problems) -> BookDraft | None:
    """The city's book of scripts; None when there is none, or when it is too broken to go on with."""
    if told is None:
        return None
    if not isinstance(told.value, dict):
        problems.add(told.file, 1, "There are no scripts in it.", "Write them as a list below «cards:».")
        return None
    before = len(problems)
    book = _Reading(told, problems).book()
    # What could not be read is told already; the room would only tell it again in other words.
    if len(problems) == before:
        for flaw in flaws(book):
            problems.add(told.file, told.line(*flaw.place), flaw.problem, flaw.remedy)
    for language in languages:
        if language not in book.languages:
            problems.add(
                told.file, told.line("languages"), f"The city speaks «{language}» too.", "Add it, and say all in it."
            )
    for at, script in enumerate(book.scripts):
        known.check_topics(told.file, told.line("cards", at, "topics"), script.topics, problems)
        known.check_services(told.file, told.line("cards", at, "dispatch"), script.dispatch, problems)
    return book


class _Reading:
    """Reads the parts of the file; a wrong one is noted and read as nothing."""

    def __init__(self, told: Document, problems: Problems) -> None:
        self.told = told
        self.problems = problems

    def book(self) -> BookDraft:
        value = self.told.value
        self.only(value, KEYS, ())
        if value.get("schema") != SCHEMA:
            self.wrong(("schema",), "This shape of the file is not known.", f"Write «schema: {SCHEMA}».")
        return BookDraft(
            standing=self.choice(value.get("status"), Standing, ("status",)),
            updated_on=self.day(value.get("updated"), ("updated",)),
            languages=self.words(value.get("languages"), ("languages",)),
            notice=self.texts(value.get("notice"), ("notice",)),
            services={
                str(number): self.texts(names, ("services", number))
                for number, names in self.mapping(value.get("services"), ("services",)).items()
            },
            handover_fields=tuple(
                self.field(field, ("handover_fields", at))
                for at, field in enumerate(self.list(value.get("handover_fields"), ("handover_fields",)))
            ),
            phrases={
                str(key): self.texts(texts, ("phrases", key))
                for key, texts in self.mapping(value.get("phrases"), ("phrases",)).items()
            },
            scripts=tuple(
                self.script(card, ("cards", at)) for at, card in enumerate(self.list(value.get("cards"), ("cards",)))
            ),
        )

    def field(self, value: Any, path: tuple[object, ...]) -> Field:
        told = self.mapping(value, path)
        names = {key: text for key, text in told.items() if key not in {"key", "required"}}
        return Field(
            key=self.word(told.get("key"), (*path, "key")),
            required=self.is_yes(told.get("required"), (*path, "required")),
            names=self.texts(names, path),
        )

    def script(self, value: Any, path: tuple[object, ...]) -> Script:
        told = self.mapping(value, path)
        asides = {key for key in told if str(key).startswith(ASIDE)}
        self.only(told, CARD_KEYS | asides, path)
        handover = self.mapping(told.get("handover"), (*path, "handover"))
        self.only(handover, HANDOVER_KEYS, (*path, "handover"))
        return Script(
            code=self.word(told.get("id"), (*path, "id")),
            version=self.number(told.get("version"), (*path, "version")),
            urgency=self.choice(told.get("urgency"), Urgency, (*path, "urgency")),
            primary=self.word(handover.get("primary"), (*path, "handover", "primary")),
            also=self.words(handover.get("also"), (*path, "handover", "also")),
            when=self.texts(handover.get("when") or {}, (*path, "handover", "when")),
            topics=self.words(told.get("topics"), (*path, "topics")),
            dispatch=self.words(told.get("dispatch"), (*path, "dispatch")),
            ask=self.words(told.get("ask"), (*path, "ask")),
            titles=self.texts(told.get("title"), (*path, "title")),
            steps=tuple(
                self.texts(step, (*path, "steps", at))
                for at, step in enumerate(self.list(told.get("steps"), (*path, "steps")))
            ),
            never=self.texts(told.get("never"), (*path, "never")),
            asides={str(key): self.texts(told[key], (*path, key)) for key in sorted(asides)},
            triggers={
                str(language): self.words(words, (*path, "triggers", language))
                for language, words in self.mapping(told.get("triggers"), (*path, "triggers")).items()
            },
        )

    def wrong(self, path: tuple[object, ...], reason: str, remedy: str) -> None:
        self.problems.add(self.told.file, self.told.line(*path), reason, remedy)

    def only(self, value: dict[Any, Any], keys: set[str], path: tuple[object, ...]) -> None:
        for key in value:
            if key not in keys:
                self.wrong((*path, key), f"The key «{key}» is not known.", f"Correct it; known are {_told(keys)}.")

    def mapping(self, value: Any, path: tuple[object, ...]) -> dict[Any, Any]:
        if isinstance(value, dict):
            return value
        self.wrong(path, f"«{path[-1]}» has no keys below it.", "Write them one a line: «key: …».")
        return {}

    def list(self, value: Any, path: tuple[object, ...]) -> list[Any]:
        if isinstance(value, list):
            return value
        self.wrong(path, f"«{path[-1]}» is not a list.", "Begin every entry with a hyphen, or write «[]».")
        return []

    def words(self, value: Any, path: tuple[object, ...]) -> tuple[str, ...]:
        return tuple(self.word(word, (*path, at)) for at, word in enumerate(self.list(value, path)))

    def word(self, value: Any, path: tuple[object, ...]) -> str:
        if isinstance(value, str) and value.strip():
            return value.strip()
        remedy = f'Write it in quotation marks: "{value}".' if isinstance(value, int | float) else "Write one value."
        self.wrong(path, "Here words are missing.", remedy)
        return ""

    def texts(self, value: Any, path: tuple[object, ...]) -> Texts:
        return {
            str(language): self.word(text, (*path, language)) for language, text in self.mapping(value, path).items()
        }

    def number(self, value: Any, path: tuple[object, ...]) -> int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.wrong(path, f"«{value}» is not a number.", "Write 1, and raise it with every change of wording.")
        return 1

    def is_yes(self, value: Any, path: tuple[object, ...]) -> bool:
        if isinstance(value, bool):
            return value
        self.wrong(path, f"«{value}» is neither yes nor no.", "Write true or false.")
        return False

    def choice(self, value: Any, kind: type[E], path: tuple[object, ...]) -> E:
        known = {each.value: each for each in kind}
        if isinstance(value, str) and value in known:
            return known[value]
        self.wrong(path, f"«{value}» is not known here.", f"Write {', '.join(known)}.")
        return next(iter(kind))

    def day(self, value: Any, path: tuple[object, ...]) -> date:
        # A moment is a day for Python, and not for us.
        if type(value) is date:
            return value
        self.wrong(path, f"«{value}» is not a day.", "Write days as 2026-01-31.")
        return date.min


def _told(keys: set[str]) -> str:
    return ", ".join(sorted(keys))
