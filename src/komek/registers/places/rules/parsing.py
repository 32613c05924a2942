"""Reading what people write as an address: which words may name the street, and which number is the house."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from komek import letters
from komek.registers.places.rules.folding import plain
from komek.registers.places.rules.words import (
    APART,
    CASES,
    CODED,
    CORPUS,
    CROSSING,
    DISTRICT,
    HOUSE_WORDS,
    LANES,
    NAMED_NUMBER,
    ORDINAL,
    STOP_WORDS,
    SUFFIXES,
    TOKEN,
    TYPES,
)

LONGEST_READ = 400
MOST_PHRASES = 24
SHORTEST_NAME, LONGEST_NAME = 2, 3
SHORTEST_STEM = 4

# How sure we are that these words name the street: a whole sentence without a house may speak of anything.
BESIDE_TYPE_WORD, BESIDE_HOUSE, ANYWHERE, ANYWHERE_ELSE = 1.0, 0.97, 0.9, 0.6
SHORT = 5
NOMINATIVE = 0.98


@dataclass(frozen=True)
class Phrase:
    """Folded words that may be the name of a street; `order` is where they stand in the text."""

    text: str
    weight: float
    order: int


@dataclass(frozen=True)
class Address:
    """What was read out of free words: the likeliest street words, all candidates, and the house."""

    street: str
    phrases: tuple[Phrase, ...]
    house: str
    districts: tuple[str, ...]
    crossing: bool
    lane: bool


def parse(text: str) -> Address:
    """Read a free address; words that name nothing do no harm, because they match no street."""
    read = plain(text[:LONGEST_READ])
    crossing = CROSSING.search(read) is not None or _joined_by_slash(read)
    districts = tuple(word for pattern in DISTRICT for word in pattern.findall(read))
    for pattern in (*DISTRICT, *APART):
        read = pattern.sub(" , ", read)
    read = CODED.sub(_coded, CORPUS.sub(r"\1/\2", ORDINAL.sub(r"\1", read)))
    pieces = [piece.replace(" ", "") for piece in TOKEN.findall(read)]
    at, house, after = _house(pieces)
    if at is not None:
        pieces[at:after] = ["#"]
    phrases = _ranked(_phrases(pieces, at, crossing=crossing))
    return Address(
        street=phrases[0].text if phrases else "",
        phrases=phrases,
        house=house,
        districts=districts,
        crossing=crossing,
        lane=not LANES.isdisjoint(pieces),
    )


def _coded(found: re.Match[str]) -> str:
    """«Е 489» is one name; «а 5» after a house number is a letter and something else, and matches no street."""
    return f" {found[1]}{found[2]} " if found[1] == "е" or len(found[2]) >= SHORTEST_NAME else found[0]


def _joined_by_slash(text: str) -> bool:
    return re.search(r"[а-я]{3,}\s*/\s*[а-я]{3,}", text) is not None


def _house(pieces: list[str]) -> tuple[int | None, str, int]:
    """Where the house number stands, the number, and the first piece behind it."""
    best: tuple[int, int] | None = None
    for at, piece in enumerate(pieces):
        if not piece[0].isdigit():
            continue
        before = pieces[at - 1] if at else ","
        behind = pieces[at + 1] if at + 1 < len(pieces) else ","
        if behind in NAMED_NUMBER or (before in TYPES and _another_number(pieces, at)):
            continue
        if before in HOUSE_WORDS or behind in HOUSE_WORDS - {"номер"}:
            sure = 3
        elif before in TYPES or (before != "," and before not in STOP_WORDS):
            sure = 2
        elif before == "," and at > 1 and pieces[at - 2] not in STOP_WORDS:
            sure = 1
        else:
            sure = 0
        if sure and (best is None or sure > best[0]):
            best = (sure, at)
    if best is None:
        return None, "", 0
    at = best[1]
    number, after = pieces[at], at + 1
    if number[-1].isdigit() and after < len(pieces) and pieces[after] in SUFFIXES:
        number, after = number + pieces[after], after + 1
    return at, number, after


def _another_number(pieces: list[str], at: int) -> bool:
    """«улица 36, 12»: the first number is the street when nothing but a comma stands before the second."""
    rest = [piece for piece in pieces[at + 1 : at + 4] if piece != "," and piece not in HOUSE_WORDS]
    return bool(rest) and rest[0][0].isdigit()


def _phrases(pieces: list[str], house_at: int | None, *, crossing: bool) -> Iterator[Phrase]:
    runs = list(_runs(pieces))
    anchored = False
    is_short = crossing or sum(piece != "," for piece in pieces) <= SHORT
    for start, run in runs:
        end = start + len(run)
        behind_type = _is_type(pieces, start - 1)
        before_type = _is_type(pieces, end)
        if behind_type or before_type:
            weight = BESIDE_TYPE_WORD
        elif house_at is not None and _beside(pieces, start, end, house_at):
            weight = BESIDE_HOUSE
        else:
            continue
        anchored = True
        if behind_type or end != house_at:
            yield from _windows(run, start, weight, from_start=True)
        if before_type or end == house_at or not behind_type:
            yield from _windows(run, start, weight, from_start=False)
    for start, run in runs:
        for first in range(len(run)):
            weight = ANYWHERE if is_short and not anchored else ANYWHERE_ELSE
            yield from _windows(run[first : first + LONGEST_NAME], start + first, weight, from_start=True)


def _runs(pieces: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Unbroken runs of words that may be names, with the place of their first word."""
    run: list[str] = []
    for at, piece in enumerate([*pieces, ","]):
        if piece in (",", "#") or piece in TYPES or piece in STOP_WORDS or piece in HOUSE_WORDS:
            if run:
                yield at - len(run), run
            run = []
        else:
            run.append(piece)


def _is_type(pieces: list[str], at: int) -> bool:
    return 0 <= at < len(pieces) and pieces[at] in TYPES


def _beside(pieces: list[str], start: int, end: int, house_at: int) -> bool:
    """Whether only commas, «дом» and «по» stand between the words and the house."""
    between = pieces[end:house_at] if end <= house_at else pieces[house_at + 1 : start]
    return all(piece == "," or piece in HOUSE_WORDS or piece in ("по", "на", "к") for piece in between)


def _windows(run: list[str], start: int, weight: float, *, from_start: bool) -> Iterator[Phrase]:
    for size in range(min(LONGEST_NAME, len(run)), 0, -1):
        words = run[:size] if from_start else run[-size:]
        order = start if from_start else start + len(run) - size
        if len("".join(words)) < SHORTEST_NAME and not words[0].isdigit():
            continue
        if weight != BESIDE_TYPE_WORD and all(word[0].isdigit() for word in words):
            continue  # a bare number is a bus, an age or a date
        yield Phrase(" ".join(words), weight, order)
        for guess in _nominatives(words):
            yield Phrase(guess, weight * NOMINATIVE, order)


def _nominatives(words: list[str]) -> Iterator[str]:
    """The name as it stands on the map, guessed from how it is declined: «Абая» → «абай», «Сығанақта» → «сыганак»."""
    russian = " ".join(_undeclined(word) for word in words)
    if russian != " ".join(words):
        yield russian
    kazakh = CASES.sub("", words[-1])
    if kazakh != words[-1] and len(kazakh) >= SHORTEST_STEM:
        yield " ".join([*words[:-1], kazakh])


def _undeclined(word: str) -> str:
    if len(word) < SHORTEST_STEM or not word.isalpha():
        return word
    if word[-1] == "я" and word[-2] in letters.VOWELS:
        return word[:-1] + "й"
    if word[-1] in "ау" and word[-2] not in letters.VOWELS:
        return word[:-1]
    if word[-1] in "иы" and word[-2] not in letters.VOWELS:
        return word[:-1] + "а"
    return word


def _ranked(phrases: Iterator[Phrase]) -> tuple[Phrase, ...]:
    best: dict[str, Phrase] = {}
    for phrase in phrases:
        if phrase.text not in best or phrase.weight > best[phrase.text].weight:
            best[phrase.text] = phrase
    return tuple(sorted(best.values(), key=lambda phrase: -phrase.weight)[:MOST_PHRASES])
