"""The little Markdown of our articles as HTML: headings, lists, bold words and paragraphs; everything else is only text."""

import re
from collections.abc import Iterator
from itertools import groupby

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

_HEADING = re.compile(r"#{1,6}\s+(.*)")
_NUMBERED = re.compile(r"\d+[.)]\s+(.*)")
_DOTTED = re.compile(r"[-*•]\s+(.*)")
_BOLD = re.compile(r"\*\*(.+?)\*\*|__(.+?)__")


def html(markdown: str, *, title: str = "") -> SafeString:
    """The text as HTML; a first heading that only repeats the title is left out."""
    lines = [line.strip() for line in markdown.replace("\r", "").split("\n")]
    shown = [part for part in _parts(lines) if part]
    repeated = format_html("<h3>{}</h3>", title)
    return mark_safe("".join(shown[1:] if shown and shown[0] == repeated else shown))  # noqa: S308  each part is escaped


def _parts(lines: list[str]) -> Iterator[SafeString]:
    for kind, group in groupby(lines, key=_kind):
        texts = list(group)
        if kind == "h3":
            for text in texts:
                yield format_html("<h3>{}</h3>", _inline(_HEADING.sub(r"\1", text)))
        elif kind in {"ol", "ul"}:
            sign = _NUMBERED if kind == "ol" else _DOTTED
            items = format_html_join("", "<li>{}</li>", ((_inline(sign.sub(r"\1", text)),) for text in texts))
            yield format_html("<{0}>{1}</{0}>", kind, items)
        elif kind == "p":
            yield format_html("<p>{}</p>", _inline(" ".join(texts)))


def _kind(line: str) -> str:
    if not line:
        return ""
    if _HEADING.match(line):
        return "h3"
    if _NUMBERED.match(line):
        return "ol"
    return "ul" if _DOTTED.match(line) else "p"


def _inline(text: str) -> SafeString:
    escaped = str(conditional_escape(text))
    return mark_safe(_BOLD.sub(lambda found: f"<b>{found[1] or found[2]}</b>", escaped))  # noqa: S308  escaped above
