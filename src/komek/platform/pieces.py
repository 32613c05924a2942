"""A file that arrives piece by piece over a bad network: begun, continued where it broke off, received when it is whole.

After the ideas of tus (a beginning, an offset, going on from there), but under names that the sender chooses: a beginning
whose answer was lost is begun again and found. A piece counts whole or not at all. What is whole goes the one way in that
there is, `files.receive`, once; whoever asks again is told what came of it.
"""

from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import ProtectedError

from komek.platform import clock, files, jobs
from komek.platform.models import StoredFile, Upload
from komek.refusal import Refusal

# Longer than any link that lets somebody send.
KEPT_FOR = timedelta(days=4)
LONGEST_PIECE = 1_048_576
LONGEST_KEY = 64
# Of one owner: what a link lets in must not fill the disk.
MOST = 40


class UploadGone(Refusal):
    def __init__(self) -> None:
        super().__init__("upload_gone", "Nothing of this file is here: send it from its beginning.")


class WrongOffset(Refusal):
    """Tells where to go on; a piece that came twice is answered so too."""

    def __init__(self, upload: Upload) -> None:
        super().__init__("upload_offset", "Go on from byte %(offset)s.", offset=upload.arrived)
        self.upload = upload


class PieceTooLong(Refusal):
    def __init__(self) -> None:
        super().__init__("piece_too_long", "This piece is too long: send at most %(most)s bytes.", most=LONGEST_PIECE)


class PieceBroken(Refusal):
    def __init__(self) -> None:
        super().__init__("piece_broken", "This piece did not arrive whole: send it again.")


class TooManyUploads(Refusal):
    def __init__(self) -> None:
        super().__init__("too_many_uploads", "At most %(most)s files can be sent here.", most=MOST)


class OtherUpload(Refusal):
    """The same key came for a file of another size: one of the two is a mistake of the sender."""

    def __init__(self) -> None:
        super().__init__("other_upload", "This file was begun with another size. Choose it again.")


def begin(
    *,
    owner: str,
    key: str,
    name: str,
    size: int,
    at: datetime,
    accept: Collection[files.Kind] = files.USUALLY_ACCEPTED,
) -> Upload:
    """Make room for a file of this size, or find the one that was begun under this key."""
    if size < 1:
        raise files.EmptyFile(name)
    largest = max(accept, key=lambda kind: files.LIMITS[kind])
    if size > files.LIMITS[largest]:
        raise files.TooLarge(name, largest)
    known = Upload.objects.filter(owner=owner, key=key).first()
    if known is None:
        if Upload.objects.filter(owner=owner).count() >= MOST:
            raise TooManyUploads
        known, _ = Upload.objects.get_or_create(
            owner=owner, key=key, defaults={"name": name[:200].replace("\0", ""), "size": size, "begun_at": at}
        )
    if known.size != size:
        raise OtherUpload
    return known


def find(*, owner: str, key: str) -> Upload:
    """What was begun under this key."""
    found = Upload.objects.filter(owner=owner, key=key).first()
    if found is None:
        raise UploadGone
    return found


def add(
    *,
    owner: str,
    key: str,
    offset: int,
    piece: bytes,
    by: object,
    purpose: str,
    at: datetime,
    accept: Collection[files.Kind] = files.USUALLY_ACCEPTED,
) -> Upload:
    """Take the next piece, and the whole file in with the last one; an empty piece at the end only asks for that."""
    with transaction.atomic():
        upload = _locked(owner, key)
        if offset != upload.arrived:
            raise WrongOffset(upload)
        if len(piece) > LONGEST_PIECE or offset + len(piece) > upload.size:
            raise PieceTooLong
        if piece:
            files.store().keep_piece(upload.pk, offset, piece)
            upload.arrived += len(piece)
            upload.save(update_fields=["arrived"])
    if upload.arrived == upload.size:
        return _receive(upload, by=by, purpose=purpose, at=at, accept=accept)
    return upload


def whole(*, owner: str, keys: Iterable[str]) -> dict[str, StoredFile]:
    """Key → file, of those that were taken in."""
    found = Upload.objects.filter(owner=owner, key__in=list(keys), file__isnull=False).select_related("file")
    return {one.key: one.file for one in found if one.file is not None}


def drop(*, owner: str, key: str) -> None:
    """The sender does not want it any more; what has come to belong to something stays."""
    _forget(owner=owner, key=key)


def refusal_of(upload: Upload) -> Refusal | None:
    """Why it was not taken in."""
    told = upload.refusal
    return Refusal(told["code"], told["text"], **told["params"]) if told else None


@jobs.every("7 4 * * *")
def forget_old() -> int:
    """Forget what was begun long ago: whole or not, nobody can ask for it any more; returns how many."""
    old = Upload.objects.filter(begun_at__lt=clock.now() - KEPT_FOR).values_list("pk", flat=True)
    return sum(_forget(pk=pk) for pk in old)


def _receive(upload: Upload, *, by: object, purpose: str, at: datetime, accept: Collection[files.Kind]) -> Upload:
    with transaction.atomic():
        # Of two who bring the end, the second waits and finds it done.
        upload = _locked(upload.owner, upload.key)
        if upload.file_id is not None or upload.refusal is not None:
            return upload
        is_lost = False
        try:
            upload.file = files.receive(_Pieces(upload), name=upload.name, by=by, at=at, purpose=purpose, accept=accept)
        except files.FileGone:
            # A piece was lost with its disk: the sender still has them all, and begins again.
            is_lost = _forget(pk=upload.pk)
        except Refusal as refusal:
            upload.refusal = {"code": refusal.code, "text": refusal.text, "params": refusal.params}
        if not is_lost:
            upload.save(update_fields=["file", "refusal"])
    if is_lost:
        raise UploadGone
    files.store().forget_pieces(upload.pk)
    return upload


def _locked(owner: str, key: str) -> Upload:
    found = Upload.objects.select_for_update().filter(owner=owner, key=key).first()
    if found is None:
        raise UploadGone
    return found


def _forget(**which: object) -> bool:
    """Remove the pieces before the row: a row without pieces is tried again, pieces without a row would stay for ever.

    Whoever is just taking it in is waited for, so that no file is left without an upload that knows of it.
    """
    with transaction.atomic():
        upload = Upload.objects.select_for_update().filter(**which).first()
        if upload is None:
            return False
        files.store().forget_pieces(upload.pk)
        if upload.file is not None:
            with suppress(ProtectedError):
                files.delete(upload.file)
        upload.delete()
        return True


class _Pieces:
    """The pieces of an upload as one thing to be read."""

    def __init__(self, upload: Upload) -> None:
        self.upload = upload
        self.next = 0
        self.rest = b""

    def read(self, size: int = -1, /) -> bytes:
        """At most so many bytes; fewer at the end of a piece, none at the end of all."""
        if not self.rest and self.next < self.upload.size:
            self.rest = files.store().piece(self.upload.pk, self.next)
            self.next += len(self.rest)
        taken, self.rest = (self.rest, b"") if size < 0 else (self.rest[:size], self.rest[size:])
        return taken
