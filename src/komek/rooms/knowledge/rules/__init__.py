"""How words find answers and call scripts, and what an article, a bulletin or a script must be, without a table."""

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
from komek.rooms.knowledge.rules.calling import Place
from komek.rooms.knowledge.rules.checking import MOST_STEPS, Flaw, IncompleteBook, checked_book, flaws
from komek.rooms.knowledge.rules.reading import BadArticle, parse_article
from komek.rooms.knowledge.rules.scripts import (
    Book,
    BookDraft,
    Field,
    Match,
    SameVersion,
    Script,
    Standing,
    Told,
    UnknownScript,
    Urgency,
    filled,
    matching,
)
from komek.rooms.knowledge.rules.searching import Found, Term, own_words, plain, snippet, terms, without_personal
from komek.rooms.knowledge.rules.stems import stems

__all__ = [
    "LANGUAGES",
    "LONGEST_TITLE",
    "MOST_STEPS",
    "Answer",
    "ArticleDraft",
    "ArticleRetired",
    "BadArticle",
    "Book",
    "BookDraft",
    "BulletinDraft",
    "BulletinOver",
    "Field",
    "Flaw",
    "Found",
    "ImpossibleBulletin",
    "IncompleteArticle",
    "IncompleteBook",
    "Match",
    "Place",
    "SameVersion",
    "Script",
    "Severity",
    "Standing",
    "Term",
    "Text",
    "Told",
    "UnknownArticle",
    "UnknownScript",
    "Urgency",
    "checked",
    "checked_book",
    "checked_bulletin",
    "filled",
    "flaws",
    "fold",
    "from_latin",
    "matching",
    "own_words",
    "parse_article",
    "plain",
    "snippet",
    "stems",
    "terms",
    "without_personal",
]
