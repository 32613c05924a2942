"""Questions of an editor: what is missing, what has ended, one article whole, and who has changed it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.timezone import localdate

from komek.platform.models import AuditEntry
from komek.rooms.knowledge import rules
from komek.rooms.knowledge.models import Article, ArticleText, Bulletin, Doubt
from komek.rooms.knowledge.queries.articles import in_order, is_valid, with_doubts

PAGE = 50
ENDS_SOON = timedelta(days=14)
MOST_CHANGES = 200
ONE_PUBLICATION = timedelta(seconds=2)
SHOWN_BULLETINS = 40
SHELVES = ("valid", "kk", "ru", "en", "ending", "expired", "coming", "doubted", "retired")


@dataclass(frozen=True)
class Row:
    """One article on the shelf: what an editor chooses by."""

    code: str
    title: str
    owner: str
    version: int
    languages: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None
    updated_at: datetime
    doubts: int
    active: bool


@dataclass(frozen=True)
class Shelf:
    """Some articles in the order of their codes; `after` is where the next page begins, None at the end."""

    rows: list[Row]
    after: str | None


@dataclass(frozen=True)
class Change:
    """One time somebody changed an article: who, when, and which parts of which language."""

    at: datetime
    actor: str
    version: int | None
    parts: tuple[str, ...]


def shelf(
    at: datetime, language: str, *, state: str = "", owner: str = "", topic: str = "", words: str = "", after: str = ""
) -> Shelf:
    """The articles an editor asks for, two queries a page; `kk`, `ru`, `en` are those without that language."""
    found = Article.objects.filter(_standing(localdate(at)).get(state, Q(active=True)))
    if owner:
        found = found.filter(owner=owner)
    if topic:
        found = found.filter(Q(topics__contains=[topic]) | Q(groups__contains=[topic]))
    if words:
        named = ArticleText.objects.filter(article=OuterRef("pk"), folded__contains=rules.fold(words))
        found = found.filter(Q(code__iexact=words) | Exists(named))
    if after:
        found = found.filter(code__gt=after)
    rows = list(with_doubts(found).prefetch_related("texts").order_by("code")[: PAGE + 1])
    order = in_order(language)
    return Shelf([_row(row, order) for row in rows[:PAGE]], rows[PAGE - 1].code if len(rows) > PAGE else None)


def shelves(at: datetime) -> Mapping[str, int]:
    """How many articles stand on each shelf, in one query; a city has some hundreds."""
    standing = _standing(localdate(at))
    return Article.objects.aggregate(**{name: Count("id", filter=standing[name]) for name in SHELVES})


def whole(code: str) -> Article:
    """One article with all its texts, valid or not; raises UnknownArticle."""
    found = with_doubts(Article.objects.filter(code=code)).prefetch_related("texts").first()
    if found is None:
        raise rules.UnknownArticle(code)
    return found


def next_code() -> str:
    """The code of an article that is about to be written."""
    return rules.next_code(Article.objects.values_list("code", flat=True))


def owners() -> list[str]:
    """Who owns articles."""
    return list(Article.objects.order_by("owner").values_list("owner", flat=True).distinct())


def changes(article: Article) -> list[Change]:
    """Who changed an article and when, the newest first, as the audit has it: one line a publication."""
    texts = {text.pk: text.language for text in article.texts.all()}
    subjects = {f"knowledge_article:{article.pk}", *(f"knowledge_articletext:{pk}" for pk in texts)}
    entries = AuditEntry.objects.filter(subject__in=subjects, verb__in=["insert", "update"]).order_by("-id")[
        :MOST_CHANGES
    ]
    told: list[list[AuditEntry]] = []
    for entry in entries:
        if told and _belongs(entry, told[-1][-1]):
            told[-1].append(entry)
        else:
            told.append([entry])
    return [_change(some, texts) for some in told]


def bulletins_lately(at: datetime) -> Sequence[Bulletin]:
    """What runs or will run first, then what is over, the newest first."""
    is_over = Q(active=False) | Q(valid_to__isnull=False, valid_to__lte=at)
    return list(Bulletin.objects.alias(is_over=is_over).order_by("is_over", "-valid_from")[:SHOWN_BULLETINS])


def bulletin(code: str) -> Bulletin | None:
    """One bulletin by its code."""
    return Bulletin.objects.filter(code=code).first()


def _standing(day: date) -> dict[str, Q]:
    """Which articles stand on each shelf."""
    active, expired = Q(active=True), Q(valid_to__lt=day)
    doubts = Doubt.objects.filter(article=OuterRef("pk"), version=OuterRef("version"))
    texts = ArticleText.objects.filter(article=OuterRef("pk"))
    return {
        "valid": is_valid(day),
        **{one: active & ~expired & ~Q(Exists(texts.filter(language=one))) for one in rules.LANGUAGES},
        "ending": is_valid(day) & Q(valid_to__lte=day + ENDS_SOON),
        "expired": active & expired,
        "coming": active & Q(valid_from__gt=day),
        "doubted": active & Q(Exists(doubts)),
        "retired": ~active,
    }


def _row(row: Any, order: list[str]) -> Row:
    texts = {text.language: text for text in row.texts.all()}
    shown = next((texts[language] for language in order if language in texts), None)
    return Row(
        code=row.code,
        title=shown.title if shown else "",
        owner=row.owner,
        version=row.version,
        languages=tuple(language for language in rules.LANGUAGES if language in texts),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        updated_at=row.updated_at,
        doubts=row.doubted,
        active=row.active,
    )


def _belongs(entry: AuditEntry, later: AuditEntry) -> bool:
    """Whether two entries are of one publication: they are made by one transaction, one statement after the other."""
    return (entry.actor, entry.request_id) == (later.actor, later.request_id) and later.at - entry.at < ONE_PUBLICATION


def _change(entries: list[AuditEntry], texts: Mapping[int, str]) -> Change:
    parts: list[str] = []
    version = None
    for entry in reversed(entries):
        table, _, number = entry.subject.partition(":")
        if table == "knowledge_articletext":
            parts.append(texts[int(number)])
            continue
        version = entry.detail["version"][1] if "version" in entry.detail else version
        version = 1 if entry.verb == "insert" else version
        told = {"owner", "topics", "groups", "seasons", "valid_from", "valid_to", "active"}
        parts += sorted(told & entry.detail.keys())
    return Change(entries[0].at, entries[0].actor, version, tuple(dict.fromkeys(parts)))
