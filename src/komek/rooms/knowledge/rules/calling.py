"""How the words of a caller call a script: its trigger in any word forms, in any order, near each other.

All triggers are tried on every text, whatever its language: people mix languages. A script is only offered, so a doubt
speaks for it; what is plainly denied («запаха газа нет», «газ иісі жоқ») calls nothing.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from komek.letters import fold, read_word
from komek.rooms.knowledge.rules.forms import SHORTEST, SMALL_WORDS, Forms, meaning
from komek.rooms.knowledge.rules.stems import bare

# Letters with whatever stands on or between them invisibly: places are counted in the text as it was typed.
WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff]|['’ʼ`](?=[^\W\d_]))*")
# Where a thought ends. An exclamation mark does not end it: people shout «Газ! Запах!».
END = re.compile(r"[.?;\n…]")
# Where a denial ends.
PAUSE = re.compile(r"[^\w\s]")
# So many other words that mean something may stand between those of a trigger.
BETWEEN = 3
LONGEST_TEXT = 20_000
REMEMBERED = 8_192

# «не пахнет», «no gas»: the next word is denied.
DENY_NEXT = frozenset({"не", "ни", "no", "not"})
# «нет запаха» denies at the beginning of what is said, «запаха нет», «иісі жоқ», «қалған емес» at its end.
DENY_PHRASE = frozenset({"нет", "нету", "жок", "емес"})


@dataclass(frozen=True, order=True)
class Place:
    """Where a word stands in a text: from `start` up to, not including, `end`."""

    start: int
    end: int


@dataclass(frozen=True)
class Heard:
    """The words of a text that call one script, and the languages of the triggers."""

    places: tuple[Place, ...]
    languages: frozenset[str]


@dataclass(frozen=True)
class _Trigger:
    script: int
    language: str
    size: int


@dataclass(frozen=True)
class _Said:
    """One word of a text: as it may be read, where it stands, how many words that mean something came before it."""

    readings: tuple[str, ...]
    place: Place
    before: int
    # Whether a pause stands before it, and behind it.
    opens: bool
    closes: bool


class Calls:
    """What the triggers of some scripts listen for."""

    def __init__(self, scripts: Iterable[Mapping[str, Sequence[str]]]) -> None:
        self._triggers: list[_Trigger] = []
        # The beginning of a word → its endings, with the triggers and the place in them that it may fill.
        self._beginnings: dict[str, list[tuple[frozenset[str], int, int]]] = defaultdict(list)
        for script, triggers in enumerate(scripts):
            for language, phrases in triggers.items():
                for phrase in phrases:
                    self._listen(script, language, meaning(phrase, language))
        self._longest = max(map(len, self._beginnings), default=0)
        self._fitting = lru_cache(maxsize=REMEMBERED)(self._fits)

    def heard(self, text: str) -> dict[int, Heard]:
        """The scripts, by their place in the list, that this text calls."""
        places: dict[int, set[Place]] = defaultdict(set)
        languages: dict[int, set[str]] = defaultdict(set)
        for thought in _thoughts(text[:LONGEST_TEXT]):
            for trigger, words in self._called(thought):
                if _is_denied(thought, words):
                    continue
                places[trigger.script].update(thought[word].place for word in words)
                languages[trigger.script].add(trigger.language)
        return {script: Heard(tuple(sorted(found)), frozenset(languages[script])) for script, found in places.items()}

    def _listen(self, script: int, language: str, words: tuple[tuple[Forms, ...], ...]) -> None:
        number = len(self._triggers)
        self._triggers.append(_Trigger(script, language, len(words)))
        for slot, forms in enumerate(words):
            for form in forms:
                self._beginnings[form.beginning].append((form.endings, number, slot))

    def _called(self, thought: Sequence[_Said]) -> Iterator[tuple[_Trigger, tuple[int, ...]]]:
        """Every trigger whose words stand near each other, with the places of these words."""
        last: dict[int, dict[int, int]] = defaultdict(dict)
        for at, said in enumerate(thought):
            for number, slot in self._fitting(said.readings):
                trigger = self._triggers[number]
                last[number][slot] = at
                words = sorted(set(last[number].values()))
                if len(words) < trigger.size:
                    continue
                if thought[words[-1]].before - thought[words[0]].before < trigger.size + BETWEEN:
                    yield trigger, tuple(words)

    def _fits(self, readings: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
        """The triggers that have such a word, and its place in them."""
        return tuple(
            (number, slot)
            for word in readings
            for length in range(SHORTEST - 1, min(len(word), self._longest) + 1)
            for endings, number, slot in self._beginnings.get(word[:length], ())
            if word[length:] in endings
        )


def _thoughts(text: str) -> Iterator[list[_Said]]:
    """The words of a text, sentence by sentence."""
    thought: list[_Said] = []
    words = list(WORD.finditer(text))
    opens, before = True, 0
    for word, following in zip_longest(words, words[1:]):
        gap = text[word.end() : following.start() if following else len(text)]
        closes = following is None or PAUSE.search(gap) is not None
        readings = _read(word.group())
        thought.append(_Said(readings, Place(word.start(), word.end()), before, opens, closes))
        opens = closes
        before += SMALL_WORDS.isdisjoint(readings)
        if END.search(gap):
            yield thought
            thought = []
    yield thought


@lru_cache(maxsize=REMEMBERED)
def _read(word: str) -> tuple[str, ...]:
    """A word as it is folded and, typed in Latin letters, as it sounds."""
    folded = fold(word)
    sound = read_word(folded)
    # «iisi» is «иісі»: in Latin letters nobody can tell й from і.
    return tuple(dict.fromkeys(bare(each) for each in (folded, sound, sound.replace("ий", "ии"))))


def _is_denied(thought: Sequence[_Said], words: tuple[int, ...]) -> bool:
    """Whether it is plainly said that it is not so; «света нет пахнет газом» is no denial."""
    if any(word and DENY_NEXT.intersection(thought[word - 1].readings) for word in words):
        return True
    first, last = words[0], words[-1]
    if first and thought[first - 1].opens and DENY_PHRASE.intersection(thought[first - 1].readings):
        return not thought[first - 1].closes
    following = thought[last + 1] if last + 1 < len(thought) else None
    if following is None or thought[last].closes or not following.closes:
        return False
    return not DENY_PHRASE.isdisjoint(following.readings)
