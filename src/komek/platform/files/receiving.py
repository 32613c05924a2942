"""The way in and the way out."""

import tempfile
from collections.abc import Collection
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, ManyToOneRel, OuterRef

from komek.platform.files import rules
from komek.platform.files.images import clean_image
from komek.platform.files.recordings import clean_recording
from komek.platform.files.rules import Cleaned, Format, Kind
from komek.platform.files.store import Store, store_at
from komek.platform.models import StoredFile

CHUNK = 262_144
# Keeps a file that is being forgotten from vanishing under one that is just received with the same content.
FILES_LOCK = 0x66696C65


class Upload(Protocol):
    """Anything that is read piece by piece: an upload of a form, a body of a message, an open file."""

    def read(self, size: int = -1, /) -> bytes: ...


def receive(
    upload: Upload,
    *,
    name: str,
    by: object,
    at: datetime,
    purpose: str,
    accept: Collection[Kind] = rules.USUALLY_ACCEPTED,
) -> StoredFile:
    """Take a file in, or refuse it by name; what is kept is a cleaned copy, and `original_name` is safe to offer."""
    with tempfile.TemporaryDirectory(prefix="komek-upload-") as folder:
        sent = Path(folder) / "sent"
        media_type, form = _read(upload, sent, name=name, accept=accept)
        cleaned = _cleaned(sent, media_type=media_type, form=form, name=name, folder=Path(folder))
        kept = store()
        with cleaned.path.open("rb") as content:
            sha256 = kept.save(content)
            with transaction.atomic():
                _lock(sha256)
                if not kept.exists(sha256):
                    content.seek(0)
                    kept.save(content)
                return StoredFile.objects.create(
                    sha256=sha256,
                    kind=form.kind,
                    media_type=cleaned.media_type,
                    size=cleaned.path.stat().st_size,
                    width=cleaned.width,
                    height=cleaned.height,
                    original_name=rules.kept_name(name, cleaned.media_type),
                    purpose=purpose,
                    stored_at=at,
                    stored_by="" if by is None else str(by),
                )


def stored(file_id: int) -> StoredFile:
    """The file of this number."""
    found = StoredFile.objects.filter(pk=file_id).first()
    if found is None:
        raise rules.FileGone(file_id)
    return found


def open_stored(file: StoredFile) -> BinaryIO:
    """Open the content to be read and sought in; the caller closes it."""
    return store().open(file.sha256)


def delete(file: StoredFile) -> None:
    """Forget a file; its content goes after the commit, unless somebody sent the same."""
    sha256 = file.sha256
    with transaction.atomic():
        file.delete()
        transaction.on_commit(partial(_forget, sha256))


def forget_unfinished(*, before: datetime) -> int:
    """Remove what a killed process had begun to keep before this moment; returns how many."""
    return store().forget_unfinished(before=before)


def forget_unused(*, purposes: Collection[str], before: datetime, most: int = 1_000) -> int:
    """Forget what was received for these purposes before this moment and belongs to nothing; returns how many."""
    unused = StoredFile.objects.filter(purpose__in=purposes, stored_at__lt=before)
    for relation in StoredFile._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel):
            owners = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            unused = unused.filter(~Exists(owners))
    found = list(unused.order_by("id")[:most])
    for file in found:
        delete(file)
    return len(found)


def _read(upload: Upload, sent: Path, *, name: str, accept: Collection[Kind]) -> tuple[str, Format]:
    """Write what arrives into `sent`, and stop at the limit of what it turns out to be."""
    head = b""
    while len(head) < rules.HEAD_BYTES and (piece := upload.read(rules.HEAD_BYTES - len(head))):
        head += piece
    media_type, form = rules.accepted_format(head, name=name, accept=accept)
    left = rules.LIMITS[form.kind] - len(head)
    with sent.open("wb") as file:
        file.write(head)
        while piece := upload.read(CHUNK):
            left -= len(piece)
            if left < 0:
                raise rules.TooLarge(name, form.kind)
            file.write(piece)
    return media_type, form


def _cleaned(sent: Path, *, media_type: str, form: Format, name: str, folder: Path) -> Cleaned:
    match form.kind:
        case Kind.IMAGE:
            return clean_image(sent, media_type=media_type, name=name, folder=folder)
        case Kind.VIDEO | Kind.AUDIO:
            return clean_recording(sent, media_type=media_type, name=name, folder=folder)
        case Kind.DOCUMENT:
            with sent.open("rb") as file:
                head = file.read(rules.HEAD_BYTES)
                file.seek(max(0, sent.stat().st_size - rules.TAIL_BYTES))
                rules.check_pdf(name, head, file.read())
            return Cleaned(sent, media_type)


def _forget(sha256: str) -> None:
    with transaction.atomic():
        _lock(sha256)
        if not StoredFile.objects.filter(sha256=sha256).exists():
            store().delete(sha256)


def _lock(sha256: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [FILES_LOCK, sha256])


def store() -> Store:
    """Where this installation keeps its files."""
    return store_at(settings.FILES_URL or str(settings.HOME / "files"))
