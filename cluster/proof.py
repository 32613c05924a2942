"""The proof: hosts die and are cut off under load, and nothing that was acknowledged may be lost."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg

from cluster import ledger
from cluster.city import City
from cluster.clients import acknowledged, refusals
from cluster.hosts import Host, heal, partition, until
from cluster.timeline import Timeline, watch_all

BACK_IN_SECONDS = 30.0
SCREENS_BACK_IN_SECONDS = 30.0
SCREENS = 6
CALM_SECONDS = 20.0


@dataclass
class Figure:
    """One number, and what it may be at most."""

    value: float
    unit: str
    bar: float | None = None

    @property
    def is_good(self) -> bool:
        """Whether it keeps to its bar."""
        return self.bar is None or self.value <= self.bar


@dataclass
class Case:
    """What was done, what was seen, and what should not have been."""

    name: str
    done: str
    figures: dict[str, Figure] = field(default_factory=dict)
    timeline: list[tuple[float, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def figure(self, name: str, value: float, unit: str, bar: float | None = None) -> None:
        """Keep a figure; one beyond its bar is a fault."""
        self.figures[name] = Figure(round(value, 2), unit, bar)
        if not self.figures[name].is_good:
            self.faults.append(f"{name}: {value:.2f} {unit}, at most {bar:g}")

    def told(self) -> str:
        """The case for people."""
        lines = [f"\n== {self.name}: {self.done}"]
        lines += [f"  {at:+8.2f} s  {what}" for at, what in self.timeline]
        for name, figure in self.figures.items():
            bar = f"  (at most {figure.bar:g})" if figure.bar is not None else ""
            lines.append(f"  {name:<44} {figure.value:>10g} {figure.unit}{bar}")
        lines += [f"  FAULT: {fault}" for fault in self.faults]
        return "\n".join(lines)

    def keep(self, out: Path) -> None:
        """Write it for programs."""
        out.mkdir(parents=True, exist_ok=True)
        kept = {
            "done": self.done,
            "figures": {name: vars(figure) for name, figure in self.figures.items()},
            "timeline": [{"second": at, "what": what} for at, what in self.timeline],
            "faults": self.faults,
        }
        (out / f"{self.name}.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


class Proof:
    """One city, and one case after the other."""

    def __init__(self, city: City, *, rate: float, brief: bool, out: Path, say: Callable[[str], None]) -> None:
        self.city = city
        self.rate = rate
        # How long a case goes on after the service is back, so that what comes late is seen too.
        self.afterwards = 2.0 if brief else 5.0
        self.brief = brief
        self.say = say
        self.out = out
        self.timeline = Timeline()
        self.cases: list[Case] = []
        self.journal = Path()
        self.screens = Path()

    def run(self, wanted: Sequence[str]) -> list[str]:
        """Build the city, go through the cases under load, close the books; gives all faults."""
        self._end(self._building())
        self.say(f"load: {self.rate:g} registrations a second, {SCREENS} live screens")
        watch = watch_all(self.timeline, self.city.databases, self.city.nodes, self.city.proxy)
        with ExitStack() as programs:
            programs.callback(watch.stop)
            self.screens = programs.enter_context(self.city.looking_on(SCREENS))
            with self.city.registering(rate=self.rate) as self.journal:
                until("the first answers", lambda: len(acknowledged(self.journal)) > self.rate, seconds=60)
                until("the first screens", lambda: len(_screens(self.screens)) == SCREENS, seconds=60)
                if not self.brief:
                    self._end(self.calm())
                for name in wanted:
                    self._end(CASES[name](self))
            self._end(self._closing())
        return [f"{case.name}: {fault}" for case in self.cases for fault in case.faults]

    def _end(self, case: Case) -> None:
        case.keep(self.out)
        self.cases.append(case)
        self.say(case.told())

    def _building(self) -> Case:
        case = Case("build", "three database hosts, two nodes, files, proxy; both nodes prepare the database at once")
        for part, seconds in self.city.build().items():
            case.figure(part, seconds, "s")
        applied = self.city.migrations()
        case.figure("migrations", len(set(applied)), "")
        case.figure("migrations applied twice", len(applied) - len(set(applied)), "", 0)
        if not self.city.photo_seen_by_both():
            case.faults.append("a photo sent to one node is not shown by the other")
        return case

    def calm(self) -> Case:
        """What a card costs while nothing breaks: the figures that the arithmetic of growth begins with."""
        city, url = self.city, self.city.databases.superuser_url
        primary = city.databases.primary()
        roles = {
            "nodes": [node.host for node in city.nodes],
            "the primary": [primary],
            "a standby": [host for host in city.databases.hosts if host is not primary],
        }
        case = Case("calm", f"{CALM_SECONDS:.0f} s of {self.rate:g} registrations a second while nothing breaks")

        def meters() -> dict[str, float]:
            return {
                name: sum(host.cpu_seconds() for host in hosts) / _each(name, hosts) for name, hosts in roles.items()
            }

        began, cards, (log, size), cpu = time.time(), len(acknowledged(self.journal)), ledger.size(url), meters()
        time.sleep(CALM_SECONDS)
        told = acknowledged(self.journal)[cards:]
        (log_after, size_after), cpu_after = ledger.size(url), meters()
        case.figure("acknowledged", len(told) / (time.time() - began), "cards a second")
        took = sorted(float(str(one["took"])) for one in told)
        case.figure("answered within, half of them", took[len(took) // 2] * 1000, "ms")
        case.figure("answered within, 99 of 100", took[len(took) * 99 // 100] * 1000, "ms")
        for name in roles:
            case.figure(f"processor time a card, {name}", (cpu_after[name] - cpu[name]) * 1000 / len(told), "ms")
        case.figure("log of changes a card", (log_after - log) / 1024 / len(told), "kB")
        case.figure("database a card", (size_after - size) / 1024 / len(told), "kB")
        case.figure("memory of a node", max(host.megabytes() for host in roles["nodes"]), "MB")
        case.figure("memory of the primary's host", primary.megabytes(), "MB")
        return case

    def power(self) -> Case:
        """The primary's host loses its power under load, and comes back later."""
        databases = self.city.databases
        lost = databases.primary()
        case = Case("power", f"kill -9 of everything on {lost.name}, the primary's host, with its link down")
        began = self.timeline.note(f"power of {lost.name} is cut")
        lost.power_off()
        self._back(case, began, seconds=BACK_IN_SECONDS)
        self._await(case, "a standby is synchronous", databases.synchronous, seconds=60)
        self.timeline.note(f"{databases.synchronous()} is the synchronous standby")
        if not self.brief:
            self._bring_back(case, lost)
        self._look_back(case, began)
        return case

    def standby(self) -> Case:
        """The host of the synchronous standby loses its power: commits wait until another one confirms them."""
        databases = self.city.databases
        name = databases.synchronous()
        lost = next(host for host in databases.hosts if host.name == name)
        case = Case("standby", f"kill -9 of everything on {name}, the synchronous standby's host, with its link down")
        began = self.timeline.note(f"power of {name} is cut")
        lost.power_off()
        self._back(case, began, seconds=BACK_IN_SECONDS)
        self._await(
            case, "another standby is synchronous", lambda: databases.synchronous() not in {"", name}, seconds=60
        )
        self.timeline.note(f"{databases.synchronous()} is the synchronous standby")
        self._bring_back(case, lost)
        self._look_back(case, began)
        return case

    def partition(self) -> Case:
        """The primary and one node are cut off together, alive, with clients of their own; then the cut heals."""
        city, databases = self.city, self.city.databases
        cut, node = databases.primary(), city.nodes[0]
        case = Case(
            "partition",
            f"the links of {cut.name}, the primary, and {node.host.name} are cut off from all others, both ways; "
            f"clients go on writing at {node.host.name} and at {cut.name} itself",
        )
        with ExitStack() as programs:
            far = programs.enter_context(city.registering(rate=5, at=node.host, to=f"http://{node.host.address}:8109"))
            self._await(case, "clients on that side are answered", lambda: len(acknowledged(far)) > 5, seconds=30)  # noqa: PLR2004
            began = self.timeline.note(f"{cut.name} and {node.host.name} are cut off")
            partition([cut, node.host])
            wrote = programs.enter_context(city.intruding(cut))
            self._back(case, began, seconds=BACK_IN_SECONDS)
            time.sleep(self.afterwards)
            healed = self.timeline.note(f"{cut.name} and {node.host.name} are reached again")
            heal([cut, node.host])
            self._await(case, "the old primary follows the new one", databases.is_whole, seconds=90)
            self.timeline.note(f"{cut.name} follows as a standby")
            self._await(case, "its node serves again", city.is_served, seconds=60)
            self.timeline.note(f"{node.host.name} serves again")
            time.sleep(self.afterwards)
        self._look_back(case, began)
        # An answer may be on its way at the moment of the cut; on the far side it arrives within the blink of a round trip.
        while_cut = [told for told in acknowledged(far) if began + 0.25 < float(str(told["at"])) < healed]
        case.figure("acknowledged on the far side while cut off", len(while_cut), "cards", 0)
        case.figure("acknowledged by its node after healing", len([t for t in acknowledged(far) if t["at"] > healed]), "cards")  # type: ignore[operator]  # fmt: skip
        tries = [told for line in wrote.read_text().splitlines() if "said" in (told := json.loads(line))]
        for moment, some in (
            ("while cut off", [told for told in tries if told["began"] < healed]),
            ("after healing", [told for told in tries if told["began"] >= healed]),
        ):
            case.figure(f"writes tried at the old primary {moment}", len(some), "")
            case.figure(
                f"writes it accepted {moment}", len([told for told in some if told["said"] == "accepted"]), "", 0
            )
        for told in tries:
            if told["said"].startswith("25006"):
                case.figure("the old primary refuses to write after", told["at"] - began, "s")
                break
        for said, count in sorted(_counted(told["said"] for told in tries).items()):
            case.figure(f"said: {said[:80]}", count, "times")
        case.figure("rows of those writes anywhere", self._intruded(), "rows", 0)
        return case

    def node(self) -> Case:
        """A node's host loses its power: the proxy moves on, the screens come back on the other node."""
        node = self.city.nodes[-1]
        case = Case("node", f"kill -9 of everything on {node.host.name}, with its link down")
        began = self.timeline.note(f"power of {node.host.name} is cut")
        node.host.power_off()
        self._back(case, began, seconds=BACK_IN_SECONDS)
        self._await(
            case,
            "the proxy has seen it",
            lambda: "UP" not in {state for (_, name), state in self.city.proxy.states().items() if name == node.host.name},
            seconds=30,
        )  # fmt: skip
        self._await(case, "all screens are open", lambda: _all_open(self.screens), seconds=60)
        node.host.boot()
        node.start()
        self._await(case, "the proxy sends to it again", self.city.is_served, seconds=90)
        self.timeline.note(f"{node.host.name} serves again")
        self._look_back(case, began)
        away = _screens_away(self.screens, began)
        case.figure("screens that lost their stream", len(away), "screens")
        case.figure("longest without a stream", max(away, default=0.0), "s", SCREENS_BACK_IN_SECONDS)
        return case

    def _bring_back(self, case: Case, lost: Host) -> None:
        """Give a database host its power back, and wait until it follows the primary of today."""
        self.timeline.note(f"{lost.name} has power again")
        lost.boot()
        self.city.databases.start_on(lost)
        self._await(case, "it follows as a standby", self.city.databases.is_whole, seconds=90)
        self.timeline.note(f"{lost.name} follows as a standby")

    def _back(self, case: Case, began: float, *, seconds: float) -> None:
        """Wait until the residents are answered again, and measure how long they were not."""

        def is_back() -> bool:
            answers = [at for at in _times(self.journal) if at > began]
            return len([at for at in answers if at > time.time() - 2]) >= self.rate and time.time() - began > 3  # noqa: PLR2004

        self._await(case, "residents are answered again", is_back, seconds=90)
        time.sleep(self.afterwards)
        last, first = _gap(_times(self.journal), began)
        self.timeline.note("last answer before", last)
        self.timeline.note("first answer after", first)
        case.figure("last answer before", last - began, "s")
        case.figure("service back after", first - began, "s", seconds)
        case.figure("without an answer", first - last, "s")

    def _await(self, case: Case, what: str, true: Callable[[], object], *, seconds: float) -> None:
        """Wait until it is true; what does not become true is a fault of the case, whose books are compared all the same."""
        try:
            until(what, true, seconds=seconds)
        except TimeoutError as late:
            case.faults.append(str(late))

    def _look_back(self, case: Case, began: float) -> None:
        case.timeline = self.timeline.since(began - 1)
        case.timeline = [(round(at - 1, 2), what) for at, what in case.timeline]
        books = ledger.compare(self.city.databases.superuser_url, self.city.acknowledged())
        case.figure("acknowledged since the beginning", books.acknowledged, "cards")
        case.figure("acknowledged and lost", len(books.lost), "cards", 0)
        case.figure("acknowledged and there twice", len(books.doubled), "cards", 0)

    def _intruded(self) -> int:
        found = 0
        for host in self.city.databases.hosts:
            with psycopg.connect(self.city.databases.url_of(host)) as connection:
                row = connection.execute("SELECT count(*) FROM intruder").fetchone()
            found += int(row[0]) if row else 0
        return found

    def _closing(self) -> Case:
        case = Case("books", "all is quiet: every journal is held against the database, every screen against the log")
        self.city.settle()
        books = ledger.compare(self.city.databases.superuser_url, self.city.acknowledged())
        case.figure("acknowledged", books.acknowledged, "cards")
        case.figure("lost", len(books.lost), "cards", 0)
        case.figure("there twice", len(books.doubled), "cards", 0)
        case.figure("without a service", len(books.without_service), "cards", 0)
        for status, count in sorted(books.jobs.items()):
            case.figure(f"jobs {status}", count, "jobs", 0 if status == "failed" else None)
        shown = self.city.last_shown()
        with suppress(TimeoutError):
            until("all screens have heard the last", lambda: not _behind(self.screens, shown), seconds=30)
        case.figure("screens", len(_screens(self.screens)), "screens")
        case.figure("screens behind the log", len(_behind(self.screens, shown)), "screens", 0)
        for journal in self.city.journals:
            for reason, count in sorted(refusals(journal).items()):
                case.figure(f"refused to {journal.stem.split('-')[0]}: {reason}", count, "times")
        return case


CASES: Mapping[str, Callable[[Proof], Case]] = {
    "power": Proof.power,
    "standby": Proof.standby,
    "partition": Proof.partition,
    "node": Proof.node,
}


def _times(journal: Path) -> list[float]:
    return sorted(float(str(told["at"])) for told in acknowledged(journal))


def _gap(times: Sequence[float], began: float) -> tuple[float, float]:
    """The longest silence around and after a moment: the last answer before it and the first one after."""
    seen = [at for at in times if at > began - 2]
    pairs = [(one, other) for one, other in pairwise(seen) if other > began]
    return max(pairs, key=lambda pair: pair[1] - pair[0])


def _lines(journal: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in journal.read_text().split("\n")[:-1]] if journal.exists() else []


def _screens(journal: Path) -> dict[int, dict[str, Any]]:
    """The last thing that each screen noted."""
    return {line["screen"]: line for line in _lines(journal)}


def _each(role: str, hosts: Sequence[Host]) -> int:
    """Nodes share one card's work, every standby does all of it."""
    return 1 if role == "nodes" else len(hosts)


def _behind(journal: Path, event: int) -> list[int]:
    """The screens that have not heard of this event or a later one; two that end together may be told in any order."""
    newest: dict[int, int] = {}
    for line in _lines(journal):
        newest[line["screen"]] = max(newest.get(line["screen"], 0), line["event"])
    return [screen for screen, heard in newest.items() if heard < event]


def _all_open(journal: Path) -> bool:
    return all(not line["what"].startswith("lost") for line in _screens(journal).values())


def _screens_away(journal: Path, began: float) -> list[float]:
    """For each screen that lost its stream after this moment, how long it was without one, from the moment itself."""
    away: dict[int, float | None] = {}
    for line in _lines(journal):
        if line["at"] < began:
            continue
        if line["what"].startswith("lost"):
            away.setdefault(line["screen"], None)
        elif line["what"] == "open" and away.get(line["screen"], 0) is None:
            away[line["screen"]] = line["at"] - began
    return [seconds if seconds is not None else float("inf") for seconds in away.values()]


def _counted(said: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in said:
        found[one] = found.get(one, 0) + 1
    return found
