"""Questions about residents; only `disclose` hands out personal data, and it notes who asked and why."""

from collections.abc import Iterable

from django.db.models import OuterRef, QuerySet, Subquery

from komek.platform import audit
from komek.platform.questions import Given, Question
from komek.registers.residents import rules
from komek.registers.residents.models import Handle, Resident

SAID_OF_THEM = ("name", "identity_number", "language", "note")


def people_by(kind: str, value: str) -> list[rules.Masked]:
    """Everybody who is reached by this handle, masked, those known longest first; several people share one phone."""
    normalized = rules.normalized(kind, value)
    people = _reached_by(kind=kind, value=normalized)
    return [masked(person, handle=(kind, normalized)) for person in people]


def _owners(kind: Given, value: Given) -> QuerySet[Resident]:
    handles = Handle.objects.filter(kind=kind, normalized=value).values("resident_id")
    return Resident.objects.filter(id__in=handles).order_by("created_at", "id")


_reached_by = Question(_owners)


def masked(resident: Resident, *, handle: tuple[str, str] | None = None) -> rules.Masked:
    """A person as a list may show them: initials and the ends of a number."""
    if handle is None:
        handle = Handle.objects.filter(resident=resident).order_by("id").values_list("kind", "normalized").first()
    return _masked(resident, handle)


def _masked(resident: Resident, handle: tuple[str, str] | None) -> rules.Masked:
    parts = [rules.mask_name(resident.name), rules.mask_handle(*handle) if handle else ""]
    return rules.Masked(resident.id, ", ".join(part for part in parts if part), resident.language)


def masked_by_id(resident_id: int) -> str:
    """How a person is called where nobody needs to know more; nothing for somebody unknown."""
    found = _named.one(resident=resident_id)
    if found is None:
        return ""
    name, kind, value = found
    parts = [rules.mask_name(name), rules.mask_handle(kind, value) if kind and value else ""]
    return ", ".join(part for part in parts if part)


def _name_and_handle(resident: Given) -> QuerySet[Resident, tuple[str, str | None, str | None]]:
    first = Handle.objects.filter(resident_id=OuterRef("id")).order_by("id")
    columns = ("name", Subquery(first.values("kind")[:1]), Subquery(first.values("normalized")[:1]))
    return Resident.objects.filter(id=resident).values_list(*columns)


_named = Question(_name_and_handle)


def masked_many(resident_ids: Iterable[int]) -> dict[int, rules.Masked]:
    """Id → masked person, for a list in two queries."""
    people = Resident.objects.in_bulk(set(resident_ids))
    handles: dict[int, tuple[str, str]] = {}
    rows = Handle.objects.filter(resident_id__in=people).order_by("id")
    for resident_id, kind, normalized in rows.values_list("resident_id", "kind", "normalized"):
        handles.setdefault(resident_id, (kind, normalized))
    return {person.id: _masked(person, handles.get(person.id)) for person in people.values()}


def language_of(resident_id: int) -> str:
    """The language a person is answered in; empty when we never heard."""
    return Resident.objects.filter(id=resident_id).values_list("language", flat=True).first() or ""


def exists(resident_id: int) -> bool:
    """Whether somebody is known under this id."""
    return Resident.objects.filter(id=resident_id).exists()


def disclose(resident_id: int, *, by: int | None, purpose: str) -> rules.Disclosed:
    """Everything we know of a person, for somebody and for a purpose; the reading is written down first."""
    if not purpose.strip():
        raise rules.PurposeNeeded
    rows = _known(resident=resident_id) or [
        (*own, None, None) for own in Resident.objects.filter(id=resident_id).values_list(*SAID_OF_THEM)
    ]
    if not rows:
        raise rules.UnknownResident(resident_id)
    name, identity_number, language, note = rows[0][:4]
    handles = tuple((kind, value) for *_, kind, value in rows if kind is not None)
    known = {"name": name, "identity_number": identity_number, "note": note}
    fields = {field for field, value in known.items() if value} | {kind for kind, _ in handles}
    audit.read(subject=f"resident:{resident_id}", fields=fields, by=by, purpose=purpose)
    return rules.Disclosed(
        resident_id=resident_id,
        name=name,
        identity_number=identity_number or "",
        language=language,
        note=note,
        handles=handles,
    )


_known = Question(
    lambda resident: (
        Handle.objects.filter(resident_id=resident)
        .order_by("id")
        .values_list(*(f"resident__{name}" for name in SAID_OF_THEM), "kind", "value")
    )
)
