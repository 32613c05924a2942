"""What is done with the emergency scripts: they are published together, as a book."""

from dataclasses import asdict
from datetime import datetime

from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.staff.models import Agent
from komek.rooms.knowledge import facts, queries, rules
from komek.rooms.knowledge.models import Script, ScriptBook


@together
def publish_scripts(book: rules.BookDraft, *, by: Agent | None, at: datetime) -> rules.Book:
    """Put a whole book of scripts in force; the same book again changes nothing.

    Older books stay: a card keeps which script was used in which version, so one version has one wording for ever.
    """
    book = rules.checked_book(book)
    newest = ScriptBook.objects.select_for_update().order_by("-number").first()
    in_force = queries.scripts()
    if in_force is not None and newest is not None and in_force.number == newest.number and in_force.says_as(book):
        return in_force
    for script in book.scripts:
        _ensure_new_version(script)
    number = newest.number + 1 if newest else 1
    row = ScriptBook.objects.create(
        number=number,
        published_at=at,
        by=by,
        standing=book.standing,
        updated_on=book.updated_on,
        languages=list(book.languages),
        notice=dict(book.notice),
        services=dict(book.services),
        handover_fields=[asdict(field) for field in book.handover_fields],
        phrases=dict(book.phrases),
    )
    Script.objects.bulk_create(
        Script(book=row, position=position, **asdict(script)) for position, script in enumerate(book.scripts)
    )
    codes = tuple(script.code for script in book.scripts)
    announce(facts.ScriptsPublished(row.id, number, codes, by.id if by else None, at))
    published = queries.scripts()
    assert published is not None
    return published


def _ensure_new_version(script: rules.Script) -> None:
    try:
        published = queries.script(script.code, script.version)
    except rules.UnknownScript:
        return
    if published.words != script.words:
        raise rules.SameVersion(script.code, script.version)
