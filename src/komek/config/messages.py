"""Translations are kept as text and compiled where they run: a fresh machine has no msgfmt."""

import os
from pathlib import Path

import polib

LOCALE = Path(__file__).parent.parent / "locale"


def compile_messages() -> None:
    """Write each catalog that is newer as text than as what gettext reads."""
    for text in LOCALE.glob("*/LC_MESSAGES/*.po"):
        compiled = text.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < text.stat().st_mtime:
            # Several processes may find it stale at once; each puts a whole file in place.
            part = compiled.with_suffix(f".{os.getpid()}")
            polib.pofile(str(text)).save_as_mofile(str(part))
            part.replace(compiled)
