"""What an article is, and what one must be to be published."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from komek.refusal import Refusal

LANGUAGES = ("kk", "ru", "en")
CODE = re.compile(r"[A-Z]{1,8}-\d{1,6}")
LONGEST_TITLE = 300


class UnknownArticle(Refusal):
    """No article has this code, or none is valid on the day."""

    def __init__(self, code: str) -> None:
        super().__init__("unknown_article", "There is no valid article %(article)s.", article=code)


class ArticleRetired(Refusal):
    """The article has been retired already."""

    def __init__(self, code: str) -> None:
        super().__init__("article_retired", "Article %(article)s has already been retired.", article=code)


class ArticleIsNewer(Refusal):
    """Somebody else has published the article since it was opened."""

    def __init__(self, code: str, version: int) -> None:
        super().__init__(
            "article_is_newer",
            "Article %(article)s was published by somebody else meanwhile (version %(version)s). Nothing was overwritten.",
            article=code,
            version=version,
        )
        self.version = version


class IncompleteArticle(Refusal):
    """A draft that cannot be published as it is."""

    def __init__(self, code: str, problem: str) -> None:
        super().__init__("incomplete_article", "Article %(article)s: %(problem)s.", article=code, problem=problem)


@dataclass(frozen=True)
class Text:
    """An article in one language; `words` are what people say and the title does not."""

    language: str
    title: str
    body: str
    words: str = ""


@dataclass(frozen=True)
class ArticleDraft:
    """Everything an editor decides about one article."""

    code: str
    owner: str
    texts: tuple[Text, ...]
    topics: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    seasons: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Answer:
    """An article as it is shown to one reader; the body is Markdown."""

    article_id: int
    code: str
    version: int
    language: str
    title: str
    body: str
    owner: str
    topics: tuple[str, ...]
    seasons: tuple[str, ...]
    valid_to: date | None
    updated_at: datetime
    doubts: int


@dataclass(frozen=True)
class MissedSearch:
    """Something that was looked for in vain: how often, on how many days, when last, and in which languages."""

    query: str
    times: int
    days: int
    last: date
    languages: tuple[str, ...]


def next_code(codes: Iterable[str]) -> str:
    """The code of a new article: the number after the highest, with the letters of that one."""
    known = [code.partition("-")[::2] for code in codes]
    letters, number = max(known, key=lambda parts: int(parts[1]), default=("KB", "0"))
    return f"{letters}-{int(number) + 1:03}"


def checked(draft: ArticleDraft) -> ArticleDraft:
    """The draft, if it can be published."""
    if not CODE.fullmatch(draft.code):
        raise IncompleteArticle(draft.code, "a code looks like KB-001")
    if not draft.texts:
        raise IncompleteArticle(draft.code, "it has no text in any language")
    for text in draft.texts:
        if text.language not in LANGUAGES:
            raise IncompleteArticle(draft.code, f"«{text.language}» is not one of {', '.join(LANGUAGES)}")
        if not text.title.strip() or not text.body.strip():
            raise IncompleteArticle(draft.code, f"«{text.language}» needs a title and a body")
        if len(text.title) > LONGEST_TITLE:
            raise IncompleteArticle(draft.code, f"a title has at most {LONGEST_TITLE} letters")
    if len({text.language for text in draft.texts}) < len(draft.texts):
        raise IncompleteArticle(draft.code, "a language appears twice")
    if draft.valid_from and draft.valid_to and draft.valid_to < draft.valid_from:
        raise IncompleteArticle(draft.code, "it ends before it begins")
    return draft
