"""Pictures are painted anew: nothing survives but what can be seen."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageCms, ImageOps

from komek.platform.files.rules import BrokenFile, Cleaned, TooManyPixels, check_pixels

MAX_SIDE = 2_560
JPEG_QUALITY = 85
LOSSLESS = frozenset({"image/png", "image/gif"})
DECODERS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}
# What Pillow raises on damaged files; it has no error class of its own for all of them.
DAMAGE = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error)


def clean_image(sent: Path, *, media_type: str, name: str, folder: Path) -> Cleaned:
    """Turn a picture upright, shrink it to what a screen shows, and drop place, device and every hidden word.

    The size in the header is checked before a pixel is unpacked. Of an animation the first frame is kept.
    """
    try:
        with Image.open(sent, formats=[DECODERS[media_type]]) as picture:
            check_pixels(name, *picture.size)
            shown = _repainted(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise TooManyPixels(name) from bomb
    except DAMAGE as damage:
        raise BrokenFile(name) from damage
    lossless = media_type in LOSSLESS or shown.mode == "RGBA"
    kept = folder / "cleaned"
    with kept.open("wb") as file:
        if lossless:
            shown.save(file, "PNG", optimize=True)
        else:
            shown.save(file, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)
    return Cleaned(kept, "image/png" if lossless else "image/jpeg", *shown.size)


def _repainted(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
    elif picture.mode not in {"RGB", "CMYK", "L"}:
        picture = picture.convert("RGB")
    # A JPEG is unpacked at a fraction of its size where that is enough.
    picture.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    picture = ImageOps.exif_transpose(picture)
    if picture.mode != "RGBA":
        picture = _in_screen_colors(picture, profile)
    picture.info.clear()
    return picture


def _in_screen_colors(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The colors as they were meant, in sRGB; a profile that makes no sense is left out."""
    if profile:
        try:
            meant = ImageCms.ImageCmsProfile(BytesIO(profile))
            screen = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(picture, meant, screen, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            converted = None
        if converted is not None:
            return converted
    return picture.convert("RGB")
