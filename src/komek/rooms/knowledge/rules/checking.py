"""What a book of emergency scripts must be to be read aloud; whoever reads a file tells the line of each flaw."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter

from komek.refusal import Refusal
from komek.rooms.knowledge.rules.articles import LANGUAGES
from komek.rooms.knowledge.rules.forms import meaning
from komek.rooms.knowledge.rules.scripts import BookDraft, Script, Standing

CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
NUMBER = re.compile(r"\d{2,8}")
# Every step has a key of its own on the operator's keyboard.
MOST_STEPS = 9
# What a card fills in, beside the fields that are passed at a hand-over.
FILLED_IN = frozenset({"operator", "service", "card_number", "eta"})

Where = tuple[object, ...]


class IncompleteBook(Refusal):
    """A book of scripts that cannot be read aloud as it is."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(
            "incomplete_book", "The emergency scripts: %(problem)s %(remedy)s", problem=problem, remedy=remedy
        )


@dataclass(frozen=True)
class Flaw:
    """What is wrong with a book, at which place of it (named as in emergency.yaml), and what to do."""

    place: Where
    problem: str
    remedy: str


def checked_book(draft: BookDraft) -> BookDraft:
    """The draft, if every word of it can be read aloud."""
    flaw = next(flaws(draft), None)
    if flaw is not None:
        raise IncompleteBook(flaw.problem, flaw.remedy)
    return draft


def flaws(book: BookDraft) -> Iterator[Flaw]:
    """Everything that is wrong."""
    if not book.scripts:
        yield Flaw(("cards",), "There are no scripts.", "Write them as a list below «cards:».")
    for language in book.languages:
        if language not in LANGUAGES:
            yield Flaw(("languages",), f"«{language}» is not a language.", f"Choose of {', '.join(LANGUAGES)}.")
    if book.standing is Standing.PLACEHOLDER:
        yield from _unsaid(book, ("notice",), book.notice)
    for key, texts in book.phrases.items():
        yield from _unsaid(book, ("phrases", key), texts)
    yield from _wrong_services(book)
    yield from _wrong_fields(book)
    codes: set[str] = set()
    for at, script in enumerate(book.scripts):
        if script.code in codes:
            yield Flaw(("cards", at, "id"), f"The id «{script.code}» stands here twice.", "Give each script its own.")
        codes.add(script.code)
        yield from _wrong_names(script, ("cards", at))
        yield from _wrong_handover(book, script, ("cards", at))
        yield from _wrong_words(book, script, ("cards", at))
        yield from _wrong_triggers(book, script, ("cards", at, "triggers"))


def _wrong_services(book: BookDraft) -> Iterator[Flaw]:
    for number, names in book.services.items():
        if not NUMBER.fullmatch(number):
            yield Flaw(("services", number), f"«{number}» is not a number to call.", 'Write it as "112".')
        yield from _unsaid(book, ("services", number), names)


def _wrong_fields(book: BookDraft) -> Iterator[Flaw]:
    keys: set[str] = set()
    for at, passed in enumerate(book.handover_fields):
        if passed.key in keys:
            yield Flaw(("handover_fields", at), f"The field «{passed.key}» stands here twice.", "Delete one of them.")
        keys.add(passed.key)
        yield from _unsaid(book, ("handover_fields", at), passed.names)


def _wrong_names(script: Script, place: Where) -> Iterator[Flaw]:
    if not CODE.fullmatch(script.code):
        yield Flaw((*place, "id"), f"«{script.code}» is not an id.", "Write small Latin letters, digits and «_».")
    if script.version < 1:
        yield Flaw((*place, "version"), "There is no such version.", "Begin with 1 and raise it with every wording.")


def _wrong_handover(book: BookDraft, script: Script, place: Where) -> Iterator[Flaw]:
    for key, numbers in (("primary", (script.primary,)), ("also", script.also)):
        for number in numbers:
            if number not in book.services:
                yield Flaw((*place, "handover", key), f"Nobody answers «{number}».", "Name it below «services:».")
    if script.also and not script.when:
        yield Flaw((*place, "handover"), "Nobody knows when to call the further numbers.", "Write it below «when:».")
    if script.when:
        yield from _unsaid(book, (*place, "handover", "when"), script.when)
    keys = {passed.key for passed in book.handover_fields}
    for key in script.ask:
        if key not in keys:
            yield Flaw((*place, "ask"), f"There is no field «{key}».", "Add it to «handover_fields:» or correct it.")


def _wrong_words(book: BookDraft, script: Script, place: Where) -> Iterator[Flaw]:
    yield from _unsaid(book, (*place, "title"), script.titles)
    if not 1 <= len(script.steps) <= MOST_STEPS:
        yield Flaw((*place, "steps"), "This many steps cannot be read.", f"Write from 1 to {MOST_STEPS}.")
    for at, step in enumerate(script.steps):
        yield from _unsaid(book, (*place, "steps", at), step)
    yield from _unsaid(book, (*place, "never"), script.never)
    for key, texts in script.asides.items():
        yield from _unsaid(book, (*place, key), texts)


def _wrong_triggers(book: BookDraft, script: Script, place: Where) -> Iterator[Flaw]:
    for language in book.languages:
        if not script.triggers.get(language):
            yield Flaw(place, f"No words call it in «{language}».", f"Write «{language}: [a, b]» below it.")
    for language, triggers in script.triggers.items():
        if language not in LANGUAGES:
            yield Flaw((*place, language), f"«{language}» is not a language.", f"Choose of {', '.join(LANGUAGES)}.")
        for trigger in triggers:
            if not meaning(trigger, language):
                yield Flaw((*place, language), f"«{trigger}» says nothing.", "Write words that people say.")


def _unsaid(book: BookDraft, place: Where, texts: Mapping[str, str]) -> Iterator[Flaw]:
    for language in book.languages:
        if not texts.get(language, "").strip():
            yield Flaw(place, f"It is not said in «{language}».", f"Write «{language}: …» below it.")
    known = FILLED_IN | {passed.key for passed in book.handover_fields}
    for language, text in texts.items():
        try:
            names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        except ValueError as failure:
            yield Flaw((*place, language), f"The braces do not fit: {failure}.", "Close every brace.")
            continue
        for name in sorted(names - known):
            told = ", ".join(f"{{{each}}}" for each in sorted(known))
            yield Flaw((*place, language), f"Nothing fills in «{{{name}}}».", f"Use {told}.")
