"""Tags of the shared look: regions, texts by language, clocks and status marks."""

import re
import secrets
from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils import dateformat
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import get_default_timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from komek.platform import clock, languages
from komek.ui import prose as writing
from komek.ui import words

register = template.Library()

SOON_SECONDS = 3600
ELLIPSIS = "…"
DRAWINGS = {"channel": {"webform": "globe", "phone": "phone", "desk": "phone", "api": "link"}}

# Rows of lists that a process remembers, a kilobyte or two each.
MOST_KEPT = 4_000
# Stand in a part that is kept for what the page around it says anew each time; nobody can write them into a text.
PLACES = {name: f"{name}-{secrets.token_hex(16)}" for name in ("csrf_token", "here", "id")}
# Stands for an id or a number while the address of its view is looked up; both kinds of path take it.
ARGUMENT = "900719925474099"


@register.simple_tag(takes_context=True)
def region(context: template.Context, name: str) -> SafeString:
    """One live region of the page, in the frame that live.js finds it by."""
    part = context["regions"][name]
    html = context["alike"].get(name)
    if html is None:
        html = part.html(
            context["request"], {key: value for key, value in context.flatten().items() if isinstance(key, str)}
        )
    return format_html(
        '<div class="region" id="region-{}" data-region="{}" data-live="{}">{}</div>',
        name,
        name,
        " ".join(part.topics),
        mark_safe(html),  # noqa: S308  rendered by our own autoescaped template
    )


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """One of our drawings, silent for those who listen: the word stands beside it."""
    return _icon(name, extra)


@lru_cache(maxsize=200)
def _icon(name: str, extra: str) -> SafeString:
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        extra,
        static("ui/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def kept(context: template.Context, part: str, /, **shown: Hashable) -> SafeString:
    """A part that shows nothing but what it is handed, rendered once for as long as the same is handed to it again.

    Of fifty rows one has changed since the page was shown last. What the time of day changes is handed over as it is
    said: `{% kept "row.html" row=row due=row.due_at|due %}`. Its forms are the reader's own, about the `id`
    that the page around it speaks of.
    """
    html = _kept(part, get_language(), **shown)
    for value, place in PLACES.items():
        if place in html:
            html = html.replace(place, escape(str(context.get(value, ""))))
    return mark_safe(html)  # noqa: S308  rendered by our own autoescaped template


@lru_cache(maxsize=MOST_KEPT)
def _kept(part: str, language: str | None, /, **shown: Hashable) -> str:
    return render_to_string(part, {**PLACES, **shown})


@register.filter
def said(thing: Any, name: str) -> str:
    """The text `name_<language>` of a row in the reader's language."""
    return languages.pick(thing, name) if thing else ""


@register.filter
def prose(text: str, title: str = "") -> SafeString:
    """An article as it is read: `{{ answer.body|prose:answer.title }}`."""
    return writing.html(text, title=title)


@register.filter
def word(value: str, kind: str) -> str:
    """A stored value in the reader's language: `{{ card.status|word:"status" }}`."""
    return words.word(kind, str(value))


@register.filter
def mark(value: str, kind: str) -> SafeString:
    """A stored value as a chip with a colour and a word: colour never stands alone."""
    return _chip(kind, str(value), get_language())


@lru_cache(maxsize=2_000)
def _chip(kind: str, value: str, language: str | None) -> SafeString:
    """The same few chips stand in every row of every list."""
    return format_html('<span class="chip {}">{}</span>', words.tone(kind, value), words.word(kind, value))


@register.filter
def tone(value: str, kind: str) -> str:
    """The colour class of a stored value, for what is not a chip."""
    return words.tone(kind, str(value))


@register.filter
def drawing(value: str, kind: str) -> str:
    """The name of the icon that stands for a stored value."""
    return DRAWINGS.get(kind, {}).get(str(value), "info")


@register.filter
def since(at: datetime | None) -> SafeString | str:
    """How long ago something was, counted on by the browser each second."""
    if at is None:
        return ""
    text = seconds(max(0.0, (clock.now() - at).total_seconds()))
    return SafeString(f'<time data-since="{at.isoformat()}">{text}</time>')


@register.filter
def waited(contact: Any) -> float | None:
    """How long somebody waited until they were heard, in seconds."""
    if contact.accepted_at is None:
        return None
    return float((contact.accepted_at - contact.arrived_at).total_seconds())


@register.filter
def talked(call: Any) -> float | None:
    """How long a call of ours lasted, in seconds; None while it goes on."""
    if call.answered_at is None or call.ended_at is None:
        return None
    return float((call.ended_at - call.answered_at).total_seconds())


@register.filter
def moment(at: datetime | None) -> str:
    """A time as people say it: the hour today, otherwise the day too."""
    return "" if at is None else _as_people_say(at, clock.now())


def _as_people_say(at: datetime, now: datetime) -> str:
    zone = get_default_timezone()
    here, there = at.astimezone(zone), now.astimezone(zone)
    time = f"{here.hour:02}:{here.minute:02}"
    if (here.day, here.month, here.year) == (there.day, there.month, there.year):
        return time
    return f"{here.day:02}.{here.month:02}.{here.year} {time}"


@register.filter
def due(at: datetime | None) -> SafeString | str:
    """A promise with its state: late, soon or in good time."""
    if at is None:
        return "—"
    now = clock.now()
    left = (at - now).total_seconds()
    if left < 0:
        tone, said_aloud = "danger", f" · {_('late')}"
    elif left < SOON_SECONDS:
        tone, said_aloud = "warn", f" · {_('soon')}"
    else:
        tone, said_aloud = "", ""
    # Our own words and digits: nothing here needs escaping, and a list has fifty of them.
    text = f'<time class="due {tone}" datetime="{at.isoformat()}">{_as_people_say(at, now)}{said_aloud}</time>'
    return SafeString(text)


@register.filter
def is_late(at: datetime | None) -> bool:
    """Whether a promise is broken now, for what a row looks like."""
    return at is not None and at < clock.now()


@register.filter
def promised(at: datetime | None) -> SafeString | str:
    """A day and an hour as they are said to a resident: today, 18:00; Wednesday, 25 November, 10:00."""
    if at is None:
        return ""
    zone = get_default_timezone()
    there, today = at.astimezone(zone), clock.now().astimezone(zone).date()
    said = {0: _("today"), 1: _("tomorrow")}.get((there.date() - today).days)
    if said is None:
        said = dateformat.format(there, "l, j E")
        # Only English writes its days and months with a capital.
        said = said if get_language() == "en" else said.lower()
    return SafeString(f'<time datetime="{at.isoformat()}">{escape(said)}, {there:%H:%M}</time>')


@register.filter
def short(text: str, most: int) -> str:
    """A text of so many characters at most, for one line of a list."""
    return text if len(text) <= most else text[: most - 1] + ELLIPSIS


@register.simple_tag
def address(name: str, *arguments: object) -> str:
    """The address of a view, by an id or a number first of all: `{% url %}`, looked up once."""
    pattern = _pattern(name, tuple(map(str, arguments[1:])), bool(arguments), get_urlconf(), get_script_prefix())
    return pattern.replace(ARGUMENT, str(arguments[0])) if arguments else pattern


@lru_cache(maxsize=400)
def _pattern(name: str, rest: tuple[str, ...], has_argument: bool, urlconf: str | None, prefix: str) -> str:  # noqa: FBT001 - part of what is looked up
    return reverse(name, args=[ARGUMENT, *rest] if has_argument else [], urlconf=urlconf)


@register.simple_tag
def options(rows: Iterable[Any], chosen: str = "") -> SafeString:
    """The options of a select: the code of each row by its name, one of them chosen."""
    told, code = _options(_Same(tuple(rows)), get_language()), escape(chosen)
    return SafeString(told.replace(f'value="{code}">', f'value="{code}" selected>', 1)) if chosen else told


class _Same:
    """The very same rows: what is remembered of a register stays the same object until the register changes."""

    def __init__(self, rows: tuple[Any, ...]) -> None:
        self.rows = rows
        self._ids = tuple(id(row) for row in rows)

    def __hash__(self) -> int:
        return hash(self._ids)

    def __eq__(self, other: object) -> bool:
        # Both hold their rows: an id cannot have passed to another object.
        return isinstance(other, _Same) and self._ids == other._ids


@lru_cache(maxsize=200)
def _options(same: _Same, language: str | None) -> SafeString:
    choices = ((one["code"], one) if isinstance(one, Mapping) else (one.code, one) for one in same.rows)
    return format_html_join(
        "", '<option value="{}">{}</option>', ((code, languages.pick(one, "name", language)) for code, one in choices)
    )


@register.filter
def seconds(value: float | None) -> str:
    """A length of time as m:ss or h:mm:ss."""
    if value is None:
        return "—"
    whole = int(value)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


@register.filter
def percent(value: float | None) -> str:
    return "—" if value is None else f"{value * 100:.1f} %".replace(".", ",")


@register.filter
def get(mapping: Mapping[str, Any] | None, key: str) -> Any:
    return mapping.get(key, "") if mapping else ""


@register.filter
def without_links(text: str) -> str:
    """A text as it is said aloud: nobody dictates an address."""
    return " ".join(re.sub(r"https?://\S+", "", text).split())


@register.filter
def split(text: str) -> list[str]:
    return text.split()


@register.filter
def figure(kpi: Any) -> str:
    """The value of a figure in its own unit."""
    return _in_unit(kpi.value, kpi.unit)


@register.filter
def aim(kpi: Any) -> str:
    """Our aim for a figure, or the published one, in its own unit."""
    return "" if kpi.aim.wanted is None else _in_unit(kpi.aim.wanted, kpi.unit)


def _in_unit(value: float | None, unit: str) -> str:
    if value is None:
        return "—"
    if unit == "share":
        return percent(value)
    if unit == "seconds":
        return seconds(value)
    name = {"minutes": _("min"), "hours": _("h")}.get(unit, "")
    return f"{value:.1f} {name}".replace(".", ",")
