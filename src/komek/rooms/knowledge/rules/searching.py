"""From what somebody typed to what the index is asked, and from an article to the lines worth reading."""

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import chain

from komek.letters import LATIN, WORD, fold, from_latin
from komek.rooms.knowledge.rules.stems import bare, stems, stems_of

LONGEST_QUERY = 400
MOST_TERMS = 24
SHORTEST_PREFIX = 3
TELLING = 4  # so many letters tell one word from another
# How many words a process remembers with their stems; all the articles of a city have fewer.
MOST_WORDS = 50_000

MARKDOWN_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
MARKDOWN_SIGNS = re.compile(r"^\s*(?:#{1,6}|[-*+>]|\d+[.)])\s+|[*_`|]+", re.MULTILINE)
MAIL = re.compile(r"\S+@\S+")
# Longer than this nobody searches: it is somebody's story, and stories name people.
MOST_SEARCHED = 8
LONGEST_SEARCH = 80
MOST_MISSED_A_DAY = 1_000
MISSED_KEPT_FOR = timedelta(days=180)
NUMBERED = re.compile(r"\d")
LONG_NUMBER = re.compile(r"\+?\d(?:[\s()-]{0,2}\d){4,}")


@dataclass(frozen=True)
class Term:
    """One typed word as the index knows it: for the dictionary, as our own stems, as the beginning of a word."""

    spoken: tuple[str, ...]
    lexemes: tuple[str, ...]
    beginnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """One article that may answer, in the language asked for or, where that is missing, in the one shown."""

    article_code: str
    article_id: int
    title: str
    snippet: str
    language: str
    score: float


def terms(query: str) -> tuple[Term, ...]:
    """The words of a query, each once; the last one may be unfinished, because people read while they type."""
    query = query[:LONGEST_QUERY]
    typed = WORD.findall(fold(query))
    once = list(dict.fromkeys(word for word in typed if len(word) > 1))[:MOST_TERMS]
    last = typed[-1] if typed and query[-1].isalpha() else None
    return tuple(term(word, unfinished=word == last) for word in once)


def term(word: str, *, unfinished: bool) -> Term:
    """One folded word with all its readings."""
    readings = sounds(word)
    spoken = tuple(dict.fromkeys((word, *readings)))
    whole = tuple(bare(each) for each in spoken)
    stemmed = chain.from_iterable(stems_of(bare(reading)) for reading in readings)
    beginnings = whole if unfinished and len(word) >= SHORTEST_PREFIX else ()
    return Term(spoken=spoken, lexemes=tuple(dict.fromkeys((*whole, *stemmed))), beginnings=beginnings)


def sounds(word: str) -> tuple[str, ...]:
    """The Cyrillic readings of a word: `i` may stand for ы («jilu») and `w` for у («sw»)."""
    if not LATIN.search(word):
        return (word,)
    first = from_latin(word)
    return tuple(dict.fromkeys((first, first.replace("и", "ы"), from_latin(word.replace("w", "u")))))


def own_words(text: str, *, language: str, stemmed_only: bool = False) -> str:
    """The words that our own analysis adds to the index; whole words beside the stems let an unfinished one match."""
    whole = () if stemmed_only else tuple(bare(word) for word in WORD.findall(fold(text)))
    stemmed = () if language == "en" else stems(text)
    return " ".join(dict.fromkeys((*whole, *stemmed)))


def plain(markdown: str) -> str:
    """The text of an article without its Markdown signs, in one line."""
    return " ".join(MARKDOWN_SIGNS.sub("", MARKDOWN_LINK.sub(r"\1", markdown)).split())


def snippet(body: str, words: str, *, width: int = 220) -> str:
    """The part of the body that speaks most of the words; its beginning when it speaks of none (another language)."""
    text = plain(body)
    if len(text) <= width:
        return text
    asked = terms(words)
    hits = [(found.start(), which) for found in WORD.finditer(text) if (which := spoken_of(found.group(), asked))]
    start = best_start(text, hits, width)
    end = len(text) if start + width >= len(text) else text.rfind(" ", start, start + width)
    return ("…" if start else "") + text[start:end].strip(" ,;:") + ("…" if end < len(text) else "")


def spoken_of(word: str, asked: tuple[Term, ...]) -> frozenset[int]:
    """Which of the asked terms this word of a text is a form of."""
    folded, same = _forms(word)
    return frozenset(
        at for at, term in enumerate(asked) if not same.isdisjoint(term.lexemes) or alike(folded, term.lexemes)
    )


@lru_cache(maxsize=MOST_WORDS)
def _forms(word: str) -> tuple[str, frozenset[str]]:
    """A word of an article without what people leave out, and with its stems: the articles have few words, read often."""
    folded = bare(fold(word))
    return folded, frozenset({*stems(word), folded})


def alike(word: str, others: tuple[str, ...]) -> bool:
    """Long words with the same beginning are taken for forms of one word; only a snippet depends on it."""
    return word.startswith(_beginnings(others))


@lru_cache(maxsize=MOST_WORDS)
def _beginnings(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word[: max(TELLING, len(word) - 3)] for word in words if len(word) > TELLING)


def best_start(text: str, hits: list[tuple[int, frozenset[int]]], width: int) -> int:
    """Where the window of most different terms begins, or its sentence when that begins shortly before."""
    best, start = 0, 0
    for at, _ in hits:
        inside = frozenset().union(*(which for place, which in hits if at <= place < at + width - 20))
        if len(inside) > best:
            best, start = len(inside), at
    sentence = max(text.rfind(sign, 0, start) for sign in (". ", "! ", "? ", ": "))
    if sentence < 0 and start < width // 3:
        return 0
    return sentence + 2 if 0 <= start - sentence < width // 3 else start


def without_personal(query: str) -> str:
    """A query that may be kept: telephone and identity numbers and addresses of mail are taken out."""
    return LONG_NUMBER.sub("…", MAIL.sub("…", " ".join(query.replace("\0", " ").split())))[:200]


def in_vain(*, searched: str, asked: str, article_id: int | None) -> str:
    """What no article answered: a search that found none, or a question that was answered by heart."""
    return "" if article_id else searched or asked


def searched(words: str) -> str:
    """What was looked for, as it may be counted: without numbers and without names; empty for a whole story.

    A word with a capital letter that does not begin the query is taken for somebody's name or a street. What is left of
    a search by few words names a thing; a longer text is what a resident told, and is not kept at all.
    """
    typed = WORD.findall(without_personal(words))
    things = [
        word for place, word in enumerate(typed) if not (place and word[0].isupper()) and not NUMBERED.search(word)
    ]
    query = " ".join(things).lower()
    if not 1 <= len(things) <= MOST_SEARCHED or len(query) > LONGEST_SEARCH:
        return ""
    return query if terms(query) else ""
