"""Files that come with a form: each is taken in or refused by name, and what was taken stays with the form.

A form that has to be sent again brings the files it has sent before as a signed list, so that an error elsewhere costs
nobody a second upload.
"""

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core import signing
from django.http import HttpRequest

from komek.platform import files
from komek.platform.models import StoredFile
from komek.refusal import Refusal

SALT = "komek.ui.uploads"
KEPT = "kept_files"
KEPT_SECONDS = 24 * 3600


class TooManyFiles(Refusal):
    def __init__(self, most: int) -> None:
        super().__init__("too_many_files", "At most %(most)s files at once.", most=most)


@dataclass
class Uploads:
    """What a form has brought so far, and what is wrong with the rest of it."""

    purpose: str
    kept: list[StoredFile] = field(default_factory=list)
    fresh: list[StoredFile] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def ids(self) -> list[int]:
        """Everything that was taken, in order."""
        return [file.pk for file in self]

    @property
    def sums(self) -> list[str]:
        """What tells two sendings of the same files from sendings of different ones."""
        return sorted({file.sha256 for file in self})

    @property
    def signed(self) -> str:
        """The list as the form carries it on."""
        return signing.dumps(self.ids, salt=_salt(self.purpose)) if self.ids else ""

    def forget_unused(self, used: Collection[int]) -> None:
        """What has just come in and belongs to nothing: the form was sent twice and counted once."""
        for file in self.fresh:
            if file.pk not in used:
                files.delete(file)

    def __iter__(self) -> Iterator[StoredFile]:
        yield from self.kept
        yield from self.fresh

    def __len__(self) -> int:
        return len(self.kept) + len(self.fresh)


def brought(request: HttpRequest, *, purpose: str) -> Uploads:
    """What the form has sent before; a list that we did not sign is no list."""
    uploads = Uploads(purpose)
    try:
        ids = signing.loads(request.POST.get(KEPT, ""), salt=_salt(purpose), max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return uploads
    for file_id in ids:
        with suppress(files.FileGone):
            uploads.kept.append(files.stored(file_id))
    return uploads


def take(request: HttpRequest, *, purpose: str, most: int, by: Any, at: datetime) -> Uploads:
    """Take in what has come now, beside what the form has sent before; the good ones stay whatever the bad ones are."""
    uploads = brought(request, purpose=purpose)
    sent = request.FILES.getlist("files")
    room = max(0, most - len(uploads))
    if len(sent) > room:
        uploads.refusals.append(TooManyFiles(most))
    for upload in sent[:room]:
        try:
            file = files.receive(upload, name=upload.name or "", by=by, at=at, purpose=purpose)
        except Refusal as refusal:
            uploads.refusals.append(refusal)
        else:
            uploads.fresh.append(file)
    return uploads


def _salt(purpose: str) -> str:
    return f"{SALT}.{purpose}"
