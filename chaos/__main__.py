"""`python -m chaos --faults 50 --seed 1`."""

import argparse
import random
import sys
import tempfile
import threading
import time
from pathlib import Path

from chaos import inside, screens, telephone
from chaos.browser import Browser
from chaos.city import City, CityFailed, free_ports
from chaos.clients import Crowd
from chaos.clock import Clock, NoClock
from chaos.disk import Disk, NoDisk
from chaos.faults import FAULTS, Stage, drawn
from chaos.journal import Journal
from chaos.trial import Outcome, Trial, table
from chaos.wire import Wire

OUT = Path(__file__).with_name("out")


def main() -> int:
    """Prepare a world, found a city in it, try it, and say what came of it."""
    if "--telephone" in sys.argv:
        return telephone.main([word for word in sys.argv[1:] if word != "--telephone"])
    chosen = _chosen()
    is_inside = inside.enter()
    skipped = [] if is_inside else ["no world of its own: run as root where `unshare` is allowed"]
    with tempfile.TemporaryDirectory(prefix="komek-chaos-", ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        # The database has an account of its own, which must find its way through.
        work.chmod(0o711)
        outcome = _try(chosen, work, is_inside=is_inside, skipped=skipped)
    path = outcome.write(OUT)
    print(f"\n{table(outcome.faults)}\n")
    print(f"promised and checked: {', '.join(f'{count} {name}' for name, count in outcome.checked.items())}")
    print(f"answers: {', '.join(f'{status}: {count}' for status, count in sorted(outcome.statuses.items()))}")
    for language, sentences in outcome.sentences.items():
        print(f"refused in {language}: {' | '.join(sentences)}")
    for what in outcome.skipped:
        print(f"SKIPPED: {what}")
    print(f"written to {path}")
    if outcome.is_clean:
        print(f"{len(outcome.faults)} faults, nothing lost, nothing twice.")
        return 0
    print(f"\n{len(outcome.wrong)} THINGS ARE WRONG:")
    for what in outcome.wrong:
        print(f"  {what}")
    return 1


def _chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m chaos", description="A city under load, and faults by a seed.")
    parser.add_argument("--faults", type=int, default=50, help="how many faults (50)")
    parser.add_argument("--seed", type=int, default=1, help="which faults, and when (1)")
    parser.add_argument("--rate", type=float, default=20.0, help="registrations a second (20)")
    parser.add_argument("--only", default="", help="names of faults, with commas; all")
    parser.add_argument("--gap", type=float, nargs=2, default=(2.0, 6.0), help="seconds of ordinary life before each")
    parser.add_argument("--cut", type=float, default=60.0, help="seconds for which the stream is cut (60)")
    parser.add_argument("--full", type=float, default=15.0, help="seconds for which the disk is full (15)")
    parser.add_argument("--disk", type=int, default=6_000, help="size of the city's disk in MB (6000)")
    parser.add_argument(
        "--reserve", type=int, help="MB that the city keeps back; without it, none for every second seed, else as usual"
    )
    parser.add_argument("--telephone", action="store_true", help="the telephone instead: see chaos/telephone.py")
    parser.add_argument("--keep", type=Path, help="keep the city's logs, the journal and a backup here")
    return parser.parse_args()


def _try(chosen: argparse.Namespace, work: Path, *, is_inside: bool, skipped: list[str]) -> Outcome:
    disk, clock = None, None
    if is_inside:
        try:
            disk = Disk(work / "disk.img", work / "disk", megabytes=chosen.disk)
        except NoDisk as missing:
            skipped.append(f"full-disk: {missing}")
    else:
        skipped.append("full-disk: mounting needs a world of its own")
    try:
        clock = Clock(work)
    except NoClock as missing:
        skipped.append(f"clock-ahead, clock-back: {missing}")
    city = City((disk.place if disk else work) / "home", free_ports(), extra=_extra(chosen, clock))
    began = time.monotonic()
    journal = Journal(work / "journal.jsonl")
    crowd = Crowd(city, journal, chosen.seed, chosen.rate)
    try:
        _say("a city is founded …")
        city.found()
        wire = Wire(to=city.stream_port)
        stage = Stage(city, wire, disk, clock, random.Random(f"{chosen.seed}:stage"), chosen.cut, chosen.full)
        wanted = {name.strip() for name in chosen.only.split(",") if name.strip()}
        possible = [fault for fault in FAULTS if fault.is_possible(stage) and (not wanted or fault.name in wanted)]
        open_screens = screens.open_all(city, wire.port, Browser(city.port, crowd.manners, threading.Event()))
        trial = Trial(stage, crowd, open_screens, say=_say)
        _say(f"{city.url} is up after {time.monotonic() - began:.0f} s; {chosen.rate:g} registrations a second begin")
        crowd.begin()
        try:
            trial.run(drawn(chosen.faults, seed=chosen.seed, among=possible), gap=chosen.gap)
        except CityFailed as failure:
            _say(f"the trial ends early: {failure}")
        lasted = time.monotonic() - trial.began
        trial.settle()
        wrong, checked = trial.account()
        return Outcome(
            seed=chosen.seed,
            seconds=round(lasted, 1),
            rate=round(crowd.done["registered"] / lasted, 2),
            faults=trial.happened,
            done=dict(crowd.done),
            statuses=dict(crowd.manners.statuses),
            sentences={language: sorted(told) for language, told in crowd.manners.sentences.items()},
            wrong=wrong,
            checked=checked,
            skipped=skipped,
        )
    finally:
        if chosen.keep:
            _keep(city, journal, chosen.keep)
        city.komek("down", check=False)
        if disk:
            disk.unmount()


def _extra(chosen: argparse.Namespace, clock: Clock | None) -> dict[str, str]:
    """What the city's processes are told besides: their clock, and whether the disk may run full under the database."""
    told = dict(clock.environment) if clock else {}
    reserve = chosen.reserve if chosen.reserve is not None else (0 if chosen.seed % 2 == 0 else None)
    return told if reserve is None else told | {"KOMEK_DISK_RESERVE": str(reserve)}


def _keep(city: City, journal: Journal, place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True)
    for path in [*sorted((city.home / "logs").glob("*")), journal.path]:
        (place / path.name).write_bytes(path.read_bytes())
    city.komek("backup", str(place / "city.backup"), check=False)


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
