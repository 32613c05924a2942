"""Where the telephone keeps its things, and on which ports it listens."""

import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path

SEATS = 200
# A language, and by how much the others stand behind it for somebody who speaks it less well.
LANGUAGES = ("kk", "ru", "en")


@dataclass(frozen=True)
class Folders:
    """The telephone's part of KOMEK_HOME."""

    root: Path

    @property
    def etc(self) -> Path:
        """Asterisk's configuration, written anew at each start."""
        return self.root / "etc"

    @property
    def lib(self) -> Path:
        """What Asterisk itself remembers: languages by number, members of queues."""
        return self.root / "lib"

    @property
    def run(self) -> Path:
        """Its control socket and the number of its process."""
        return self.root / "run"

    @property
    def log(self) -> Path:
        """Its own log, the journal of the queues and the events of the channels."""
        return self.root / "log"

    @property
    def queue_log(self) -> Path:
        """The journal of the queues."""
        return self.log / "queue_log"

    @property
    def raw(self) -> Path:
        """The legs of recorded calls, until they are kept."""
        return self.root / "raw"

    @property
    def prompts(self) -> Path:
        """What callers hear: a folder a language, a file a sentence; put together anew at each start."""
        return self.root / "prompts"

    @property
    def studio(self) -> Path:
        """The city's own recordings, under the same names: `ru/greeting.alaw`, A-law, 8 kHz, one voice."""
        return self.root / "studio"

    @property
    def told(self) -> Path:
        """What is said to those who wait, replaced while they do: a file a queue."""
        return self.root / "told"

    def make(self) -> None:
        """Make all of them, for their owner's eyes only."""
        spool = self.root / "spool"
        for folder in (self.etc, self.lib, self.run, self.log, self.raw, self.prompts, self.studio, self.told, spool):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)


@dataclass(frozen=True)
class Ports:
    """Where the switch listens. SIP and sound face the carrier; the others stay on the loopback."""

    sip: int
    browsers: int
    manager: int
    sound: tuple[int, int] = (10_000, 13_999)
    host: str = "127.0.0.1"


# In a home that was made for a demonstration or for measurements these seats have telephones on their desks, which are
# played together with the callers (`komek phones simulate`); they and the carrier are on the ports behind ours.
PLAYED_SEATS = range(101, 201)
MARKS = ("demo.json", "benchmark.json")


def is_played(home: Path) -> bool:
    """Whether people who do not exist may ring here, and work."""
    return any((home / mark).exists() for mark in MARKS)


def played_desks(sip: int) -> tuple[tuple[int, str], ...]:
    """The seats whose telephone stands on a desk, each with its address."""
    return tuple((seat, f"sip:{seat_name(seat)}@127.0.0.1:{sip + 1}") for seat in PLAYED_SEATS)


def played_carrier(sip: int) -> str:
    """Where those are who are called back."""
    return f"sip:127.0.0.1:{sip + 2}"


@dataclass(frozen=True)
class Carrier:
    """Who brings the calls: the addresses they come from, and where ours go out; empty where none do."""

    match: tuple[str, ...] = ("127.0.0.1",)
    out: str = ""
    # What the called party sees.
    number: str = "109"


@dataclass(frozen=True)
class Services:
    """How the emergency services are reached: number → SIP address; the carrier's own way where none is named."""

    routes: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("101", ()),
        ("102", ()),
        ("103", ()),
        ("104", ()),
        ("112", ()),
    )


def seat_name(number: int) -> str:
    """The name of a browser's line: op001 to op200."""
    return f"op{number:03}"


def secret(key: str, purpose: str) -> str:
    """A password that every node can work out for itself: of a seat, or of the manager interface."""
    return hmac.new(key.encode(), f"telephone:{purpose}".encode(), hashlib.sha256).hexdigest()[:40]
