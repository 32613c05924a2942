"""Remembering people, without asking for more than they say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from komek.platform import unit
from komek.platform.questions import Question
from komek.platform.statements import prepared
from komek.platform.transactions import together
from komek.registers.residents import rules
from komek.registers.residents.models import Handle, Resident

LANGUAGES = ("kk", "ru", "en")


@together
def remember(
    *,
    name: str = "",
    handles: Iterable[tuple[str, str]] = (),
    language: str = "",
    at: datetime,
    identity_number: str = "",
) -> int:
    """The id of the person who says this, known or new; on a shared phone the name tells people apart."""
    name, language = _tidy_name(name), _tidy_language(language)
    number = rules.identity_number(identity_number)
    known = {(kind, rules.normalized(kind, value)): value.strip()[:200] for kind, value in handles if value.strip()}
    _wait_for_others([number, *(f"{kind}:{normalized}" for kind, normalized in known)])
    resident = _known(name, list(known), number) or unit.add(
        Resident(name=name, identity_number=number or None, language=language, created_at=at)
    )
    _learn(resident, name=name, language=language, number=number)
    Handle.objects.bulk_create(
        (
            Handle(resident=resident, kind=kind, value=value, normalized=normalized)
            for (kind, normalized), value in known.items()
        ),
        ignore_conflicts=True,
    )
    return resident.id


@dataclass(frozen=True)
class Met:
    """Somebody who came by a handle: who it is, if that is clear, and where they are answered."""

    resident_id: int | None
    handle: Handle


@together
def meet(kind: str, value: str, *, name: str = "", language: str = "", at: datetime) -> Met:
    """Who comes by this handle, known or new; of several people on one number, none whose name was not said."""
    name, language = _tidy_name(name), _tidy_language(language)
    normalized = rules.normalized(kind, value)
    reached = _reached(kind, normalized)
    if len(reached) > 1 and not name:
        return Met(None, reached[0])
    mine = _mine(reached, name)
    if mine is None or (name and not mine.resident.name):
        # Somebody new, or somebody whose name is heard for the first time: one call about a number after the other.
        _wait_for_others([f"{kind}:{normalized}"])
        mine = _mine(_reached(kind, normalized), name)
    if mine is None:
        resident = unit.add(Resident(name=name, language=language, created_at=at))
        mine = unit.add(Handle(resident=resident, kind=kind, value=value.strip()[:200], normalized=normalized))
    _learn(mine.resident, name=name, language=language, number="")
    return Met(mine.resident_id, mine)


def _reached(kind: str, normalized: str) -> list[Handle]:
    return _of_handle(kind=kind, value=normalized)


_of_handle = Question(
    lambda kind, value: (
        Handle.objects.filter(kind=kind, normalized=value).select_related("resident").order_by("resident_id")
    )
)


def _mine(reached: list[Handle], name: str) -> Handle | None:
    found = _one_of([handle.resident for handle in reached], name)
    return next((handle for handle in reached if handle.resident is found), None)


def _tidy_name(name: str) -> str:
    return " ".join("".join(sign for sign in name[:400] if sign.isprintable()).split())[:200]


def _tidy_language(language: str) -> str:
    return language if language in LANGUAGES else ""


def _wait_for_others(keys: Iterable[str]) -> None:
    """Two calls about one number at once make one person, not two; in one order, so that nobody waits in a ring."""
    wanted = sorted({key for key in keys if key})
    with prepared() as cursor:
        for key in wanted:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [f"resident:{key}"])


def _known(name: str, handles: list[tuple[str, str]], number: str) -> Resident | None:
    if number:
        same = Resident.objects.filter(identity_number=number).order_by("id").first()
        if same:
            return same
    for kind, normalized in handles:
        owners = Handle.objects.filter(kind=kind, normalized=normalized).values("resident_id")
        people = [
            person
            for person in Resident.objects.filter(id__in=owners).order_by("id")
            if not (number and person.identity_number)
        ]
        found = _one_of(people, name)
        if found:
            return found
    return None


def _one_of(people: list[Resident], name: str) -> Resident | None:
    """The one of that name, else one whose name was never said; somebody nameless is the only one there is."""
    if name:
        same = next((person for person in people if rules.same_name(person.name, name)), None)
        return same or next((person for person in people if not person.name), None)
    nameless = next((person for person in people if not person.name), None)
    return nameless or (people[0] if len(people) == 1 else None)


def _learn(resident: Resident, *, name: str, language: str, number: str) -> None:
    """Take over what was not known yet; the language follows the last contact."""
    changed = []
    if name and not resident.name:
        resident.name = name
        changed.append("name")
    if language and resident.language != language:
        resident.language = language
        changed.append("language")
    if number and not resident.identity_number:
        resident.identity_number = number
        changed.append("identity_number")
    if changed:
        unit.save(resident, *changed)


def note(resident_id: int, *, text: str) -> None:
    """Keep a remark that helps the next operator: hard of hearing, speaks through a neighbour."""
    changed = Resident.objects.filter(id=resident_id).update(note=" ".join(text.replace("\0", "").split())[:500])
    if not changed:
        raise rules.UnknownResident(resident_id)
