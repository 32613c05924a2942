"""What callers hear: the city's own recordings, and a machine's voice for every sentence that has none yet."""

import csv
import json
import math
import subprocess
import tempfile
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path

import av
import structlog

from komek.adapters.asterisk.layout import LANGUAGES, Folders
from komek.platform import durable

log = structlog.get_logger("komek.asterisk")

WORDS = Path(__file__).with_name("prompts.csv")
MADE = "made.json"
RATE = 8000
# Words a minute; slower than a reader, as somebody listens who is upset.
PACE = {"kk": 145, "ru": 150, "en": 155}
ENDING = ".alaw"
WAIT = "wait"

# Chords of the music for those who wait: frequencies in Hz, four seconds each.
CHORDS = ((261.6, 329.6, 392.0), (220.0, 261.6, 329.6), (174.6, 220.0, 261.6), (196.0, 246.9, 293.7))
CHORD_SECONDS = 4
TONE, TONE_HERTZ = "tone", 880
# Begin and end of each of its beeps.
TONE_MILLISECONDS = (100, 250, 330, 480)


def speak(voice: Path, speaker: Sequence[str]) -> int:
    """Have every sentence spoken into a folder by espeak-ng, those only that are new or changed; returns how many."""
    told = voice / MADE
    known = dict(json.loads(told.read_text(encoding="utf-8"))) if told.exists() else {}
    made = 0
    for name, language, text in sentences():
        path, words = voice / language / f"{name}{ENDING}", f"{PACE[language]} {text}"
        if path.exists() and known.get(f"{language}/{name}") == words:
            continue
        say(text, language=language, path=path, speaker=speaker)
        known[f"{language}/{name}"] = words
        made += 1
    if made:
        durable.write(told, json.dumps(known, indent=1, ensure_ascii=False), mode=0o644)
    return made


def lay_out(folders: Folders, voice: Path) -> None:
    """Put together what is played: the recording of the city where there is one, else the machine's voice."""
    for name, language, _text in sentences():
        place = Path(language) / f"{name}{ENDING}"
        source = next((one for one in (folders.studio / place, voice / place) if one.exists()), None)
        if source is None:
            log.warning("asterisk_prompt_missing", prompt=str(place))
        else:
            put(folders.prompts / place, source.read_bytes())
    music = folders.prompts / "music"
    music.mkdir(mode=0o700, exist_ok=True)
    own = sorted((folders.studio / "music").glob(f"*{ENDING}"))
    for one in own:
        put(music / one.name, one.read_bytes())
    if not own and not any(music.iterdir()):
        _chords(music / f"quiet{ENDING}")
    if not (tone := folders.prompts / f"{TONE}{ENDING}").exists():
        _tone(tone)
    for language in LANGUAGES:
        said = folders.prompts / language / f"{WAIT}{ENDING}"
        if said.exists():
            put(folders.told / language / f"q109-{language}{ENDING}", said.read_bytes())


def put(path: Path, sound: bytes) -> None:
    """Put a sound in place whole: it may be played this moment."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_bytes(sound)
    new.replace(path)


def sentences() -> Iterable[tuple[str, str, str]]:
    """Name, language and words of every sentence."""
    with WORDS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for language in LANGUAGES:
                yield row["name"], language, row[language]


def say(text: str, *, language: str, path: Path, speaker: Sequence[str]) -> None:
    """Speak a text into a file the switch plays; it is there whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        spoken, ready = Path(folder) / "spoken.wav", Path(folder) / f"ready{ENDING}"
        command = [*speaker, "-v", language, "-s", str(PACE[language]), "-w", str(spoken), "--stdin"]
        subprocess.run(command, input=text.encode(), check=True, capture_output=True)
        _to_line(spoken, ready)
        ready.replace(path)


def _to_line(source: Path, target: Path) -> None:
    """Any sound as the line carries it: A-law, 8 kHz, one voice."""
    with av.open(str(source)) as heard, av.open(str(target), "w", format="alaw") as line:
        stream = line.add_stream("pcm_alaw", rate=RATE, layout="mono")
        narrow = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        for frame in (*heard.decode(audio=0), None):
            for part in narrow.resample(frame):
                line.mux(stream.encode(part))
        line.mux(stream.encode(None))


def _chords(path: Path) -> None:
    """Soft chords, so that a waiting caller hears that the line lives."""
    length = CHORD_SECONDS * RATE
    samples = array("h")
    for chord in CHORDS:
        for place in range(length):
            swell = math.sin(math.pi * place / length) ** 2
            wave = sum(math.sin(2 * math.pi * tone * place / RATE) for tone in chord) / len(chord)
            samples.append(int(2600 * swell * wave))
    _write(path, samples)


def _tone(path: Path) -> None:
    """Two short tones for an operator's ear: the recording of their call has stopped, or goes on."""
    samples = array("h", bytes(2 * RATE * TONE_MILLISECONDS[-1] // 1000))
    for since, until in zip(TONE_MILLISECONDS[::2], TONE_MILLISECONDS[1::2], strict=True):
        for place in range(since * RATE // 1000, until * RATE // 1000):
            samples[place] = int(6000 * math.sin(2 * math.pi * TONE_HERTZ * place / RATE))
    _write(path, samples)


def _write(path: Path, samples: "array[int]") -> None:
    frame = av.AudioFrame(format="s16", layout="mono", samples=len(samples))
    frame.sample_rate = RATE
    frame.planes[0].update(samples.tobytes())
    with av.open(str(path), "w", format="alaw") as line:
        stream = line.add_stream("pcm_alaw", rate=RATE, layout="mono")
        line.mux(stream.encode(frame))
        line.mux(stream.encode(None))
