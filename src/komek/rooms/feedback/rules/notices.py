"""The moments at which a resident hears from us, and how a text of the city is filled in."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from string import Formatter
from zoneinfo import ZoneInfo

from komek.refusal import Refusal

LANGUAGES = ("kk", "ru", "en")
FIELDS = frozenset({"number", "service", "due", "link", "reason", "text"})
LONGEST_TEXT = 2_000


class Moment(StrEnum):
    RECEIVED = "received"
    REGISTERED = "registered"
    PASSED_ON = "passed_on"
    REDIRECTED = "redirected"
    DELAYED = "delayed"
    EXTENDED = "extended"
    DONE = "done"
    ANSWERED = "answered"
    NOT_OURS = "not_ours"
    HANDED_OVER = "handed_over"
    REOPENED = "reopened"
    CLOSED = "closed"


# Who speaks with an operator hears these at once; a call-back about them would be a nuisance.
SAID_BY_VOICE = frozenset(
    {
        Moment.RECEIVED,
        Moment.REGISTERED,
        Moment.PASSED_ON,
        Moment.ANSWERED,
        Moment.NOT_OURS,
        Moment.HANDED_OVER,
    }
)


class BadText(Refusal):
    """A text that could not be filled in when it is needed."""

    def __init__(self, moment: str, language: str, problem: str) -> None:
        super().__init__(
            "bad_text",
            "The text “%(moment)s” in “%(language)s” cannot be used: %(problem)s. "
            "Use {number} {service} {due} {link} {reason} {text}, each brace closed.",
            moment=moment,
            language=language,
            problem=problem,
        )


class _Values(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def check_text(moment: str, language: str, text: str) -> None:
    """Raise BadText for braces that do not fit or that nothing fills in."""
    try:
        fields = {field for _, field, _, _ in Formatter().parse(text) if field is not None}
    except ValueError as failure:
        raise BadText(moment, language, str(failure)) from failure
    if unknown := sorted(fields - FIELDS):
        raise BadText(moment, language, f"nothing fills in {{{unknown[0]}}}")


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its values; a value that is missing leaves nothing behind, and no value is read as a template."""
    return re.sub(r"[ \t]{2,}", " ", Formatter().vformat(text, (), _Values(values))).strip()


def due_words(due: datetime | date | None, language: str, zone: ZoneInfo, *, at: datetime) -> str:
    """A promise as people say it: the day and the hour in the city's zone; the year only when it is another one."""
    if due is None:
        return AT_ONCE[language]
    local = due.astimezone(zone) if isinstance(due, datetime) else due
    said = f"{local.day} {MONTHS[language][local.month - 1]}"
    if local.year != at.astimezone(zone).year:
        said = f"{local.year} жылғы {said}" if language == "kk" else f"{said} {local.year}"
    return f"{said}, {local:%H:%M}" if isinstance(local, datetime) else said


def sentence(text: str) -> str:
    """The words as a sentence that others may follow."""
    said = text.strip()
    return said if not said or said[-1] in ".!?…" else f"{said}."


def plain(markdown: str) -> str:
    """An article as a message: without heading and emphasis signs, cut at a paragraph when it is long."""
    said = re.sub(r"(?m)^#+\s*|\*\*|__", "", markdown).strip()
    if len(said) <= LONGEST_TEXT:
        return said
    return said[:LONGEST_TEXT].rpartition("\n")[0].strip() or said[:LONGEST_TEXT]


def card_link(base: str, number: str, code: str) -> str:
    """The resident's page of a card."""
    return f"{base}/status/{number}/{code}/"


def answer_link(base: str, token: str) -> str:
    """Where the resident confirms or refutes."""
    return f"{base}/answer/{token}/"


MONTHS = {
    "kk": "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан".split(),  # noqa: SIM905
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split(),  # noqa: SIM905
    "en": "January February March April May June July August September October November December".split(),  # noqa: SIM905
}
AT_ONCE = {"kk": "бірден", "ru": "сразу", "en": "at once"}
TOLD_LATER = {"kk": "қосымша хабарлаймыз", "ru": "сообщим дополнительно", "en": "we will let you know"}
TAKES_LONGER = {
    "kk": "жұмыс күткеннен ұзаққа созылды",
    "ru": "работа заняла больше времени, чем мы обещали",
    "en": "the work is taking longer than we promised",
}
ENDED = {
    "done": {"kk": "Жұмыс орындалды.", "ru": "Работа выполнена.", "en": "The work is done."},
    "partly": {"kk": "Жұмыс ішінара орындалды.", "ru": "Работа выполнена частично.", "en": "The work is partly done."},
    "refused": {
        "kk": "Өтініш негізделген себеппен орындалмады.",
        "ru": "В исполнении отказано с указанием причины.",
        "en": "The request was refused, with reasons.",
    },
    "explained": {"kk": "Түсіндірме берілді.", "ru": "Дано разъяснение.", "en": "An explanation was given."},
}
# Why a service has shown no photo, or has not done it: the codes of workorders in the resident's language.
REASONS = {
    "not_confirmed": {
        "kk": "Жерінде тексерілді, ақау расталмады.",
        "ru": "Проверено на месте: не подтвердилось.",
        "en": "Checked on site: it was not found.",
    },
    "no_access": {
        "kk": "Орынға кіру мүмкін болмады.",
        "ru": "Не было доступа на место.",
        "en": "There was no access to the place.",
    },
    "done_by_others": {
        "kk": "Мұны басқа қызмет жасап қойған.",
        "ru": "Это уже сделала другая служба.",
        "en": "Another service has done it already.",
    },
    "planned": {
        "kk": "Жұмыс жоспарға енгізілді.",
        "ru": "Работа включена в план.",
        "en": "The work has been planned.",
    },
    "private_property": {"kk": "Бұл жеке меншік.", "ru": "Это частная собственность.", "en": "It is private property."},
    "weather": {
        "kk": "Ауа райы жұмыс істеуге мүмкіндік бермеді.",
        "ru": "Работе помешала погода.",
        "en": "The weather did not allow the work.",
    },
    "answered_by_phone": {
        "kk": "Сізге телефон арқылы жауап берілді.",
        "ru": "Вам ответили по телефону.",
        "en": "You were answered by phone.",
    },
    "nothing_to_show": {"kk": "", "ru": "", "en": ""},
}
