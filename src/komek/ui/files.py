"""Files by short-lived signed links: whoever is shown a page may open its files for an hour, nobody else."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from django.core import signing
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from komek.platform import files
from komek.platform.models import StoredFile

SALT = "komek.ui.files"
LINK_SECONDS = 3600
PIECE = 262_144
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def link(file_id: int) -> str:
    """The address of a stored file for the reader of this page."""
    return reverse("file", args=[signing.dumps(file_id, salt=SALT)])


def shown(file: StoredFile) -> dict[str, str]:
    """What a page needs to show a file: where it is, and as what."""
    return {"url": link(file.pk), "kind": file.kind, "name": file.original_name}


@require_GET
def show(request: HttpRequest, signed: str) -> HttpResponseBase:
    """The file behind a link that is still valid; a part of it for a player that asks for parts."""
    try:
        file_id = signing.loads(signed, salt=SALT, max_age=LINK_SECONDS)
    except signing.BadSignature:
        raise Http404(_("This link is no longer valid.")) from None
    stored = files.stored(file_id)
    response = _part(stored, request.headers.get("Range", "")) or FileResponse(
        files.open_stored(stored), content_type=stored.media_type
    )
    response["Accept-Ranges"] = "bytes"
    response["Content-Security-Policy"] = "default-src 'none'"
    response["Cache-Control"] = f"private, max-age={LINK_SECONDS}"
    return response


def _part(stored: StoredFile, asked: str) -> HttpResponseBase | None:
    """One range of bytes, without which telephones of some makers play no video; None for whatever else is asked."""
    found = RANGE.fullmatch(asked.strip())
    if not found or found[1] == found[2] == "":
        return None
    last = stored.size - 1
    if found[1]:
        begin, end = int(found[1]), min(int(found[2]) if found[2] else last, last)
    else:
        begin, end = max(0, stored.size - int(found[2])), last
    if begin > end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{stored.size}"})
    content = files.open_stored(stored)
    content.seek(begin)
    response = StreamingHttpResponse(_pieces(content, end - begin + 1), status=206, content_type=stored.media_type)
    response["Content-Length"] = str(end - begin + 1)
    response["Content-Range"] = f"bytes {begin}-{end}/{stored.size}"
    return response


def _pieces(content: BinaryIO, left: int) -> Iterator[bytes]:
    with content:
        while left > 0 and (piece := content.read(min(PIECE, left))):
            left -= len(piece)
            yield piece
