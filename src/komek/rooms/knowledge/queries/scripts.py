"""Questions to the emergency scripts; nothing here reads a table while the scripts stay what they are."""

from komek.platform.remembered import Remembered, rows_version
from komek.rooms.knowledge import rules
from komek.rooms.knowledge.models import Script, ScriptBook


def _newest_book() -> rules.Book | None:
    book = ScriptBook.objects.order_by("-number").first()
    if book is None:
        return None
    return rules.Book(
        number=book.number,
        published_at=book.published_at,
        standing=rules.Standing(book.standing),
        updated_on=book.updated_on,
        languages=tuple(book.languages),
        notice=book.notice,
        services=book.services,
        handover_fields=tuple(rules.Field(**field) for field in book.handover_fields),
        phrases=book.phrases,
        scripts=tuple(_value(row) for row in Script.objects.filter(book=book).order_by("position")),
    )


# The scripts in force, None before the first are published.
scripts = Remembered("knowledge.scripts", version=rows_version("knowledge_scriptbook"), load=_newest_book)


def script(code: str, version: int | None = None) -> rules.Script:
    """One script in force, or in the version that somebody has used; raises UnknownScript."""
    book = scripts()
    found = book.by_code.get(code) if book else None
    if found is not None and version in {None, found.version}:
        return found
    row = Script.objects.filter(code=code, version=version).order_by("-book").first() if version else None
    if row is None:
        raise rules.UnknownScript(code)
    return _value(row)


def scripts_for(
    text: str, language: str | None = None, limit: int = 3, *, topic_code: str | None = None
) -> list[rules.Match]:
    """The scripts that these words call in any language, the most urgent first, then those of the topic chosen.

    The language of the contact decides between scripts that are called equally loudly.
    """
    book = scripts()
    if book is None:
        return []
    return rules.matching(book, text, language=language, topic_code=topic_code, limit=limit)


def _value(row: Script) -> rules.Script:
    return rules.Script(
        code=row.code,
        version=row.version,
        urgency=rules.Urgency(row.urgency),
        primary=row.primary,
        also=tuple(row.also),
        when=row.when,
        topics=tuple(row.topics),
        dispatch=tuple(row.dispatch),
        ask=tuple(row.ask),
        titles=row.titles,
        steps=tuple(row.steps),
        never=row.never,
        asides=row.asides,
        triggers={language: tuple(triggers) for language, triggers in row.triggers.items()},
    )
