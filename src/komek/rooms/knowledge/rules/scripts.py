"""What an emergency script is, what a book of them must be, and how one is read to a caller."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from string import Formatter

from komek.refusal import Refusal
from komek.rooms.knowledge.rules.articles import LANGUAGES
from komek.rooms.knowledge.rules.calling import Calls, Place

Texts = Mapping[str, str]

UNKNOWN_YET = "…"


class Urgency(StrEnum):
    """What comes first, the most urgent first: the hand-over, the place, or the city's own dispatcher."""

    IMMEDIATE = "immediate"
    URGENT = "urgent"
    DISPATCH = "dispatch"


class Standing(StrEnum):
    """Whether the city and the emergency services stand behind the words."""

    PLACEHOLDER = "placeholder"
    APPROVED = "approved"


class UnknownScript(Refusal):
    """No script has this code, or it never had this version."""

    def __init__(self, code: str) -> None:
        super().__init__("unknown_script", "There is no emergency script «%(script)s».", script=code[:60])


class SameVersion(Refusal):
    """Other words under a version that cards have kept already: nobody could tell any more what was said."""

    def __init__(self, code: str, version: int) -> None:
        super().__init__(
            "script_same_version",
            "The emergency script «%(script)s» was published in version %(version)s with other words. "
            "Raise its version.",
            script=code,
            version=version,
        )


@dataclass(frozen=True)
class Field:
    """What passes to the service at a hand-over."""

    key: str
    required: bool
    names: Texts


@dataclass(frozen=True)
class Script:
    """One emergency: whom to call, what to ask, what to say step by step; texts by language."""

    code: str
    version: int
    urgency: Urgency
    primary: str
    titles: Texts
    steps: tuple[Texts, ...]
    never: Texts
    triggers: Mapping[str, tuple[str, ...]]
    also: tuple[str, ...] = ()
    when: Texts = field(default_factory=dict)
    topics: tuple[str, ...] = ()
    dispatch: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    # What to say when it is not as usual, by what is unusual: `if_parent_calls`.
    asides: Mapping[str, Texts] = field(default_factory=dict)

    @property
    def words(self) -> tuple[object, ...]:
        """What is said and done by it; whoever changes this raises the version."""
        return (self.urgency, self.primary, self.also, self.when, self.ask, self.titles, self.steps, self.never,
                self.asides)  # fmt: skip

    def told(self, language: str) -> "Told":
        """The script as it is read in one language."""
        return Told(
            code=self.code,
            version=self.version,
            language=language,
            urgency=self.urgency,
            primary=self.primary,
            also=self.also,
            title=in_language(self.titles, language),
            when=in_language(self.when, language),
            steps=tuple(in_language(step, language) for step in self.steps),
            never=in_language(self.never, language),
            asides={key: in_language(texts, language) for key, texts in self.asides.items()},
        )


@dataclass(frozen=True)
class Told:
    """A script in the language of a caller."""

    code: str
    version: int
    language: str
    urgency: Urgency
    primary: str
    also: tuple[str, ...]
    title: str
    when: str
    steps: tuple[str, ...]
    never: str
    asides: Texts


@dataclass(frozen=True)
class BookDraft:
    """All scripts of a city, as they are published: whole, so that what belongs together changes together."""

    standing: Standing
    updated_on: date
    languages: tuple[str, ...]
    notice: Texts
    services: Mapping[str, Texts]
    handover_fields: tuple[Field, ...]
    phrases: Mapping[str, Texts]
    scripts: tuple[Script, ...]


@dataclass(frozen=True, kw_only=True)
class Book(BookDraft):
    """The scripts in force."""

    number: int
    published_at: datetime

    @cached_property
    def by_code(self) -> Mapping[str, Script]:
        """The scripts by their codes."""
        return {script.code: script for script in self.scripts}

    @cached_property
    def calls(self) -> Calls:
        """What the triggers of all scripts listen for."""
        return Calls([script.triggers for script in self.scripts])

    def says_as(self, draft: BookDraft) -> bool:
        """Whether publishing the draft would change anything."""
        return all(getattr(self, column.name) == getattr(draft, column.name) for column in fields(BookDraft))


@dataclass(frozen=True)
class Match:
    """A script that a text calls; without places when only the chosen topic calls it."""

    script: Script
    words: tuple[Place, ...] = ()


def matching(book: Book, text: str, *, language: str | None, topic_code: str | None, limit: int) -> list[Match]:
    """The scripts that these words call, the most urgent first; behind them those of the topic."""
    loudness = list(Urgency)

    def order(call: tuple[int, Match, bool]) -> tuple[object, ...]:
        at, match, in_language = call
        return (not match.words, loudness.index(match.script.urgency), -len(match.words), not in_language, at)

    called = []
    heard = book.calls.heard(text)
    for at, script in enumerate(book.scripts):
        if at in heard:
            called.append((at, Match(script, heard[at].places), language in heard[at].languages))
        elif topic_code and topic_code in script.topics:
            called.append((at, Match(script), False))
    return [match for _, match, _ in sorted(called, key=order)[:limit]]


def in_language(texts: Texts, language: str) -> str:
    """The text in the language asked for, or in the first one there is."""
    return next((texts[each] for each in (language, *LANGUAGES) if texts.get(each)), "")


def filled(text: str, known: Mapping[str, object]) -> str:
    """The text with what the card knows; what it does not know yet is left open, not left out."""
    parts = []
    for before, name, _, _ in Formatter().parse(text):
        parts.append(before)
        if name is not None:
            parts.append(str(known.get(name) or UNKNOWN_YET))
    return "".join(parts)
