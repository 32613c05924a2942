"""`python -m chaos --telephone`: sixty calls go on and arrive while everything of ours is killed, one after the other.

The switch is left alone; everything else is not: each program twice and the supervisor twice by kill -9, PostgreSQL five
times, the manager interface cut for two minutes, our ear at it stopped as if it hung, and the disk is full for a while.
Afterwards nobody was cut off or refused, and every call of the switch's journal is known here, with its draft and both its
legs; what was said while the disk was full is in no recording, and that alone is forgiven.
"""

import argparse
import json
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from chaos.city import City, CityFailed, kill
from chaos.disk import Disk, NoDisk
from komek.adapters.asterisk import binaries
from komek.adapters.asterisk.simulating import replay

OUT = Path(__file__).with_name("out") / "telephone.json"
PROGRAMS = ("web", "stream", "worker", "phones")
# Talks last a minute: an hour's arrivals are shortened to a quarter.
SPEED = 4
AN_HOUR = 356.0
TALK_AND_WRAP_UP = 270.0 / SPEED
SETTLED_SECONDS = 240.0
KICK_EVERY = 0.5
# In bytes of A-law: half a second.
SHORTEST_LEG = 4_000
MEGABYTES = 6_000
GAP = 4.0

KNOWN = "SELECT unique_id, contact_id, answered_at IS NOT NULL FROM calls_call"
DRAFTS = "SELECT contact_id FROM intake_draft"
GONE = "SELECT count(*) FROM calls_journalentry WHERE what = 'gone'"


@dataclass
class Outcome:
    """What happened, and what is wrong afterwards."""

    happened: list[str] = field(default_factory=list)
    at_once: list[int] = field(default_factory=list)
    calls: int = 0
    answered: int = 0
    wrong: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    # Since when and until when nothing could be written, in seconds of the clock.
    full: tuple[float, float] = (0.0, 0.0)


def main(words: Sequence[str]) -> int:
    """Found a city with a telephone, have people ring, break things, and count."""
    parser = argparse.ArgumentParser(prog="python -m chaos --telephone", description="Calls go on whatever is killed.")
    parser.add_argument("--calls", type=int, default=60, help="calls at once (60)")
    parser.add_argument("--cut", type=float, default=120.0, help="seconds for which the manager interface is cut (120)")
    parser.add_argument("--full", type=float, default=15.0, help="seconds for which the disk is full (15)")
    parser.add_argument("--rounds", type=int, default=2, help="how often each program is killed (2)")
    parser.add_argument("--postgres", type=int, default=5, help="how often PostgreSQL is killed (5)")
    chosen = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="komek-chaos-", ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        # The database has an account of its own, which must find its way through.
        work.chmod(0o711)
        disk = None
        try:
            disk = Disk(work / "disk.img", work / "disk", megabytes=MEGABYTES)
        except NoDisk as missing:
            _say(f"without a full disk: {missing}")
        extra = {"KOMEK_PHONES": "", "KOMEK_SIP_SOUND": "13000-13999"}
        city = City((disk.place if disk else work) / "home", _ports(), extra=extra)
        city.home.mkdir()
        (city.home / "benchmark.json").touch()
        try:
            _say("a city with a telephone is founded …")
            city.found()
            outcome = _try(city, chosen, disk)
        finally:
            city.komek("down", check=False)
            if disk:
                disk.unmount()
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(asdict(outcome), indent=1) + "\n")
    _say("\n".join(["", *outcome.told]))
    _say(f"\n{len(outcome.happened)} faults under {min(outcome.at_once)} to {max(outcome.at_once)} calls at once;")
    _say(f"{outcome.calls} calls came into a queue, {outcome.answered} were answered.")
    for what in outcome.wrong:
        _say(f"WRONG: {what}")
    _say("nothing was lost" if not outcome.wrong else "")
    return int(bool(outcome.wrong))


def _try(city: City, chosen: argparse.Namespace, disk: Disk | None) -> Outcome:
    outcome = Outcome()
    journal = city.home / "phones" / "log" / "queue_log"
    faults = list(_faults(city, chosen))
    if disk:
        faults.append((f"the disk is full for {chosen.full:.0f} s", lambda: _fill(disk, chosen.full, outcome)))
    # Each fault is followed by a pause; what is killed needs a moment of its own.
    seconds = len(faults) * (GAP + 14) + chosen.cut + 120
    people = [
        *("phones", "simulate", "--profile", "day", "--seed", "1", "--speed", str(SPEED)),
        *("--seconds", str(int(seconds * SPEED)), "--operators", str(min(60, chosen.calls))),
        # More than everybody at work can answer: somebody always waits.
        *("--scale", f"{1.3 * min(60, chosen.calls) / TALK_AND_WRAP_UP * 3600 / AN_HOUR / SPEED:.2f}"),
    ]
    command = [sys.executable, "-m", "komek.config.cli", *people]
    with subprocess.Popen(command, env=city.environment, stdout=subprocess.PIPE, text=True) as ringing:
        try:
            _wait(lambda: _at_once(journal) >= chosen.calls * 0.8, seconds=180, what="enough calls at once")
            for name, inject in faults:
                calls = _at_once(journal)
                inject()
                outcome.at_once.append(calls)
                outcome.happened.append(name)
                _say(f"{name}, under {calls} calls")
                time.sleep(GAP)
                _wait(city.is_ready, seconds=120, what="a city that is ready again")
            told, _ = ringing.communicate(timeout=seconds + 600)
        finally:
            ringing.kill()
    outcome.told = told.splitlines()
    _judge(city, journal, outcome)
    return outcome


def _faults(city: City, chosen: argparse.Namespace) -> Iterator[tuple[str, Callable[[], object]]]:
    for _ in range(chosen.rounds):
        for program in PROGRAMS:
            yield f"kill -9 of {program}", lambda program=program: kill(city.leader(program))
        yield "kill -9 of the supervisor", lambda: (kill(city.supervisor()), city.up())
    for _ in range(chosen.postgres):
        yield "kill -9 of PostgreSQL", lambda: kill(city.leader("postgres"))
    yield f"the manager interface cut for {chosen.cut:.0f} s", lambda: _cut(city, chosen.cut)
    yield f"our ear stopped for {chosen.cut / 4:.0f} s", lambda: _hang(city, chosen.cut / 4)


def _cut(city: City, seconds: float) -> None:
    """The switch hangs up on us again and again."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for row in (line.split() for line in _console(city, "manager show connected").splitlines()):
            if row[:1] == ["komek"]:
                _console(city, f"manager kick session {row[4]}")
        time.sleep(KICK_EVERY)


def _fill(disk: Disk, seconds: float, outcome: Outcome) -> None:
    began = time.time()
    disk.fill()
    time.sleep(seconds)
    disk.relieve()
    outcome.full = (began, time.time())


def _hang(city: City, seconds: float) -> None:
    pid = city.leader("phones")
    kill(pid, signal.SIGSTOP)
    time.sleep(seconds)
    kill(pid, signal.SIGCONT)


def _console(city: City, command: str) -> str:
    asterisk = binaries.find(binaries.place())
    conf = city.home / "phones" / "etc" / "asterisk.conf"
    done = subprocess.run(
        [*asterisk.command, "-C", str(conf), "-rx", command], capture_output=True, text=True, check=False
    )
    return done.stdout


def _judge(city: City, journal: Path, outcome: Outcome) -> None:
    """Hold what is known here against the journal, once all of it is read."""
    gone = journal.read_text(errors="replace").count("|GONE|")
    with closing(city.database()) as database:
        _wait(
            lambda: (database.execute(GONE).fetchone() or (0,))[0] >= gone,
            seconds=SETTLED_SECONDS,
            what="a journal that is read to its end",
        )
        known = {
            str(one): (int(contact), bool(answered)) for one, contact, answered in database.execute(KNOWN).fetchall()
        }
        drafts = {contact for (contact,) in database.execute(DRAFTS).fetchall()}
    calls = [call for call in replay.stories(journal) if "ENTERQUEUE" in call.at]
    answered = [call.call for call in calls if "CONNECT" in call.at]
    outcome.calls, outcome.answered = len(calls), len(answered)
    since, until = outcome.full
    unforgiven = [call for call in calls if min(call.at.values()) > until or max(call.at.values()) < since]
    legs = {path.name: path.stat().st_size for path in (city.home / "phones" / "raw").glob("*.alaw")}
    checks = {
        "not known here": [call.call for call in calls if call.call not in known],
        "answered, and not known to be": [one for one in answered if not known.get(one, (0, False))[1]],
        "without a draft": [one for one in answered if known.get(one, (0, False))[0] not in drafts],
        "without both legs": [
            call.call
            for call in unforgiven
            if any(legs.get(f"{call.call}-{leg}.alaw", 0) < SHORTEST_LEG for leg in ("rx", "tx"))
        ],
    }
    outcome.wrong += [
        f"{len(found)} calls are {name}: {', '.join(found[:5])}" for name, found in checks.items() if found
    ]
    for line in outcome.told:
        name, _, number = line.rpartition(" ")
        if name.strip() in {"cut off", "failed set-ups"} and number != "0":
            outcome.wrong.append(" ".join(line.split()))
    if not outcome.told:
        outcome.wrong.append("those who rang have said nothing")


def _at_once(journal: Path) -> int:
    with suppress(FileNotFoundError):
        return sum(call.stands in {"waiting", "talking"} for call in replay.stories(journal))
    return 0


def _wait(true: Callable[[], bool], *, seconds: float, what: str) -> None:
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            raise CityFailed(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.2)


def _ports() -> int:
    """The first of eight neighbouring ports that are free, below those that the kernel lends."""
    for port in range(18_100, 19_900, 10):
        with suppress(OSError):
            for one in range(port, port + 8):
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                    with closing(socket.socket(socket.AF_INET, kind)) as probe:
                        probe.bind(("127.0.0.1", one))
            return port
    raise CityFailed("no eight free ports")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
