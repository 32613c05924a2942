"""What a bulletin is: a short text for now, for the whole city or for some districts."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from komek.refusal import Refusal


class Severity(StrEnum):
    """How loudly a bulletin speaks, the loudest last."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class ImpossibleBulletin(Refusal):
    """A bulletin without words or with an end before its beginning."""

    def __init__(self, code: str, problem: str) -> None:
        super().__init__("impossible_bulletin", "Bulletin %(bulletin)s: %(problem)s.", bulletin=code, problem=problem)


class BulletinOver(Refusal):
    """The bulletin has been ended already."""

    def __init__(self, code: str) -> None:
        super().__init__("bulletin_over", "Bulletin %(bulletin)s has already ended.", bulletin=code)


@dataclass(frozen=True)
class BulletinDraft:
    """What somebody wants the floor to know; no districts means the whole city, no end means until it is ended."""

    code: str
    severity: Severity
    valid_from: datetime
    valid_to: datetime | None = None
    districts: tuple[str, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)
    # Callers hear it on the telephone before anybody answers.
    spoken: bool = False


@dataclass(frozen=True)
class Spoken:
    """What callers are told on the telephone, in the languages that it was written in; no districts means everywhere."""

    code: str
    districts: tuple[str, ...]
    until: datetime
    texts: dict[str, str]


def checked_bulletin(draft: BulletinDraft) -> BulletinDraft:
    """The draft, if it says something at some time."""
    if not any(text.strip() for text in draft.texts.values()):
        raise ImpossibleBulletin(draft.code, "it has no text in any language")
    if draft.valid_to is not None and draft.valid_to <= draft.valid_from:
        raise ImpossibleBulletin(draft.code, "it ends before it begins")
    if draft.spoken and draft.valid_to is None:
        raise ImpossibleBulletin(draft.code, "callers are told it, and it has no end")
    return draft
