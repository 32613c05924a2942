"""What this room announces. Nothing here says who asked or from where."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ArticlePublished:
    """An article was published for the first time or in a new version."""

    article_id: int
    code: str
    version: int
    by_agent_id: int | None
    at: datetime


@dataclass(frozen=True)
class ArticleRetired:
    """An article is no longer an answer."""

    article_id: int
    code: str
    by_agent_id: int | None
    at: datetime


@dataclass(frozen=True)
class ArticleDoubted:
    """Somebody on the floor says that an article is wrong."""

    article_id: int
    code: str
    version: int
    by_agent_id: int
    at: datetime


@dataclass(frozen=True)
class BulletinAnnounced:
    """The floor was told what is happening; no districts means the whole city."""

    bulletin_id: int
    code: str
    severity: str
    districts: tuple[str, ...]
    by_agent_id: int | None
    at: datetime


@dataclass(frozen=True)
class BulletinEnded:
    """What a bulletin spoke of is over."""

    bulletin_id: int
    code: str
    by_agent_id: int | None
    at: datetime


@dataclass(frozen=True)
class ScriptsPublished:
    """The emergency scripts of the city changed; `codes` are all that are in force now."""

    book_id: int
    number: int
    codes: tuple[str, ...]
    by_agent_id: int | None
    at: datetime
