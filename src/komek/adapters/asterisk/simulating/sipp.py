"""Telephones that sipp plays: callers by a table, and those on the desks of operators."""

import asyncio
import re
import signal
import socket
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from komek.adapters.asterisk.binaries import place, tool

HERE = Path(__file__).parent
# RTP ports of one sipp; two for each call.
SOUND_PORTS = 4_000
END_SECONDS = 5.0
# So many begin in a second, in the order of the table; each waits then for its own moment before it rings.
ROWS_A_SECOND = 400


@dataclass(frozen=True)
class Caller:
    """One who rings: after so many seconds, under this name and number, saying what is in the file."""

    after: float
    number: str
    sound: Path
    name: str = ""

    @property
    def identity(self) -> str:
        """The From of the call; without a number it is hidden."""
        if not self.number:
            return '"Anonymous" <sip:anonymous@anonymous.invalid>'
        return f'"{self.name or self.number}" <sip:{self.number}@127.0.0.1>'


class Sipp:
    """One process of sipp in a folder of its own, ended with all its calls."""

    def __init__(self, folder: Path, *, city: int, port: int, sound_ports: int) -> None:
        self.folder, self.city, self.port, self.sound_ports = folder, city, port, sound_ports
        self.process: asyncio.subprocess.Process | None = None
        self._turns: dict[int, int] = {}
        folder.mkdir(parents=True, exist_ok=True)

    async def start(self, scenario: Path, *words: str) -> None:
        """Play this scenario against the city's switch."""
        with (self.folder / "sipp.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *tool(place(), "sipp"),
                *("-sf", str(scenario), "-i", "127.0.0.1", "-p", str(self.port), "-mi", "127.0.0.1"),
                *("-min_rtp_port", str(self.sound_ports), "-max_rtp_port", str(self.sound_ports + SOUND_PORTS - 1)),
                *("-nostdin", "-trace_err", "-random_base_ssrc", *words, f"127.0.0.1:{self.city}"),
                cwd=self.folder,
                stdout=log,
                stderr=log,
                stdin=asyncio.subprocess.DEVNULL,
            )

    async def end(self) -> None:
        """Put down every receiver at once."""
        if self.process is None or self.process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    def complaints(self) -> list[str]:
        """What sipp did not expect."""
        return [
            line
            for path in sorted(self.folder.glob("*_errors.log"))
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
            if re.match(r"^\d{4}-", line)
        ]


class Callers(Sipp):
    """Everybody who rings: each is the line of the table with their number in it, counted from one."""

    async def ring(self, callers: Sequence[Caller]) -> None:
        """Have all of them begin; each rings when their moment comes."""
        table = self.folder / "callers.csv"
        table.write_text("SEQUENTIAL\n" + "".join(f"{_row(*one)}\n" for one in enumerate(callers)), encoding="utf-8")
        many = str(len(callers))
        await self.start(
            HERE / "caller.xml",
            *("-inf", str(table), "-m", many, "-l", many, "-r", str(ROWS_A_SECOND), "-cid_str", "%u@callers"),
        )

    def press(self, caller: int, key: str) -> None:
        """Press a key of their telephone."""
        self._tell(caller, f"X-Key: {key}")

    def hang_up(self, caller: int) -> None:
        """Put their receiver down."""
        self._tell(caller, "X-Receiver: down")

    def _tell(self, caller: int, header: str) -> None:
        # The turn numbers their requests: sipp itself counts none that it sends in a loop.
        turn = self._turns[caller] = self._turns.get(caller, 1) + 1
        lines = (
            f"NOTIFY sip:caller@127.0.0.1:{self.port} SIP/2.0",
            "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKhand",
            "From: <sip:109@127.0.0.1>;tag=hand",
            "To: <sip:caller@127.0.0.1>",
            f"Call-ID: {caller}@callers",
            "CSeq: 1 NOTIFY",
            header,
            f"X-Turn: {turn}",
            "Content-Length: 0",
        )
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as hand:
            hand.sendto(("\r\n".join(lines) + "\r\n\r\n").encode(), ("127.0.0.1", self.port))


class Answering(Sipp):
    """Telephones that ring and are answered, all behind one address: `sip:NAME@127.0.0.1:PORT`."""

    scenario = ""

    async def open(self, *, sound: Path, **milliseconds: int) -> None:
        """Answer whatever rings, and speak."""
        text = (HERE / self.scenario).read_text(encoding="utf-8").replace("SPOKEN", spoken(sound))
        for name, value in milliseconds.items():
            text = text.replace(f"{name.upper()}_MILLISECONDS", str(value))
        own = self.folder / self.scenario
        own.write_text(text, encoding="utf-8")
        await self.start(own)


class Desks(Answering):
    """Telephones of operators: answered after `ring` milliseconds."""

    scenario = "desk.xml"


class Called(Answering):
    """Those whom the city calls back: they talk for `talk` milliseconds; a number that ends in nine is busy."""

    scenario = "called.xml"


def spoken(sound: Path) -> str:
    """How sipp is told to say a file again and again: A-law, twenty milliseconds a packet."""
    return f"{sound},-1,8,PCMA/8000"


def _row(place: int, caller: Caller) -> str:
    wait = max(0.0, caller.after - place / ROWS_A_SECOND)
    return f"{int(wait * 1000)};{caller.identity};{spoken(caller.sound)}"


def telephones(seats: Iterable[int], *, port: int) -> tuple[tuple[int, str], ...]:
    """The seats whose line is a telephone there, as an installation is told of them."""
    return tuple((seat, f"sip:op{seat:03}@127.0.0.1:{port}") for seat in seats)
