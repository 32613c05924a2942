"""The editor's pages: the shelves, one article, bulletins of the day, searches in vain, emergency scripts."""

from komek.desks.editor.views.articles import article, home, new, retire
from komek.desks.editor.views.floor import bulletins, end_bulletin, missed, scripts

__all__ = ["article", "bulletins", "end_bulletin", "home", "missed", "new", "retire", "scripts"]
