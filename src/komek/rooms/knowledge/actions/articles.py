"""What is done with articles and bulletins: publish, retire, announce, end, doubt, remember what was not found."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db.models import Value
from django.db.models.expressions import Combinable

from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.staff.models import Agent
from komek.rooms.knowledge import facts, rules
from komek.rooms.knowledge.models import Article, ArticleText, Bulletin, Doubt, Missed


@together
def publish(draft: rules.ArticleDraft, *, by: Agent | None, at: datetime) -> Article:
    """Make the draft the article of its code, in a new version; the same draft again changes nothing.

    So a city pack can be loaded twice. Nobody (`by=None`) means the pack itself.
    """
    draft = rules.checked(draft)
    article = Article.objects.select_for_update().filter(code=draft.code).first()
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
def note_missed(words: str, *, language: str, at: datetime) -> Missed | None:
    """Remember what was searched in vain, without numbers or addresses that could name a person."""
    query = rules.without_personal(words)
    if not rules.terms(query):
        return None
    missed = Missed.objects.create(query=query, language=language, at=at)
    announce(facts.SearchMissed(missed_id=missed.id, language=language, at=at))
    return missed


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
