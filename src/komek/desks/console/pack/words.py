"""What is said to people: texts.yaml, knowledge/*.md, bulletins.yaml."""

from collections.abc import Iterable
from pathlib import Path
from string import Formatter
from typing import Any

from komek.desks.console.pack.contents import Bulletin, Texts
from komek.desks.console.pack.documents import Document
from komek.desks.console.pack.known import Known
from komek.desks.console.pack.problems import Problems
from komek.desks.console.pack.tables import read_text
from komek.rooms.feedback.rules import Moment
from komek.rooms.knowledge.rules import ArticleDraft, BadArticle, Severity, parse_article

NEEDED = (
    Moment.REGISTERED, Moment.PASSED_ON, Moment.DELAYED, Moment.DONE, Moment.ANSWERED, Moment.NOT_OURS,
    Moment.REOPENED, Moment.CLOSED,
)  # fmt: skip
FIELDS = {"number", "service", "due", "link", "reason", "text"}
LONGEST_KEY = 16


def texts(told: Document | None, languages: Iterable[str], problems: Problems) -> dict[str, Texts]:
    """The messages to residents by key; each in every language of the city."""
    if told is None:
        return {}
    if not isinstance(told.value, dict):
        problems.add(told.file, 1, "The file has no keys.", f"Write a key a message: {', '.join(NEEDED)}.")
        return {}
    found: dict[str, Texts] = {}
    for key, said in told.value.items():
        if not isinstance(key, str) or len(key) > LONGEST_KEY or not isinstance(said, dict):
            problems.add(
                told.file, told.line(key), f"«{key}» has no texts.", "Write below it «kk: …», «ru: …», «en: …»."
            )
            continue
        found[key] = {language: str(text).strip() for language, text in said.items() if text}
        for language in languages:
            if not found[key].get(language):
                problems.add(
                    told.file,
                    told.line(key),
                    f"«{key}» has no text in «{language}».",
                    f"Write «{language}: …» below it.",
                )
        for language, text in found[key].items():
            _check_fields(told, (key, language), text, problems)
    for key in NEEDED:
        if key not in found:
            problems.add(told.file, 1, f"The message «{key}» is missing.", "Add it in every language of the city.")
    return found


def articles(folder: Path, known: Known, problems: Problems) -> tuple[ArticleDraft, ...]:
    """The articles, one a file."""
    found: dict[str, tuple[str, ArticleDraft]] = {}
    for path in sorted((folder / "knowledge").glob("*.md")):
        name = path.relative_to(folder).as_posix()
        text = read_text(folder, name, problems)
        if text is None:
            continue
        try:
            draft = parse_article(text, name)
        except BadArticle as bad:
            problems.add(name, int(bad.params["line"]), f"{bad.params['problem']}.", f"{bad.params['remedy']}.")  # type: ignore[call-overload]  # a refusal's parameters are of any kind
            continue
        if draft.code in found:
            problems.add(name, 1, f"{draft.code} is the code of {found[draft.code][0]}.", "Give each article its own.")
        found[draft.code] = (name, draft)
        line = _line_of(text, "topics:")
        known.check_topics(name, line, draft.topics, problems)
        known.check_services(name, _line_of(text, "owner:"), [draft.owner], problems)
    return tuple(draft for _, draft in found.values())


def bulletins(told: Document | None, known: Known, problems: Problems) -> tuple[Bulletin, ...]:
    """Samples of bulletins."""
    found = []
    for at, one in enumerate(_list(told, problems)):
        assert told is not None
        line = told.line(at)
        said = one.get("text")
        if not one.get("code") or not isinstance(said, dict) or not any(said.values()):
            problems.add(told.file, line, "A bulletin needs a code and a text.", "Write «code: …» and «text:».")
            continue
        if one.get("severity") not in set(Severity):
            problems.add(
                told.file, line, f"«{one.get('severity')}» is not a severity.", f"Write {', '.join(Severity)}."
            )
            continue
        hours = one.get("hours_valid")
        if not isinstance(hours, int) or hours < 1:
            problems.add(told.file, line, "The bulletin has no hours_valid.", "Write for how many hours it holds.")
            continue
        districts = tuple(map(str, one.get("districts") or ()))
        known.check_districts(told.file, line, districts, problems)
        texts = {language: str(text) for language, text in said.items() if text}
        season = str(one.get("season") or "all")
        found.append(Bulletin(str(one["code"]), str(one["severity"]), hours, season, districts, texts))
    return tuple(found)


def _check_fields(told: Document, path: tuple[str, str], text: str, problems: Problems) -> None:
    try:
        fields = {field for _, field, _, _ in Formatter().parse(text) if field is not None}
    except ValueError as failure:
        problems.add(told.file, told.line(*path), f"The braces do not fit: {failure}.", "Close every brace.")
        return
    for field in sorted(fields - FIELDS):
        problems.add(
            told.file,
            told.line(*path),
            f"Nothing fills in «{{{field}}}».",
            f"Use {', '.join(f'{{{known}}}' for known in sorted(FIELDS))}.",
        )


def _list(told: Document | None, problems: Problems) -> list[dict[str, Any]]:
    if told is None or told.value is None:
        return []
    if not isinstance(told.value, list):
        problems.add(told.file, 1, "This is not a list.", "Begin every entry with a hyphen.")
        return []
    found = []
    for at, one in enumerate(told.value):
        if isinstance(one, dict):
            found.append(one)
        else:
            problems.add(told.file, told.line(at), "This entry has no keys.", "Write «- code: …».")
    return found


def _line_of(text: str, start: str) -> int:
    return next((line for line, said in enumerate(text.splitlines(), 1) if said.startswith(start)), 1)
