"""What residents wrote in another system, and the files they added."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status, UploadedFile
from ninja.decorators import decorate_view

from komek.desks.partner import answers, forms, problems
from komek.desks.partner.doors import PartnerKey, as_partner, at_most
from komek.desks.partner.forms import ContactTold
from komek.desks.partner.views import repeating
from komek.platform import files as platform_files
from komek.platform.clock import now
from komek.refusal import Refusal
from komek.registers.catalog import queries as catalog
from komek.registers.catalog.rules import UnknownTopic
from komek.registers.places import queries as places
from komek.registers.places.rules import Place
from komek.registers.residents import actions as residents
from komek.registers.residents.rules import HandleKind, normalized
from komek.registers.staff.rules import Scope
from komek.rooms.cards import actions as cards
from komek.rooms.cards.rules import CardDraft
from komek.rooms.channels import queries as channels
from komek.rooms.intake.rules import Arrival, NoSuchContact, Urgency

CHANNEL = "api"
router = Router()


@router.post(
    "/contacts",
    operation_id="register_contact",
    summary="Bring what a resident wrote",
    auth=PartnerKey(Scope.INTAKE_WRITE),
    response={201: answers.CardAnswer, **problems.SENDING},
)
@decorate_view(at_most(forms.LARGEST_BODY))
@as_partner
def register_contact(
    request: HttpRequest, told: ContactTold, idempotency_key: forms.IdempotencyKey = ""
) -> Status[Any]:
    """With a topic the card is registered and goes its way at once; without one it waits for an operator to read it.

    Needs the scope `intake:write`. The same `outer_id` is the same contact, however often it is sent.
    """
    at = now()
    return repeating.once(
        request,
        header=idempotency_key,
        keys=[f"contact:{told.outer_id}"],
        told=forms.sent(told),
        at=at,
        do=lambda: repeating.answered(201, answers.card(_take_in(told, partner=_partner(request), at=at))),
    )


@router.post(
    "/contacts/{outer_id}/files",
    operation_id="add_files",
    summary="Add photos, videos or documents to a contact",
    auth=PartnerKey(Scope.INTAKE_WRITE),
    response={201: answers.FilesAnswer, **problems.CHANGING},
)
@decorate_view(at_most(forms.LARGEST_UPLOAD))
@as_partner
def add_files(
    request: HttpRequest,
    outer_id: forms.OuterId,
    files: forms.Files,
    idempotency_key: forms.IdempotencyKey = "",
) -> Status[Any]:
    """What a file is, its content tells and not its name; pictures are kept without where and by whom they were taken.

    Needs the scope `intake:write`. At most ten files at once: JPEG, PNG, WebP, GIF (15 MB), MP4, MOV, 3GP, WebM, MKV
    (100 MB), PDF (20 MB). The same files are added once.
    """
    at, partner = now(), _partner(request)
    conversation = channels.known(CHANNEL, partner_id=partner.pk, outer_id=outer_id)
    if conversation is None:
        raise NoSuchContact(outer_id)
    sums = [_sum(upload) for upload in files]
    keys = [f"files:{outer_id}:{'+'.join(sums)}"]
    if answer := repeating.known(request, header=idempotency_key, keys=keys, told=sums):
        return answer
    stored = _received(files, by=repeating.owner(request), at=at)

    def add() -> Any:
        cards.hear(conversation.id, file_ids=[file.pk for file in stored], at=at)
        return repeating.answered(201, answers.FilesAnswer(files=[answers.file(file) for file in stored]))

    return repeating.once(request, header=idempotency_key, keys=keys, told=sums, at=at, do=add)


def _take_in(told: ContactTold, *, partner: Any, at: datetime) -> Any:
    """One contact and its card; what a program told wrongly is refused, because a program can mend it."""
    if told.topic_code is not None and not catalog.topic(told.topic_code, at).active:
        raise UnknownTopic(told.topic_code)
    handles = _handles(told)
    name = told.resident.name if told.resident else ""
    place = _place(told)
    kind, value = handles[0] if handles else (None, None)
    arrival = Arrival(
        channel=CHANNEL,
        text=told.text,
        language=told.language,
        urgency=Urgency(told.urgency),
        handle_kind=kind,
        handle_value=value,
        name=name,
        outer_id=told.outer_id,
        partner_id=partner.pk,
        topic_code=told.topic_code,
        place=_hint(place),
    )
    draft = CardDraft(text=told.text, language=told.language, topic_code=told.topic_code, place=place)
    card = cards.take_in(arrival, draft=draft, at=at)
    if len(handles) > 1 and card.resident_id is not None:
        residents.remember(name=name, handles=handles, language=told.language, at=at)
    return card


def _handles(told: ContactTold) -> list[tuple[str, str]]:
    """Where the resident can be reached, the telephone first; raises UnreadableHandle."""
    said = told.resident
    given = [(HandleKind.PHONE, said.phone), (HandleKind.EMAIL, said.email)] if said else []
    found = [(kind.value, value) for kind, value in given if value.strip()]
    for kind, value in found:
        normalized(kind, value)
    return found


def _place(told: ContactTold) -> Place | None:
    where = told.place
    return places.locate(where.text, lat=where.lat, lon=where.lon, landmark=where.landmark) if where else None


def _hint(place: Place | None) -> dict[str, object]:
    """The place as the operator's form begins with it."""
    if place is None:
        return {}
    names = ("text", "street_id", "house_id", "house_number", "district_code", "lat", "lon", "landmark")
    return {name: value for name in names if (value := getattr(place, name)) not in (None, "")}


def _sum(upload: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _received(uploads: Iterable[UploadedFile], *, by: str, at: datetime) -> list[Any]:
    """All of the files or none: one that cannot be taken takes the others with it, and says which it is."""
    stored: list[Any] = []
    try:
        for upload in uploads:
            file = platform_files.receive(upload, name=upload.name or "", by=by, at=at, purpose="contact")
            stored.append(file)
    except Refusal:
        for file in stored:
            platform_files.delete(file)
        raise
    return stored


def _partner(request: Any) -> Any:
    return request.auth
