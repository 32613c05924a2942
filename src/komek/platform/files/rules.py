"""What may be sent, told by content and never by name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

import filetype

from komek.refusal import Refusal

MEGABYTE = 1_000_000
HEAD_BYTES = 8_192
TAIL_BYTES = 2_048
MAX_NAME = 120
# The largest photo a common phone takes (8160 × 6120); what decodes to more is a mistake or an attack.
MAX_PIXELS = 50_000_000


class Kind(StrEnum):
    """What a file is to the people who look at it."""

    IMAGE = "image"
    VIDEO = "video"
    DOCUMENT = "document"
    AUDIO = "audio"


@dataclass(frozen=True)
class Format:
    """One thing we take: how people call it, and the end of the name it is kept under."""

    kind: Kind
    title: str
    suffix: str


@dataclass(frozen=True)
class Cleaned:
    """What is kept instead of what was sent."""

    path: Path
    media_type: str
    width: int | None = None
    height: int | None = None


FORMATS = {
    "image/jpeg": Format(Kind.IMAGE, "JPEG", ".jpg"),
    "image/png": Format(Kind.IMAGE, "PNG", ".png"),
    "image/webp": Format(Kind.IMAGE, "WebP", ".webp"),
    "image/gif": Format(Kind.IMAGE, "GIF", ".gif"),
    "video/mp4": Format(Kind.VIDEO, "MP4", ".mp4"),
    "video/quicktime": Format(Kind.VIDEO, "MOV", ".mov"),
    "video/3gpp": Format(Kind.VIDEO, "3GP", ".3gp"),
    "video/webm": Format(Kind.VIDEO, "WebM", ".webm"),
    "video/x-matroska": Format(Kind.VIDEO, "MKV", ".mkv"),
    "application/pdf": Format(Kind.DOCUMENT, "PDF", ".pdf"),
    "audio/ogg": Format(Kind.AUDIO, "OGG", ".ogg"),
    "audio/mpeg": Format(Kind.AUDIO, "MP3", ".mp3"),
    "audio/mp4": Format(Kind.AUDIO, "M4A", ".m4a"),
    "audio/wav": Format(Kind.AUDIO, "WAV", ".wav"),
}
LIMITS = {
    Kind.IMAGE: 15 * MEGABYTE,
    Kind.VIDEO: 100 * MEGABYTE,
    Kind.DOCUMENT: 20 * MEGABYTE,
    Kind.AUDIO: 50 * MEGABYTE,
}
USUALLY_ACCEPTED = frozenset({Kind.IMAGE, Kind.VIDEO, Kind.DOCUMENT})

HEIC = "image/heic"
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_BRANDS = {b"qt  ": "video/quicktime", b"avif": "image/avif", b"avis": "image/avif", b"M4A ": "audio/mp4"}
_SAME = {"audio/x-wav": "audio/wav"}


class NotAccepted(Refusal):
    """The content is nothing we take, whatever the name says."""

    def __init__(self, name: str, accepted: Iterable[Kind]) -> None:
        super().__init__(
            "file_not_accepted",
            "“%(name)s” is not a file we can take. We take %(accepted)s.",
            name=shown(name),
            accepted=told(accepted),
        )


class HeicNotAccepted(Refusal):
    """Telephones can send the same photo as JPEG; the person needs to hear how."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "heic_not_accepted",
            "“%(name)s” is a HEIC photo, which many screens cannot show. Send it as JPEG: on an iPhone choose "
            "Settings, Camera, Formats, Most Compatible.",
            name=shown(name),
        )


class TooLarge(Refusal):
    """Read no further than this; the rest is not even looked at."""

    def __init__(self, name: str, kind: Kind) -> None:
        super().__init__(
            "file_too_large",
            "“%(name)s” is too large: send at most %(megabytes)s MB.",
            name=shown(name),
            megabytes=LIMITS[kind] // MEGABYTE,
        )


class EmptyFile(Refusal):
    """Nothing arrived."""

    def __init__(self, name: str) -> None:
        super().__init__("file_empty", "“%(name)s” is empty: choose the file again.", name=shown(name))


class BrokenFile(Refusal):
    """It begins as something we take, but cannot be shown to anybody."""

    def __init__(self, name: str) -> None:
        super().__init__("file_broken", "“%(name)s” is damaged or was not sent whole: send it again.", name=shown(name))


class TooManyPixels(Refusal):
    """Refused by the size written in its header, before a pixel is unpacked."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "too_many_pixels",
            "“%(name)s” has more than %(millions)s million points: send a smaller picture.",
            name=shown(name),
            millions=MAX_PIXELS // 1_000_000,
        )


class CodecNotAccepted(Refusal):
    """The container is one of ours, what is inside is not."""

    def __init__(self, name: str, codec: str) -> None:
        super().__init__(
            "codec_not_accepted",
            "“%(name)s” is recorded as %(codec)s, which we cannot show: send it as MP4 (H.264).",
            name=shown(name),
            codec=codec,
        )


class FileGone(Refusal):
    """Nobody kept it, or it was forgotten since; the two are not told apart."""

    def __init__(self, file: object) -> None:
        super().__init__("file_gone", "The file %(file)s is not kept here.", file=str(file)[:64])


class BadAddress(Refusal):
    """The installation names a place for files that cannot be understood."""

    def __init__(self, address: str) -> None:
        super().__init__(
            "bad_file_store",
            "“%(address)s” is no place for files: give a folder, or s3://bucket?endpoint=https://host.",
            address=address,
        )


def media_type_of(head: bytes) -> str | None:
    """What the first bytes say the file is; None when they say nothing."""
    if head[4:8] == b"ftyp":
        # The usual guess names few of the brands that telephones write; the container is opened later anyway.
        brand = head[8:12]
        if brand in _HEIC_BRANDS:
            return HEIC
        return _BRANDS.get(brand) or ("video/3gpp" if brand.startswith(b"3g") else "video/mp4")
    guess: str | None = filetype.guess_mime(head)
    return _SAME.get(guess, guess) if guess else None


def accepted_format(head: bytes, *, name: str, accept: Iterable[Kind]) -> tuple[str, Format]:
    """The media type of what begins like this, or a refusal that says what is taken."""
    media_type = media_type_of(head) if head else None
    if not head:
        raise EmptyFile(name)
    if media_type == HEIC and Kind.IMAGE in accept:
        raise HeicNotAccepted(name)
    found = FORMATS.get(media_type or "")
    if media_type is None or found is None or found.kind not in accept:
        raise NotAccepted(name, accept)
    return media_type, found


def check_pixels(name: str, width: int, height: int) -> None:
    """Refuse what would unpack to more than any telephone takes."""
    if width < 1 or height < 1:
        raise BrokenFile(name)
    if width * height > MAX_PIXELS:
        raise TooManyPixels(name)


def check_pdf(name: str, head: bytes, tail: bytes) -> None:
    """Refuse a document that has lost its end on the way."""
    if not head.startswith(b"%PDF-") or b"%%EOF" not in tail:
        raise BrokenFile(name)


def kept_name(name: str, media_type: str) -> str:
    """The sender's name for the file, without folders, and with the ending its content deserves."""
    stem = PurePosixPath(shown(name)).stem if shown(name) else ""
    return f"{stem or FORMATS[media_type].kind}{FORMATS[media_type].suffix}"


def shown(name: str) -> str:
    """A name that is safe to print: the last part of a path, no control characters, not endless."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(letter for letter in last if letter.isprintable()).strip(" .")[-MAX_NAME:]


def told(accepted: Iterable[Kind]) -> str:
    """What is taken, in words that need no translation: “JPEG, PNG (15 MB); PDF (20 MB)”."""
    parts = []
    for kind in Kind:
        if kind in accepted:
            titles = ", ".join(known.title for known in FORMATS.values() if known.kind is kind)
            parts.append(f"{titles} ({LIMITS[kind] // MEGABYTE} MB)")
    return "; ".join(parts)
