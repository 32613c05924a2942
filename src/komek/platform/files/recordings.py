"""Videos and sound are opened, tried, and packed anew: picture and sound survive, places and devices do not."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av

from komek.platform import disk
from komek.platform.files.rules import FORMATS, BrokenFile, Cleaned, CodecNotAccepted, Kind, check_pixels

PACKED_AS = {
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/3gpp": "3gp",
    "video/webm": "webm",
    "video/x-matroska": "matroska",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp4": "ipod",
    "audio/wav": "wav",
}
# The reader is told what to expect, so that no file can call for the playlists and addresses that others can.
READ_AS = {"video/webm": "matroska", "audio/mp4": "mov", "video/mp4": "mov", "video/3gpp": "mov"}
VIDEO_CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "h263", "mjpeg"})
AUDIO_CODECS = frozenset({"aac", "mp3", "mp3float", "opus", "libopus", "vorbis", "amrnb", "amrwb", "amr_nb", "amr_wb"})
# Played while it is still loading.
OPTIONS = {"mp4": {"movflags": "faststart"}, "mov": {"movflags": "faststart"}, "ipod": {"movflags": "faststart"}}
QUARTER_TURNS = frozenset({90, 270})


def clean_recording(sent: Path, *, media_type: str, name: str, folder: Path) -> Cleaned:
    """Show that the first frame can be decoded, before and after, and keep the streams without their container's words.

    What telephones write about the place lies in a dozen corners, some known to one maker only; hence nothing of the
    container is kept, not only the words known to name a place.
    """
    kept = folder / "cleaned"
    with _readable(name):
        _try_first_frame(sent, media_type=media_type, name=name)
        _repack(sent, kept, media_type=media_type)
        size = _try_first_frame(kept, media_type=media_type, name=name)
    return Cleaned(kept, media_type, *size)


def _try_first_frame(sent: Path, *, media_type: str, name: str) -> tuple[int, int] | tuple[None, None]:
    with _open(sent, media_type) as recording:
        videos, sounds = _streams(recording)
        for stream in videos:
            if stream.codec_context.name not in VIDEO_CODECS:
                raise CodecNotAccepted(name, stream.codec_context.name)
            check_pixels(name, stream.codec_context.width, stream.codec_context.height)
        for stream in sounds:
            codec = stream.codec_context.name
            if codec not in AUDIO_CODECS and not codec.startswith("pcm_"):
                raise CodecNotAccepted(name, codec)
        is_video = FORMATS[media_type].kind is Kind.VIDEO
        watched = videos if is_video else sounds
        frame = next(recording.decode(watched[0]), None) if watched else None
        if frame is None:
            raise BrokenFile(name)
        if not is_video:
            return None, None
        if frame.rotation % 360 in QUARTER_TURNS:
            return frame.height, frame.width
        return frame.width, frame.height


def _repack(sent: Path, kept: Path, *, media_type: str) -> None:
    form = PACKED_AS[media_type]
    with (
        _open(sent, media_type) as recording,
        av.open(str(kept), "w", format=form, options=OPTIONS.get(form)) as packed,
    ):
        videos, sounds = _streams(recording)
        wanted = [*videos, *sounds] if FORMATS[media_type].kind is Kind.VIDEO else sounds
        moved = {stream.index: packed.add_stream_from_template(stream) for stream in wanted}
        for stream in moved.values():
            stream.metadata.clear()
        for packet in recording.demux(wanted):
            # The last packet of each stream is empty: it only says that the stream is over.
            if packet.size:
                packet.stream = moved[packet.stream.index]
                packed.mux(packet)


def _open(sent: Path, media_type: str) -> Any:
    form = READ_AS.get(media_type) or PACKED_AS[media_type]
    return av.open(str(sent), format=form, metadata_errors="replace", options={"protocol_whitelist": "file"})


def _streams(recording: Any) -> tuple[list[Any], list[Any]]:
    """Moving pictures and sound; a cover picture is neither."""
    pictures = av.stream.Disposition.attached_pic
    videos = [stream for stream in recording.streams.video if not stream.disposition & pictures]
    return videos, list(recording.streams.audio)


@contextmanager
def _readable(name: str) -> Iterator[None]:
    try:
        yield
    except (av.FFmpegError, ValueError) as damage:
        if disk.is_full(damage):
            raise
        raise BrokenFile(name) from damage
