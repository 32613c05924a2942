"""Files by short-lived signed links: whoever is shown a page may open its files for an hour, nobody else."""

from django.core import signing
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from komek.platform import files
from komek.platform.models import StoredFile
from komek.ui import ranges

SALT = "komek.ui.files"
LINK_SECONDS = 3600


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
    # Without parts telephones of some makers play no video.
    response = ranges.part(
        request.headers.get("Range", ""),
        size=stored.size,
        content=lambda: files.open_stored(stored),
        media_type=stored.media_type,
    ) or FileResponse(files.open_stored(stored), content_type=stored.media_type)
    response["Accept-Ranges"] = "bytes"
    response["Content-Security-Policy"] = "default-src 'none'"
    response["Cache-Control"] = f"private, max-age={LINK_SECONDS}"
    return response
