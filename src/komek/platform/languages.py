"""Texts kept in several languages: which column to show to whom."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language

LANGUAGES = ("kk", "ru", "en")


def pick(thing: Any, name: str, language: str | None = None) -> str:
    """The text `name_<language>` of a row or a mapping, falling back in the order of the city's languages."""
    wanted = (language or get_language() or LANGUAGES[0])[:2]
    for code in (wanted, *LANGUAGES):
        key = f"{name}_{code}"
        text = thing.get(key) if isinstance(thing, Mapping) else getattr(thing, key, None)
        if text:
            return str(text)
    return ""
