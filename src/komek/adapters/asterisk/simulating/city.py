"""`komek phones simulate`: callers and operators are played at the telephone of an installation that runs."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from komek.adapters.asterisk.layout import PLAYED_SEATS, Folders, is_played
from komek.adapters.asterisk.simulating import plan, playing, replay
from komek.adapters.asterisk.simulating.hands import Hands, Where
from komek.adapters.asterisk.simulating.plan import Profile
from komek.adapters.asterisk.simulating.working import Working, hired
from komek.platform import processes
from komek.rooms.calls import queries

WRAP_UP_SECONDS = 30.0
# Spoken by everybody: the longest sentence of the house.
SPOKEN = "ru/overload.alaw"
# After the last has rung, so long at most until everybody has hung up.
AFTER_SECONDS = 900.0
SOUND_PORTS = 40_000
WIDTH = timedelta(minutes=1)
READ_SECONDS = 30.0


class CannotPlay(Exception):
    """There is nothing here to play at, and why."""


@dataclass(frozen=True)
class Wanted:
    """What is to be played."""

    profile: Profile
    operators: int
    seed: int = 1
    seconds: float | None = None
    speed: float = 1.0
    scale: float = 1.0
    # So long at most the last call-backs are waited for; tries are ten minutes apart whatever the speed.
    call_backs_seconds: float = 0.0


@dataclass(frozen=True)
class Played:
    """What came of it: the figures of the journal, those who never got as far as a queue, and what sipp complains of."""

    figures: replay.Figures
    rang: int
    left_before_a_queue: int
    cut_off: int
    complaints: list[str]
    # How many were to be called back, by where they stand at the end.
    call_backs: Mapping[str, int]
    # Whether the wall counts the same, span by span, as the replay of the journal.
    wall_agrees: bool = True


async def play(home: Path, wanted: Wanted) -> Played:
    """Play it from beginning to end; raises CannotPlay."""
    if not is_played(home):
        raise CannotPlay(f"{home} was not made by `komek demo`: nobody is played in a city's own centre.")
    folders = Folders(home / "phones")
    sip = _sip_port(folders)
    people = plan.people(
        wanted.profile, seed=wanted.seed, seconds=wanted.seconds, speed=wanted.speed, scale=wanted.scale
    )
    if not people:
        raise CannotPlay("Nobody rings in so short a time.")
    with tempfile.TemporaryDirectory(prefix="komek-played-") as work:
        scene = playing.Scene(
            Path(work),
            folders.queue_log,
            folders.prompts / SPOKEN,
            city=sip,
            desks=sip + 1,
            called=sip + 2,
            callers=sip + 3,
            sound_ports=SOUND_PORTS,
            talk_seconds=plan.TALK_SECONDS / wanted.speed,
        )
        since = datetime.now(UTC).replace(microsecond=0)
        before = {call.call for call in replay.stories(folders.queue_log)} if folders.queue_log.exists() else set()
        async with playing.telephones(scene), _working(wanted):
            hands = await playing.ring(scene, people, longest=people[-1].after + AFTER_SECONDS / wanted.speed)
            await _called_back(wanted.call_backs_seconds)
            complaints = [line for folder in ("callers", "desks") for line in _complaints(Path(work) / folder)]
    calls = [call for call in replay.stories(folders.queue_log) if call.call not in before]
    cut_off = sum(call.cut_off for call in hands.calls)
    agrees = await _wall_agrees(folders.queue_log, since)
    call_backs = await playing.aside(lambda: queries.call_backs_since(since))
    return Played(replay.figures(calls), len(people), _left(hands), cut_off, complaints, call_backs, agrees)


@asynccontextmanager
async def _working(wanted: Wanted) -> AsyncIterator[None]:
    seats = list(PLAYED_SEATS)[: wanted.operators]
    agents = await playing.aside(lambda: hired(seats))
    async with playing.at_work(Working(agents, seats, wrap_up=timedelta(seconds=WRAP_UP_SECONDS / wanted.speed))):
        yield


async def _wall_agrees(journal: Path, since: datetime) -> bool:
    """Whether what the wall counts is what the bare file says; a journal that is still being read is waited for."""
    with suppress(TimeoutError):
        async with asyncio.timeout(READ_SECONDS):
            while True:
                found = [call for call in replay.stories(journal) if _entered(call) >= since]
                if await playing.aside(lambda: _shown(since)) == replay.spans(found, width=int(WIDTH.total_seconds())):
                    return True
                await asyncio.sleep(1)
    return False


def _entered(call: replay.Story) -> datetime:
    return datetime.fromtimestamp(call.at.get("ENTERQUEUE", 0), UTC)


def _shown(since: datetime) -> dict[int, dict[str, int]]:
    """What the wall counts, as the replay names it."""
    return {
        int(span.begins_at.timestamp()): {name: getattr(span, name) for name in replay.COUNTED}
        for span in queries.tallies(since, width=WIDTH)
    }


async def _called_back(seconds: float) -> None:
    """Wait until nobody is to be called any more and the last of them has hung up."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            # Nobody rings a bell when the last call-back has ended.
            while await playing.aside(  # noqa: ASYNC110
                lambda: queries.open_call_backs(limit=1) or queries.now().exists()
            ):
                await asyncio.sleep(1)


def _left(hands: Hands) -> int:
    return sum(call.entered is None and call.where is Where.GONE for call in hands.calls)


def _complaints(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*_errors.log")):
        yield from (line for line in path.read_text(errors="replace").splitlines() if "Aborting" in line)


def _sip_port(folders: Folders) -> int:
    """Where the switch of this home takes calls; it has noted it where it noted its process."""
    try:
        noted = json.loads((folders.run / "komek.pid").read_text())
    except FileNotFoundError:
        raise CannotPlay("The telephone does not run here: `komek demo` or `komek up` starts it.") from None
    if processes.birth(int(noted["pid"])) != str(noted["birth"]):
        raise CannotPlay("The telephone does not run here: `komek demo` or `komek up` starts it.")
    return int(noted["ports"][1])
