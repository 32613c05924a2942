"""A part of a file for whoever asks for a part: players of video and readers of map tiles do."""

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse

PIECE = 262_144
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def part(asked: str, *, size: int, content: Callable[[], BinaryIO], media_type: str) -> HttpResponseBase | None:
    """One range of bytes; None for whatever else is asked, which is answered with all of it."""
    found = RANGE.fullmatch(asked.strip())
    if not found or found[1] == found[2] == "":
        return None
    last = size - 1
    if found[1]:
        begin, end = int(found[1]), min(int(found[2]) if found[2] else last, last)
    else:
        begin, end = max(0, size - int(found[2])), last
    if begin > end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    opened = content()
    opened.seek(begin)
    response = StreamingHttpResponse(_pieces(opened, end - begin + 1), status=206, content_type=media_type)
    response["Content-Length"] = str(end - begin + 1)
    response["Content-Range"] = f"bytes {begin}-{end}/{size}"
    return response


def _pieces(content: BinaryIO, left: int) -> Iterator[bytes]:
    with content:
        while left > 0 and (piece := content.read(min(PIECE, left))):
            left -= len(piece)
            yield piece
