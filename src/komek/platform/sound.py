"""Sound of the telephone: two legs of A-law become one stereo recording, and what can be said of it without listening."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import av
import numpy as np

RATE = 8_000
BIT_RATE = 24_000
# So much of both legs is read at once: an hour of talk needs no more memory than a minute.
BLOCK_SECONDS = 10
FRAMES_A_SECOND = 10
FRAME = RATE // FRAMES_A_SECOND
# A-law of nothing at all: what a leg is filled with where the other one is longer.
SILENT = 0xD5
# Quieter than this is a line without a voice on it.
VOICE = 0.01
MOST_PEAKS = 1_200


@dataclass(frozen=True)
class Side:
    """One side of a call: how loud it was, in tenths of a second, from 0 to 1."""

    loudness: "np.ndarray"
    peaks: bytes

    def voice(self, since: float = 0.0, until: float | None = None) -> "np.ndarray":
        """In which tenths of a second of a stretch somebody spoke."""
        end = None if until is None else int(until * FRAMES_A_SECOND)
        return np.asarray(self.loudness[int(since * FRAMES_A_SECOND) : end] > VOICE)


@dataclass
class Packed:
    """Both legs in one recording: the first on the left, the second on the right."""

    opus: bytes
    seconds: float
    legs: tuple[float, float]
    left: Side
    right: Side


@dataclass
class _Measure:
    """What is gathered of one leg while it goes by."""

    seconds: float = 0.0
    loudness: list["np.ndarray"] = field(default_factory=list)
    highest: list["np.ndarray"] = field(default_factory=list)

    def add(self, block: "np.ndarray") -> None:
        frames = np.pad(block, (0, -len(block) % FRAME)).reshape(-1, FRAME).astype(np.float32) / 32_768
        self.loudness.append(np.sqrt(np.mean(frames * frames, axis=1)))
        self.highest.append(np.abs(frames).max(axis=1))

    def side(self) -> Side:
        highest = np.concatenate(self.highest) if self.highest else np.zeros(0, np.float32)
        return Side(np.concatenate(self.loudness) if self.loudness else np.zeros(0, np.float32), _peaks(highest))


def _table() -> "np.ndarray":
    """A-law as whole numbers (ITU-T G.711)."""
    codes = np.arange(256, dtype=np.int32) ^ 0x55
    exponent, mantissa = (codes >> 4) & 7, codes & 15
    size = np.where(exponent == 0, (mantissa << 4) + 8, ((mantissa << 4) + 0x108) << np.maximum(exponent - 1, 0))
    table = np.where(codes & 0x80, size, -size)
    # The smallest step is what silence is sent as.
    table[np.abs(table) <= 8] = 0  # noqa: PLR2004 - the smallest step of A-law
    return table.astype(np.int16)


ALAW = _table()


def pack(left: Path | None, right: Path | None) -> Packed:
    """Two legs of A-law as stereo Opus in Ogg; the same legs always make the same bytes. A missing leg is silent."""
    lengths = tuple(one.stat().st_size / RATE if one else 0.0 for one in (left, right))
    measures = (_Measure(), _Measure())
    out = io.BytesIO()
    # Without the chance that a serial number is otherwise drawn by: what is done twice gives one file.
    with av.open(out, "w", format="ogg", container_options={"fflags": "bitexact"}) as container:
        stream: Any = container.add_stream("libopus", rate=RATE, layout="stereo")
        stream.bit_rate = BIT_RATE
        stream.options = {"application": "voip", "frame_duration": "20"}
        at = 0
        for block in _blocks(left, right):
            for measure, one in zip(measures, block, strict=True):
                measure.add(one)
            frame = av.AudioFrame.from_ndarray(np.stack(block, axis=1).reshape(1, -1), format="s16", layout="stereo")
            frame.sample_rate, frame.pts = RATE, at
            at += len(block[0])
            container.mux(stream.encode(frame))
        if at:
            container.mux(stream.encode(None))
    return Packed(
        out.getvalue() if at else b"", at / RATE, (lengths[0], lengths[1]), measures[0].side(), measures[1].side()
    )


def part(left: Path, right: Path, *, seconds: float) -> bytes:
    """The last seconds of two legs that are still being written, as stereo WAV."""
    length = min(left.stat().st_size, right.stat().st_size)
    begin = max(0, length - int(seconds * RATE))
    sides = []
    for path in (left, right):
        with path.open("rb") as leg:
            leg.seek(begin)
            sides.append(ALAW[np.frombuffer(leg.read(length - begin), dtype=np.uint8)])
    out = io.BytesIO()
    with av.open(out, "w", format="wav") as container:
        stream: Any = container.add_stream("pcm_s16le", rate=RATE, layout="stereo")
        if length > begin:
            both = np.stack(sides, axis=1).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(both, format="s16", layout="stereo")
            frame.sample_rate = RATE
            container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    return out.getvalue()


def _blocks(left: Path | None, right: Path | None) -> Iterator[tuple["np.ndarray", "np.ndarray"]]:
    """Both legs piece by piece, the shorter one filled up with silence."""
    legs = [one.open("rb") if one else io.BytesIO() for one in (left, right)]
    try:
        while True:
            pieces = [_piece(leg) for leg in legs]
            length = max(len(one) for one in pieces)
            if not length:
                return
            first, second = (
                ALAW[np.pad(np.frombuffer(one, dtype=np.uint8), (0, length - len(one)), constant_values=SILENT)]
                for one in pieces
            )
            yield first, second
    finally:
        for leg in legs:
            leg.close()


def _piece(leg: IO[bytes]) -> bytes:
    return leg.read(BLOCK_SECONDS * RATE)


def _peaks(highest: "np.ndarray") -> bytes:
    """The wave form for a screen: at most so many columns, each 0 to 255, small sounds drawn larger than they are."""
    if not len(highest):
        return b""
    each = -(-len(highest) // MOST_PEAKS)
    columns = np.pad(highest, (0, -len(highest) % each)).reshape(-1, each).max(axis=1)
    return (np.sqrt(np.minimum(columns, 1.0)) * 255).astype(np.uint8).tobytes()
