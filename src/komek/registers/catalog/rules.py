"""What a topic's columns may say, and how the words of a resident are compared with a topic."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from komek import letters
from komek.refusal import Refusal

LANGUAGES = ("kk", "ru", "en")
NORM = re.compile(r"now|handover|[1-9]\d{0,3}(?:m|h|wd)")
LONGEST_CODE, LONGEST_GROUP = 40, 20
MOST_WORDS = 12
CODE = re.compile(r"[0-9A-Z_-]{2,40}", re.ASCII)
WORD = re.compile(r"[а-яa-z]{3,}")
QUIET = frozenset(
    "что как где когда нас вас это уже или для при над под без нет есть был была очень прошу пожалуйста здравствуйте "  # noqa: SIM905
    "бар жок мен пен бен ушин деп осы бул тур жатыр турмын керек кай кайда сіздер салеметсиз the and for our has not".split()
)


class Priority(StrEnum):
    """How soon somebody must move; critical runs round the clock."""

    CRITICAL = "critical"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class FirstLine(StrEnum):
    """Whether the first line can answer by itself."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class UnknownTopic(Refusal):
    """The catalog in force has no such topic."""

    def __init__(self, topic: str) -> None:
        super().__init__("unknown_topic", "There is no topic with the code %(topic)s.", topic=topic)


class NoCatalog(Refusal):
    """Nothing was published yet."""

    def __init__(self) -> None:
        super().__init__("no_catalog", "No catalog of topics has been published yet.")


class BadRow(ValueError):
    """A row that is no topic; says what is wrong and what to do."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason} {remedy}")
        self.reason = reason
        self.remedy = remedy


@dataclass(frozen=True)
class TopicRow:
    """One topic as a city tells it, checked."""

    code: str
    group_code: str
    group_kk: str
    group_ru: str
    group_en: str
    name_kk: str
    name_ru: str
    name_en: str
    service_code: str
    priority: str
    norm: str
    norm_basis: str
    season: str
    first_line: str
    on_site: bool
    active: bool
    words: str


def topic_row(row: Mapping[str, str]) -> TopicRow:
    """Read a row of topics.csv; only a code, one name and a service are needed."""
    code = row.get("code", "")
    if not code or len(code) > LONGEST_CODE:
        raise BadRow(f"«{code}» cannot be the code of a topic.", "Write it as GRP-01, up to 40 signs.")
    names = {
        language: (row.get(f"topic_{language}") or row.get(f"name_{language}", ""))[:300] for language in LANGUAGES
    }
    if not any(names.values()):
        raise BadRow(f"The topic {code} has no name.", "Fill topic_kk, topic_ru or topic_en.")
    if not row.get("service"):
        raise BadRow(f"The topic {code} names no service.", "Fill the column «service» with a code of services.csv.")
    norm = row.get("deadline") or row.get("norm") or "3wd"
    if not NORM.fullmatch(norm):
        raise BadRow(f"«{norm}» is not a norm.", "Write now, handover, 30m, 4h or 3wd.")
    return TopicRow(
        code=code,
        group_code=(row.get("group") or code.rpartition("-")[0] or code)[:LONGEST_GROUP],
        **{f"group_{language}": row.get(f"group_{language}", "")[:200] for language in LANGUAGES},
        **{f"name_{language}": name for language, name in names.items()},
        service_code=row["service"],
        priority=_one_of(Priority, row.get("priority") or Priority.NORMAL, "priority"),
        norm=norm,
        norm_basis=(row.get("deadline_basis") or row.get("norm_basis", ""))[:200],
        season=row.get("season") or "all",
        first_line=_one_of(FirstLine, row.get("first_line") or FirstLine.NO, "first_line"),
        on_site=row.get("on_site", "").lower() in ("y", "yes", "1", "true"),
        active=row.get("active", "").lower() not in ("n", "no", "0", "false"),
        words=row.get("words", ""),
    )


def _one_of(choices: type[StrEnum], said: str, column: str) -> str:
    try:
        return choices(said).value
    except ValueError as failure:
        raise BadRow(f"«{said}» cannot stand in the column «{column}».", f"Use {', '.join(choices)}.") from failure


def folded(topic: TopicRow) -> str:
    """Every word a topic is known by, in folded letters, each once."""
    texts = (topic.name_kk, topic.name_ru, topic.name_en, topic.words, topic.group_kk, topic.group_ru, topic.group_en)
    known = dict.fromkeys(word for text in texts for word in _words(text))
    return " ".join(known)


def code_in(text: str) -> str:
    """The code of a topic, when that is all somebody typed («wat-02»)."""
    code = text[: LONGEST_CODE + 1].strip().upper()
    return code if CODE.fullmatch(code) else ""


def asked(text: str) -> list[str]:
    """The telling words of what somebody says, folded, without those that say nothing."""
    telling = dict.fromkeys(word for word in _words(text[:600]) if word not in QUIET)
    return list(telling)[:MOST_WORDS]


def _words(text: str) -> list[str]:
    """Words in both readings, so that English is found as English and `zharyk` as жарық."""
    read = letters.from_latin(text)
    plain = letters.fold(text)
    return [*WORD.findall(read), *(word for word in WORD.findall(plain) if word.isascii())]
