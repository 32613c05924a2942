"""What is done with articles and bulletins: publish, retire, announce, end, doubt, remember what was not found."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db import connection
from django.db.models import Value
from django.db.models.expressions import Combinable
from django.utils.timezone import localdate

from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.staff.models import Agent
from komek.rooms.knowledge import facts, rules
from komek.rooms.knowledge.models import Article, ArticleText, Bulletin, Doubt, Missed

COUNT_MISSED = """
INSERT INTO knowledge_missed AS missed (day, language, folded, query, times)
SELECT day, language, folded, query, 1
FROM (SELECT %(day)s::date AS day, %(language)s::text AS language, %(folded)s::text AS folded, %(query)s::text AS query) new
WHERE EXISTS (
        SELECT FROM knowledge_missed known
        WHERE known.day = new.day AND known.language = new.language AND known.folded = new.folded
    ) OR (SELECT count(*) FROM knowledge_missed today WHERE today.day = new.day) < %(most)s
ON CONFLICT (day, language, folded) DO UPDATE SET times = missed.times + 1
"""


@together
def publish(draft: rules.ArticleDraft, *, by: Agent | None, at: datetime, on_version: int | None = None) -> Article:
    """Make the draft the article of its code, in a new version; the same draft again changes nothing.

    So a city pack can be loaded twice. Nobody (`by=None`) means the pack itself. Who edits says with `on_version` what
    the draft was written on, 0 for a new article: what somebody else has published since is not overwritten.
    """
    draft = rules.checked(draft)
    article = Article.objects.select_for_update().filter(code=draft.code).first()
    if on_version is not None and on_version != (article.version if article else 0):
        raise rules.ArticleIsNewer(draft.code, article.version if article else 0)
    if article is not None and article.active and is_same(article, draft):
        return article
    version = article.version + 1 if article is not None else 1
    columns = {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(draft).items()}
    del columns["texts"]
    article, _ = Article.objects.update_or_create(
        code=draft.code, defaults=columns | {"version": version, "updated_at": at, "active": True}
    )
    write_texts(article, draft.texts)
    announce(
        facts.ArticlePublished(
            article_id=article.id, code=article.code, version=version, by_agent_id=by.id if by else None, at=at
        )
    )
    return article


@together
def retire(article: Article, *, by: Agent | None, at: datetime) -> Article:
    """Take an article off the floor; its code stays taken and its text stays readable in the history of cards."""
    article = Article.objects.select_for_update().get(id=article.id)
    if not article.active:
        raise rules.ArticleRetired(article.code)
    article.active = False
    article.updated_at = at
    article.save(update_fields=["active", "updated_at"])
    announce(facts.ArticleRetired(article_id=article.id, code=article.code, by_agent_id=by.id if by else None, at=at))
    return article


@together
def mark_wrong(article: Article, *, by: Agent, at: datetime) -> Doubt:
    """Say that an article is wrong; pressing the button twice is one doubt."""
    article = Article.objects.select_for_update().get(id=article.id)
    doubt, is_new = Doubt.objects.get_or_create(article=article, version=article.version, by=by, defaults={"at": at})
    if is_new:
        announce(
            facts.ArticleDoubted(
                article_id=article.id, code=article.code, version=article.version, by_agent_id=by.id, at=at
            )
        )
    return doubt


@together
def announce_bulletin(draft: rules.BulletinDraft, *, by: Agent | None, at: datetime) -> Bulletin:
    """Tell the floor what is happening; the same code again corrects the bulletin and starts it anew."""
    draft = rules.checked_bulletin(draft)
    texts = {f"text_{language}": draft.texts.get(language, "").strip() for language in rules.LANGUAGES}
    columns: dict[str, Any] = {
        "districts": list(draft.districts),
        "severity": draft.severity.value,
        "valid_from": draft.valid_from,
        "valid_to": draft.valid_to,
        "active": True,
        "spoken": draft.spoken,
        **texts,
    }
    known = Bulletin.objects.select_for_update().filter(code=draft.code).first()
    if known is not None and all(getattr(known, name) == value for name, value in columns.items()):
        return known
    bulletin, _ = Bulletin.objects.update_or_create(code=draft.code, defaults=columns)
    announce(
        facts.BulletinAnnounced(
            bulletin_id=bulletin.id,
            code=bulletin.code,
            severity=bulletin.severity,
            districts=draft.districts,
            by_agent_id=by.id if by else None,
            at=at,
        )
    )
    return bulletin


@together
def end_bulletin(bulletin: Bulletin, *, by: Agent | None, at: datetime) -> Bulletin:
    """Say that it is over, before its time or because it had none."""
    bulletin = Bulletin.objects.select_for_update().get(id=bulletin.id)
    if not bulletin.active or (bulletin.valid_to is not None and bulletin.valid_to <= at):
        raise rules.BulletinOver(bulletin.code)
    bulletin.active = False
    bulletin.valid_to = at
    bulletin.save(update_fields=["active", "valid_to"])
    announce(facts.BulletinEnded(bulletin_id=bulletin.id, code=bulletin.code, by_agent_id=by.id if by else None, at=at))
    return bulletin


@together
def note_missed(words: str, *, language: str, at: datetime) -> str:
    """Count a search in vain, by what was looked for and the day; returns what was counted, empty for no search.

    One statement, whatever there was before; on a day on which too much was searched only what is known is counted.
    """
    query = rules.searched(words)
    if not query:
        return ""
    with connection.cursor() as cursor:
        told = {"language": language, "folded": rules.fold(query), "query": query}
        cursor.execute(COUNT_MISSED, {**told, "day": localdate(at), "most": rules.MOST_MISSED_A_DAY})
    return query


@together
def forget_missed(query: str) -> int:
    """Take a search off the list: somebody has written the article, or none is needed."""
    return Missed.objects.filter(folded=rules.fold(query)).delete()[0]


def forget_old_searches(*, at: datetime) -> int:
    """Forget what was searched a season ago; it says nothing about what is missing today."""
    return Missed.objects.filter(day__lt=localdate(at) - rules.MISSED_KEPT_FOR).delete()[0]


def is_same(article: Article, draft: rules.ArticleDraft) -> bool:
    """Whether publishing would change a single letter."""
    written = {
        text.language: rules.Text(language=text.language, title=text.title, body=text.body, words=text.words)
        for text in article.texts.all()
    }
    return written == {text.language: text for text in draft.texts} and all(
        getattr(article, name) == (list(value) if isinstance(value, tuple) else value)
        for name, value in asdict(draft).items()
        if name != "texts"
    )


def write_texts(article: Article, texts: tuple[rules.Text, ...]) -> None:
    """The article in its languages, analysed for the search; a language that was dropped is gone."""
    ArticleText.objects.filter(article=article).exclude(language__in=[text.language for text in texts]).delete()
    ArticleText.objects.bulk_create(
        [
            ArticleText(
                article=article,
                **asdict(text),
                vector=analysed(text),
                folded=rules.fold(f"{text.title} {text.words}"),
            )
            for text in texts
        ],
        update_conflicts=True,
        unique_fields=["article", "language"],
        update_fields=["title", "body", "words", "vector", "folded"],
    )


def analysed(text: rules.Text) -> Combinable:
    """The Russian and English dictionary united with our own stems, each with the weight of its place."""
    title, words, body = text.title, text.words, rules.plain(text.body)
    return (
        dictionary(title, weight="A")
        + own(text.language, title, weight="A")
        + dictionary(words, weight="B")
        + own(text.language, words, weight="B")
        + dictionary(body, weight="D")
        + own(text.language, body, weight="D", stemmed_only=True)
    )


def dictionary(text: str, *, weight: str) -> SearchVector:
    """The configuration `russian`, which sends Latin words to the English stemmer; ё is е in both text and question."""
    return SearchVector(Value(text.lower().replace("ё", "е")), config="russian", weight=weight)


def own(language: str, text: str, *, weight: str, stemmed_only: bool = False) -> SearchVector:
    """Our own stems as they are; `simple` only gives them places, which weights need."""
    return SearchVector(
        Value(rules.own_words(text, language=language, stemmed_only=stemmed_only)), config="simple", weight=weight
    )
