"""Questions about topics, of the version in force."""

import math
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.db import connection
from django.db.models import QuerySet, Subquery

from komek.platform.remembered import Remembered, rows_version
from komek.registers.catalog import rules
from komek.registers.catalog.models import Topic, Version

# Which topics a word is like, of those that are active. `tuned` sets what `<%` takes for alike before it is asked.
ALIKE = """
WITH tuned AS MATERIALIZED (
    SELECT set_config('pg_trgm.word_similarity_threshold', %(least)s::text, true) AS threshold
), asked AS MATERIALIZED (
    SELECT word FROM unnest(%(words)s::text[]) AS a (word), tuned WHERE tuned.threshold <> ''
)
SELECT asked.word, t.id, word_similarity(asked.word, t.folded)
FROM asked JOIN catalog_topic t ON asked.word <%% t.folded
WHERE t.version_id = %(version)s AND t.active
"""
LEAST_LIKENESS = 0.5
# A word that is that much like a topic's own speaks of it; the more topics it speaks of, the less it tells.
SAME_WORD = 0.7
# How many words a process remembers with their topics: what people write about a city repeats itself.
MOST_WORDS = 20_000


def current(at: datetime | None = None) -> Version:
    """The version in force; without a moment, the newest one published."""
    found = _newest(at).first()
    if found is None:
        raise rules.NoCatalog
    return found


def _newest(at: datetime | None) -> QuerySet[Version]:
    versions = Version.objects.filter(effective_at__lte=at) if at else Version.objects.all()
    return versions.order_by("-number")


def topic(code: str, at: datetime | None = None) -> Topic:
    """One topic of the version in force, by its code."""
    if "\0" in code:
        raise rules.UnknownTopic(code)
    edition = _edition(at)
    found = edition.topics.get(code) if edition else None
    if found is None:
        raise rules.UnknownTopic(code)
    return found


@dataclass(frozen=True)
class _Edition:
    """One published version with its topics by code, and what words were found to be like them."""

    id: int
    effective_at: datetime
    topics: dict[str, Topic]
    alike: dict[str, dict[int, float]] = field(default_factory=dict)

    @cached_property
    def active(self) -> dict[int, Topic]:
        """The topics that may be chosen, by id, in the order of the catalog."""
        return {one.id: one for one in self.topics.values() if one.active}

    @cached_property
    def grouped(self) -> list[tuple[Topic, list[Topic]]]:
        """The active topics group by group, each with a topic that carries the group's names."""
        groups: dict[str, list[Topic]] = {}
        for one in self.active.values():
            groups.setdefault(one.group_code, []).append(one)
        return [(members[0], members) for members in groups.values()]

    def like(self, words: list[str]) -> dict[str, dict[int, float]]:
        """For each word how much it is like each topic, as far as it is alike at all; a word is looked up once."""
        new = [word for word in words if word not in self.alike]
        found: dict[str, dict[int, float]] = {word: self.alike.get(word, {}) for word in words}
        if new:
            with connection.cursor() as cursor:
                cursor.execute(ALIKE, {"words": new, "version": self.id, "least": LEAST_LIKENESS})
                for word, topic_id, likeness in cursor.fetchall():
                    found[word][topic_id] = likeness
            if len(self.alike) > MOST_WORDS:
                self.alike.clear()
            self.alike.update((word, found[word]) for word in new)
        return found


def _all_editions() -> list[_Edition]:
    topics: dict[int, dict[str, Topic]] = defaultdict(dict)
    for one in Topic.objects.select_related("version"):
        topics[one.version_id][one.code] = one
    versions = Version.objects.order_by("-number")
    return [_Edition(version.id, version.effective_at, topics[version.id]) for version in versions]


def _edition(at: datetime | None) -> _Edition | None:
    return next((edition for edition in _editions() if at is None or edition.effective_at <= at), None)


# Newest first; a version is never edited once it is published.
_editions = Remembered("catalog", version=rows_version("catalog_version"), load=_all_editions)


def find(code: str, at: datetime | None = None) -> Topic | None:
    """The topic of that code in the version in force, for a form that may say nonsense."""
    try:
        return topic(code, at)
    except rules.UnknownTopic:
        return None


def topics(at: datetime | None = None) -> QuerySet[Topic]:
    """All active topics of the version in force, in the order of the catalog."""
    newest = Subquery(_newest(at).values("id")[:1])
    return Topic.objects.filter(version_id=newest, active=True)


def grouped(at: datetime | None = None) -> list[tuple[Topic, list[Topic]]]:
    """The topics group by group, each with a topic that carries the group's names."""
    edition = _edition(at)
    return edition.grouped if edition else []


def search(words: str, language: str | None = None, limit: int = 8, at: datetime | None = None) -> list[Topic]:
    """Topics that the words may mean, in any of the languages and letters; the likeliest first.

    The language changes nothing in the search, because people mix languages; it orders equals by having a name in it.
    """
    edition = _edition(at)
    if edition is None:
        return []
    code = rules.code_in(words)
    named = edition.topics.get(code) if code else None
    found = [named] if named and named.active else []
    scores = _scores(edition.like(asked)) if (asked := rules.asked(words)) else {}
    best = sorted(scores, key=lambda topic_id: (-scores[topic_id], topic_id))[:limit]
    topics = [edition.active[topic_id] for topic_id in best]
    order = sorted(topics, key=lambda one: (-scores[one.id], not getattr(one, f"name_{language}", "")))
    return (found + [one for one in order if one.code != code])[:limit]


def _scores(alike: dict[str, dict[int, float]]) -> dict[int, float]:
    """How well each topic fits: a rare word tells more than one that many topics share."""
    scores: dict[int, float] = defaultdict(float)
    for likenesses in alike.values():
        telling = 1 / math.log(2 + sum(likeness >= SAME_WORD for likeness in likenesses.values()))
        for topic_id, likeness in likenesses.items():
            scores[topic_id] += likeness * likeness * telling
    return scores
