"""What the words somebody has written call for, before they send them: a warning, an answer, a topic."""

from datetime import datetime
from typing import Any

from komek.registers.catalog import queries as catalog
from komek.rooms.knowledge import queries as knowledge

ANSWERS, TOPICS = 3, 4


def of(text: str, language: str, *, at: datetime, topic_code: str = "") -> dict[str, Any]:
    """The emergency number they should call instead, the answers that fit, and the likely topics."""
    called = knowledge.scripts_for(text, language, topic_code=topic_code or None, limit=1)
    return {
        "danger": called[0].script.told(language) if called else None,
        "found": knowledge.search(text, language, at, limit=ANSWERS),
        "topics": catalog.search(text, language, limit=TOPICS),
    }
