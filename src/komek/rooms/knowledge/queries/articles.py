"""Questions to the articles and bulletins: what answers these words, this article, what is happening now."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.utils.timezone import localdate

from komek.platform.languages import LANGUAGES
from komek.platform.questions import Question
from komek.rooms.knowledge import rules
from komek.rooms.knowledge.models import Article, Bulletin, Missed

# Every typed word is asked by itself, so that a rare word weighs more than «жоқ» or «нет»: the rarer among the valid
# articles, the heavier. An article is found in any language and shown in the one asked for. Words that no article
# knows, and that are no mere function words, are tried once more by their letters. Trust: the dictionary knows, our own
# stem guesses a little, an unfinished or misspelled word guesses more. `tuned` sets what `<%` takes for alike before the
# first unknown word reaches it, until the end of the transaction. `candidate` unpacks each vector once; asked word by
# word in its table it would be unpacked as often (1.3 s instead of 0.1 s with 1,800 articles).
SEARCH = """
WITH valid AS (
    SELECT id, code FROM knowledge_article
    WHERE active AND (valid_from IS NULL OR valid_from <= %(day)s) AND (valid_to IS NULL OR valid_to >= %(day)s)
      AND (%(topic)s::text IS NULL OR %(topic)s::text = ANY (topics))
), asked AS (
    SELECT term, 1.0 AS trust, plainto_tsquery('russian', word) AS query
    FROM unnest(%(spoken_terms)s::int[], %(spoken)s::text[]) AS spoken (term, word)
    UNION ALL
    SELECT term, 0.9, quote_literal(word)::tsquery
    FROM unnest(%(lexeme_terms)s::int[], %(lexemes)s::text[]) AS lexeme (term, word)
    UNION ALL
    SELECT term, 0.6, (quote_literal(word) || ':*')::tsquery
    FROM unnest(%(beginning_terms)s::int[], %(beginnings)s::text[]) AS beginning (term, word)
), candidate AS MATERIALIZED (
    SELECT text.article_id, text.vector || ''::tsvector AS vector
    FROM knowledge_articletext AS text
    JOIN valid ON valid.id = text.article_id
    WHERE text.vector @@ (SELECT string_agg('(' || query::text || ')', ' | ')::tsquery FROM asked WHERE numnode(query) > 0)
), exact AS (
    SELECT asked.term, candidate.article_id,
           max(trust * ts_rank(%(weights)s::real[], candidate.vector, asked.query)) AS rank
    FROM asked
    JOIN candidate ON candidate.vector @@ asked.query
    GROUP BY asked.term, candidate.article_id
), tuned AS MATERIALIZED (
    SELECT set_config('pg_trgm.word_similarity_threshold', '0.5', true) AS threshold
), unknown AS MATERIALIZED (
    SELECT term, word
    FROM unnest(%(spoken_terms)s::int[], %(spoken)s::text[]) AS spoken (term, word), tuned
    WHERE length(word) > 3 AND tuned.threshold <> ''
      AND term NOT IN (SELECT term FROM exact)
      AND term NOT IN (SELECT term FROM asked WHERE trust = 1.0 AND numnode(query) = 0)
), alike AS (
    SELECT unknown.term, text.article_id, max(0.5 * word_similarity(unknown.word, text.folded)) AS rank
    FROM unknown
    JOIN knowledge_articletext AS text ON unknown.word <%% text.folded
    JOIN valid ON valid.id = text.article_id
    GROUP BY unknown.term, text.article_id
), ranked AS (
    SELECT term, article_id, rank FROM exact UNION ALL SELECT term, article_id, rank FROM alike
), rarity AS (
    SELECT term, ln(1 + (total - holders + 0.5) / (holders + 0.5)) AS weight
    FROM (SELECT term, count(*) AS holders FROM ranked GROUP BY term) AS held,
         (SELECT count(*) AS total FROM valid) AS counted
), best AS (
    SELECT article_id, sum(rank * weight) AS score
    FROM ranked JOIN rarity USING (term)
    GROUP BY article_id ORDER BY score DESC, article_id LIMIT %(limit)s
)
SELECT valid.code, valid.id, shown.title, shown.body, shown.language, best.score
FROM best
JOIN valid ON valid.id = best.article_id
CROSS JOIN LATERAL (
    SELECT title, body, language FROM knowledge_articletext AS text
    WHERE text.article_id = valid.id ORDER BY array_position(%(languages)s::text[], language::text) LIMIT 1
) AS shown
ORDER BY best.score DESC, valid.id
"""

# What a hit is worth in the body, nowhere, in «words» and in the title (the order of PostgreSQL: D, C, B, A).
WEIGHTS = [0.2, 0.2, 0.9, 1.0]


def search(words: str, language: str, at: datetime, *, topic: str | None = None, limit: int = 8) -> list[rules.Found]:
    """The articles that answer these words, best first, whatever language and letters they are typed in."""
    terms = rules.terms(words)
    if not terms:
        return []
    return [
        rules.Found(
            article_code=code,
            article_id=article_id,
            title=title,
            snippet=rules.snippet(body, words),
            language=shown,
            score=float(score),
        )
        for code, article_id, title, body, shown, score in ranked(terms, language, at, topic, limit)
    ]


def ranked(
    terms: tuple[rules.Term, ...], language: str, at: datetime, topic: str | None, limit: int
) -> list[tuple[Any, ...]]:
    """The rows of the one query of a search."""
    spoken = [(number, word) for number, term in enumerate(terms) for word in term.spoken]
    lexemes = [(number, word) for number, term in enumerate(terms) for word in term.lexemes]
    beginnings = [(number, word) for number, term in enumerate(terms) for word in term.beginnings]
    asked = {
        "day": localdate(at),
        "topic": topic,
        "spoken_terms": [number for number, _ in spoken],
        "spoken": [word for _, word in spoken],
        "lexeme_terms": [number for number, _ in lexemes],
        "lexemes": [word for _, word in lexemes],
        "beginning_terms": [number for number, _ in beginnings],
        "beginnings": [word for _, word in beginnings],
        "weights": WEIGHTS,
        "languages": in_order(language),
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(SEARCH, asked)
        return cursor.fetchall()


def article(code: str, language: str, at: datetime) -> rules.Answer:
    """One valid article in the language asked for, or in the first one it has; with how many doubt it."""
    found = next(iter(answers(valid(at).filter(code=code), language)), None)
    if found is None:
        raise rules.UnknownArticle(code)
    return found


def for_topic(topic_code: str, language: str, at: datetime) -> list[rules.Answer]:
    """What to answer on a topic: first the articles that name it, then those of its group."""
    group = topic_code.partition("-")[0]
    on_topic = valid(at).filter(Q(topics__contains=[topic_code]) | Q(groups__contains=[group]))
    return sorted(answers(on_topic, language), key=lambda found: (topic_code not in found.topics, found.code))


def popular(topics: Sequence[str], language: str, at: datetime, *, limit: int) -> list[rules.Answer]:
    """What answers these topics, in their order, and then whatever else is valid; as many as are wanted."""
    place = {code: number for number, code in enumerate(topics)}
    asked = valid(at).filter(topics__overlap=list(topics)) if topics else valid(at)
    found = sorted(
        answers(asked, language), key=lambda one: min((place.get(code, len(place)) for code in one.topics), default=0)
    )
    if len(found) < limit:
        known = [one.code for one in found]
        more = valid(at).exclude(code__in=known).order_by("code")[: limit - len(known)]
        found += answers(more, language)
    return found[:limit]


def bulletins(at: datetime, district: str | None = None) -> list[Bulletin]:
    """What is happening now, the loudest first; with a district, what concerns it or the whole city."""
    running = [one for one in _running(at=at) if district is None or not one.districts or district in one.districts]
    loudness = {level.value: -place for place, level in enumerate(rules.Severity)}
    return sorted(running, key=lambda bulletin: loudness[bulletin.severity])


def spoken(at: datetime) -> list[rules.Spoken]:
    """What callers are told on the telephone, the loudest first."""
    return [
        rules.Spoken(
            code=one.code,
            districts=tuple(one.districts),
            until=one.valid_to,
            texts={language: text for language in rules.LANGUAGES if (text := getattr(one, f"text_{language}"))},
        )
        for one in bulletins(at)
        if one.spoken and one.valid_to
    ]


_running = Question(
    lambda at: Bulletin.objects.filter(Q(valid_to=None) | Q(valid_to__gt=at), active=True, valid_from__lte=at)
)


def missed(since: date, *, limit: int = 50) -> list[rules.MissedSearch]:
    """What people looked for in vain, the most frequent first: the articles that are missing."""
    searched = Missed.objects.filter(day__gte=since).values("folded")
    told = searched.annotate(
        said=Min("query"),
        all=Sum("times"),
        days=Count("day", distinct=True),
        last=Max("day"),
        languages=ArrayAgg("language", distinct=True),
    )
    return [
        rules.MissedSearch(row["said"], row["all"], row["days"], row["last"], tuple(row["languages"]))
        for row in told.order_by("-all", "-last", "folded")[:limit]
    ]


def valid(at: datetime) -> QuerySet[Article]:
    """The articles that may be read out at this moment, by the day of the city."""
    return Article.objects.filter(is_valid(localdate(at)))


def is_valid(day: date) -> Q:
    """What may be read out on this day."""
    return Q(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day), active=True)


def answers(articles: QuerySet[Article], language: str) -> list[rules.Answer]:
    """The articles as one reader sees them, in two queries."""
    order = in_order(language)
    found = []
    for row in with_doubts(articles).prefetch_related("texts"):
        text = min(row.texts.all(), key=lambda text: order.index(text.language))
        found.append(
            rules.Answer(
                article_id=row.id,
                code=row.code,
                version=row.version,
                language=text.language,
                title=text.title,
                body=text.body,
                owner=row.owner,
                topics=tuple(row.topics),
                seasons=tuple(row.seasons),
                valid_to=row.valid_to,
                updated_at=row.updated_at,
                doubts=row.doubted,
            )
        )
    return found


def with_doubts(articles: QuerySet[Article]) -> QuerySet[Any]:
    """The articles with the number of people who doubt their present version."""
    return articles.annotate(doubted=Count("doubts", filter=Q(doubts__version=F("version"))))


def in_order(language: str) -> list[str]:
    """The language asked for, then the others in the order of the city."""
    return list(dict.fromkeys((language, *LANGUAGES)))
