"""What people say: the words of the pack's residents and services, never twice quite the same."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from komek.desks.console.fill.chance import Chance
from komek.desks.console.pack import Pack
from komek.desks.console.pack.problems import BadPack, Problems
from komek.desks.console.pack.tables import Table, read_table
from komek.platform.languages import pick
from komek.rooms.cards.rules import Kind

LANGUAGES = ("ru", "kk", "en")
ANY_GROUP = "*"
# How often something is added to what was said before: an address, words people know the topic by, a detail.
NAMES_THE_PLACE, SAYS_IT_AGAIN, ADDS_A_DETAIL = 0.55, 0.6, 0.75
HOURS, FLATS, MOST_TIMES = range(6, 24), range(2, 190), range(2, 8)
FEW = range(2, 6)


class Words:
    """Sentences for every occasion, drawn from the pack."""

    def __init__(self, pack: Pack, topics: Iterable[Any]) -> None:
        self._said: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._of_kind: dict[tuple[str, str], list[str]] = defaultdict(list)
        for row in pack.demo.contacts:
            language = row["lang"].split("-")[0]
            self._said[row["topic"], language].append(row["text"])
            self._of_kind[row["kind"], language].append(row["text"])
        self._names = {topic.code: topic for topic in topics}
        self._known_by = {code: _by_language(topic.words) for code, topic in self._names.items()}
        self._details: dict[str, list[str]] = defaultdict(list)
        for row in table(pack, "details.tsv", {"lang", "text"}):
            self._details[row["lang"]].append(row["text"])
        self._sentences: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for row in pack.demo.resolutions:
            # A kind of delay is a delay.
            for outcome in {row["outcome"], row["outcome"].partition("_")[0]}:
                self._sentences[outcome, row["lang"], row["group"]].append(row["text"])
        self._replies: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
        for row in pack.demo.replies:
            self._replies[row["answer"], row["lang"]].append((row["text"], int(row["score"])))

    def of_resident(self, topic_code: str, kind: Kind, language: str, chance: Chance, *, place: str = "") -> str:
        """What somebody says of a topic, with whatever else comes to their mind."""
        parts = [chance.one(self._first(topic_code, kind, language))]
        if place and chance.random() < NAMES_THE_PLACE:
            parts.insert(int(2 * chance.random()), f"{place}.")
        known_by = self._known_by.get(topic_code, {}).get(language)
        if known_by and chance.random() < SAYS_IT_AGAIN:
            begins = int(len(known_by) * chance.random())
            parts.append(" ".join(known_by[begins : begins + chance.one(FEW)]))
        details = self._details.get(language)
        while details and chance.random() < ADDS_A_DETAIL:
            parts.append(_with_numbers(chance.one(details), chance))
        return " ".join(parts)

    def sentence(self, outcome: str, language: str, chance: Chance, *, group: str = "") -> str:
        """What somebody of the centre or of a service says about a card that has come to this."""
        found = (
            self._sentences.get((outcome, language, group))
            or self._sentences.get((outcome, language, ANY_GROUP))
            or next((some for (known, _, _), some in self._sentences.items() if known == outcome), None)
            or [outcome]
        )
        said = chance.one(found)
        return said.replace("{number}", str(chance.one(FLATS))) if "{" in said else said

    def reply(self, answer: str, language: str, chance: Chance) -> tuple[str, int]:
        """What a resident answers to the question whether it is done, and the score they give."""
        found = self._replies.get((answer, language)) or self._replies.get((answer, LANGUAGES[0]))
        return chance.one(found) if found else ("", 5)

    def _first(self, topic_code: str, kind: Kind, language: str) -> Sequence[str]:
        topic = self._names.get(topic_code)
        return (
            self._said.get((topic_code, language))
            or ([pick(topic, "name", language)] if topic is not None else None)
            or self._of_kind.get((kind, language))
            or [topic_code]
        )


def table(pack: Pack, name: str, columns: set[str]) -> Table:
    """A table that only the fill reads; a pack without it has an empty one."""
    problems = Problems()
    found = read_table(pack.folder, f"demo/{name}", problems, required=columns)
    if listed := tuple(problems):
        raise BadPack(listed)
    return found


def _by_language(words: str) -> Mapping[str, list[str]]:
    """The words a topic is known by stand in three parts: Russian, Kazakh, English."""
    return {language: part.split() for language, part in zip(LANGUAGES, words.split(";"), strict=False) if part.strip()}


def _with_numbers(detail: str, chance: Chance) -> str:
    return detail.format(n=chance.one(MOST_TIMES), m=chance.one(FLATS), hour=chance.one(HOURS))
