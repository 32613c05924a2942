"""How an article is read from the Markdown file that an editor writes."""

import re
from datetime import date, datetime
from typing import Any

import yaml

from komek.refusal import Refusal
from komek.rooms.knowledge.rules.articles import LANGUAGES, ArticleDraft, IncompleteArticle, Text, checked

KEYS = ("code", "owner", "topics", "groups", "seasons", "valid_from", "valid_to", "words")
SECTION = re.compile(r"##\s+(\S+)\s*")
TITLE = re.compile(r"#\s+(\S.*)")


class BadArticle(Refusal):
    """A knowledge file that cannot be read: where, why, and what to do."""

    def __init__(self, file: str, line: int, problem: str, remedy: str) -> None:
        super().__init__(
            "bad_article",
            "%(file)s, line %(line)s: %(problem)s. %(remedy)s.",
            file=file,
            line=line,
            problem=problem,
            remedy=remedy,
        )


def parse_article(text: str, file: str) -> ArticleDraft:
    """One article from its Markdown file: front matter between `---` lines, then `## kk`, `## ru`, `## en` sections.

    A section begins with its title as `# Title`. Every complaint names the file, the line and the remedy.
    """
    lines = text.lstrip("\ufeff").splitlines()
    end = end_of_front_matter(lines, file)
    front = Front(lines[1:end], file)
    draft = ArticleDraft(
        code=front.text("code", required=True),
        owner=front.text("owner", required=True),
        topics=front.list("topics"),
        groups=front.list("groups"),
        seasons=front.list("seasons"),
        valid_from=front.date("valid_from"),
        valid_to=front.date("valid_to"),
        texts=tuple(sections(lines, end + 1, file, front.words())),
    )
    try:
        return checked(draft)
    except IncompleteArticle as refusal:
        raise BadArticle(file, 1, str(refusal.params["problem"]), "Correct the file and load it again") from refusal


def end_of_front_matter(lines: list[str], file: str) -> int:
    """The line of the second `---`."""
    if not lines or lines[0].strip() != "---":
        raise BadArticle(file, 1, "the file does not begin with front matter", "Begin it with a line of three hyphens")
    for number, line in enumerate(lines[1:], start=1):
        if line.strip() == "---":
            return number
    raise BadArticle(file, 1, "the front matter has no end", "Close it with a line of three hyphens")


class Front:
    """The front matter: a YAML mapping whose complaints know their lines."""

    def __init__(self, lines: list[str], file: str) -> None:
        self.lines = lines
        self.file = file
        try:
            values = yaml.safe_load("\n".join(lines))
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or "unreadable"
            raise BadArticle(file, mark.line + 2 if mark else 2, f"not YAML: {problem}", "Quote the value") from error
        except ValueError as error:  # 2026-02-30 looks like a date and is none
            raise BadArticle(file, 2, f"a value is impossible: {error}", "Write days as 2026-01-31") from error
        if not isinstance(values, dict):
            raise BadArticle(file, 2, "the front matter is not a list of keys", "Write lines like «code: KB-001»")
        self.values: dict[str, Any] = values
        for key in values:
            if key not in KEYS:
                raise self.wrong(str(key), f"unknown key «{key}»", f"Use only {', '.join(KEYS)}")

    def wrong(self, key: str, problem: str, remedy: str) -> BadArticle:
        """A complaint at the line of a key."""
        line = next((n for n, line in enumerate(self.lines, start=2) if line.lstrip().startswith(f"{key}:")), 2)
        return BadArticle(self.file, line, problem, remedy)

    def text(self, key: str, *, required: bool = False) -> str:
        """A single word or line."""
        value = self.values.get(key)
        if value is None and required:
            raise self.wrong(key, f"«{key}» is missing", f"Add a line «{key}: …» to the front matter")
        if isinstance(value, dict | list):
            raise self.wrong(key, f"«{key}» is not a single value", "Write one value on its line")
        return "" if value is None else str(value).strip()

    def list(self, key: str) -> tuple[str, ...]:
        """Several values, as a YAML list or separated by commas."""
        value = self.values.get(key) or []
        if isinstance(value, str):
            value = value.split(",")
        if not isinstance(value, list) or any(isinstance(item, dict | list) for item in value):
            raise self.wrong(key, f"«{key}» is not a list", f"Write «{key}: [one, two]»")
        return tuple(str(item).strip() for item in value if str(item).strip())

    def date(self, key: str) -> date | None:
        """A day, or nothing."""
        value = self.values.get(key)
        if value in (None, ""):
            return None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value).strip())
        except ValueError as error:
            raise self.wrong(key, f"«{value}» is not a day", "Write days as 2026-01-31") from error

    def words(self) -> dict[str, str]:
        """What people say, by language; lists and lines are the same here."""
        value = self.values.get("words") or {}
        if not isinstance(value, dict):
            raise self.wrong("words", "«words» is not given by language", "Write «words:» and below it «kk: …»")
        for language in value:
            if language not in LANGUAGES:
                raise self.wrong(str(language), f"«{language}» is not a language", f"Use {', '.join(LANGUAGES)}")
        return {
            language: ", ".join(map(str, said)) if isinstance(said, list) else str(said or "")
            for language, said in value.items()
        }


def sections(lines: list[str], first: int, file: str, words: dict[str, str]) -> list[Text]:
    """The texts by language; a deeper heading inside a section belongs to its body."""
    starts = [n for n in range(first, len(lines)) if (found := SECTION.fullmatch(lines[n])) and found[1] in LANGUAGES]
    if not starts:
        raise BadArticle(file, first + 1, "no section of a language", "Add a line «## kk», «## ru» or «## en»")
    for number in range(first, starts[0]):
        if lines[number].strip():
            raise BadArticle(file, number + 1, "text outside a language", "Move it below «## kk», «## ru» or «## en»")
    texts: list[Text] = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        language = lines[start].split()[1]
        if language in (text.language for text in texts):
            raise BadArticle(file, start + 1, f"«## {language}» appears twice", "Join the two sections")
        texts.append(section(lines[start:end], start, file=file, language=language, words=words.get(language, "")))
    return texts


def section(lines: list[str], start: int, *, file: str, language: str, words: str) -> Text:
    """One language: `# Title`, then the body; `start` is the line of the section in its file."""
    at = next((number for number, line in enumerate(lines) if number and line.strip()), len(lines) - 1)
    title = TITLE.fullmatch(lines[at].strip())
    if title is None:
        raise BadArticle(file, start + at + 1, f"«{language}» has no title", "Begin the section with «# Title»")
    body = "\n".join(lines[at + 1 :]).strip()
    if not body:
        raise BadArticle(file, start + at + 1, f"«{language}» has no body", "Write the answer below the title")
    return Text(language=language, title=title[1].strip(), body=body, words=" ".join(words.split()))
