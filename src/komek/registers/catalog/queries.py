"""Questions about topics, of the version in force."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet, Subquery

from komek.platform.remembered import Remembered, rows_version
from komek.registers.catalog import rules
from komek.registers.catalog.models import Topic, Version

# A word is compared with every word a topic is known by; a rare word tells more than one that many topics share.
SEARCH = """
WITH asked AS (
    SELECT word FROM unnest(%(words)s::text[]) AS a(word)
), scored AS (
    SELECT t.id, asked.word, word_similarity(asked.word, t.folded) AS likeness
    FROM catalog_topic t CROSS JOIN asked WHERE t.version_id = %(version)s AND t.active
), telling AS (
    SELECT word, 1.0 / ln(2.0 + count(*) FILTER (WHERE likeness >= 0.7)) AS weight FROM scored GROUP BY word
)
SELECT s.id, sum(s.likeness * s.likeness * telling.weight) AS score
FROM scored s JOIN telling USING (word) WHERE s.likeness >= %(least)s
GROUP BY s.id ORDER BY score DESC, s.id LIMIT %(limit)s
"""
LEAST_LIKENESS = 0.5


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
    found = next(
        (edition.topics.get(code) for edition in _editions() if at is None or edition.effective_at <= at), None
    )
    if found is None:
        raise rules.UnknownTopic(code)
    return found


@dataclass(frozen=True)
class _Edition:
    """One published version with its topics by code."""

    effective_at: datetime
    topics: dict[str, Topic]


def _all_editions() -> list[_Edition]:
    topics: dict[int, dict[str, Topic]] = defaultdict(dict)
    for one in Topic.objects.select_related("version"):
        topics[one.version_id][one.code] = one
    return [_Edition(version.effective_at, topics[version.id]) for version in Version.objects.order_by("-number")]


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
    """The topics group by group, each with a topic that carries the group's names; one query."""
    groups: dict[str, list[Topic]] = {}
    for one in topics(at):
        groups.setdefault(one.group_code, []).append(one)
    return [(members[0], members) for members in groups.values()]


def search(words: str, language: str | None = None, limit: int = 8, at: datetime | None = None) -> list[Topic]:
    """Topics that the words may mean, in any of the languages and letters; the likeliest first.

    The language changes nothing in the search, because people mix languages; it orders equals by having a name in it.
    """
    asked = rules.asked(words)
    code = rules.code_in(words)
    found = list(topics(at).filter(code=code)) if code else []
    if asked:
        ranked = _ranked(asked, at, limit)
        by_id = Topic.objects.in_bulk([topic_id for topic_id, _ in ranked])
        order = sorted(ranked, key=lambda pair: (-pair[1], not getattr(by_id[pair[0]], f"name_{language}", "")))
        found += [by_id[topic_id] for topic_id, _ in order if by_id[topic_id].code != code]
    return found[:limit]


def _ranked(asked: list[str], at: datetime | None, limit: int) -> list[tuple[int, float]]:
    version = _newest(at).values_list("id", flat=True).first()
    with connection.cursor() as cursor:
        cursor.execute(SEARCH, {"words": asked, "version": version, "least": LEAST_LIKENESS, "limit": limit})
        return [(topic_id, float(score)) for topic_id, score in cursor.fetchall()]
