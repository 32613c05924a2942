"""How words find answers, and what an article or a bulletin must be, decided without a table."""

from komek.letters import fold, from_latin
from komek.rooms.knowledge.rules.articles import (
    LANGUAGES,
    LONGEST_TITLE,
    Answer,
    ArticleDraft,
    ArticleRetired,
    IncompleteArticle,
    Text,
    UnknownArticle,
    checked,
)
from komek.rooms.knowledge.rules.bulletins import (
    BulletinDraft,
    BulletinOver,
    ImpossibleBulletin,
    Severity,
    checked_bulletin,
)
from komek.rooms.knowledge.rules.reading import BadArticle, parse_article
from komek.rooms.knowledge.rules.searching import Found, Term, own_words, plain, snippet, terms, without_personal
from komek.rooms.knowledge.rules.stems import stems

__all__ = [
    "LANGUAGES",
    "LONGEST_TITLE",
    "Answer",
    "ArticleDraft",
    "ArticleRetired",
    "BadArticle",
    "BulletinDraft",
    "BulletinOver",
    "Found",
    "ImpossibleBulletin",
    "IncompleteArticle",
    "Severity",
    "Term",
    "Text",
    "UnknownArticle",
    "checked",
    "checked_bulletin",
    "fold",
    "from_latin",
    "own_words",
    "parse_article",
    "plain",
    "snippet",
    "stems",
    "terms",
    "without_personal",
]
