"""One trial: a city under load, fault after fault, each until everything works again; then everything is held to account."""

import json
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from chaos import checker
from chaos.browser import Answer, Lost, Stopped, until_answered
from chaos.city import City, CityFailed
from chaos.clients import Crowd
from chaos.disk import NoDisk
from chaos.faults import Fault, NotMet, Stage
from chaos.screens import Screen

# A city that is not back after this has not come back by itself.
RECOVERY_SECONDS = 120.0
# Longest of what may still be under way: a message that a killed worker was sending is sent again within three minutes.
SETTLING_SECONDS = 240.0
_LOOK_EVERY = 0.2
_QUIET_SECONDS = 3.0
_TRIES = 3


@dataclass
class Happened:
    """One fault and how the city took it."""

    number: int
    fault: str
    what: str
    at: float
    note: str = ""
    held: float = 0.0
    recovered: dict[str, float] = field(default_factory=dict)
    met: bool = True
    failure: str = ""


@dataclass
class Outcome:
    """Everything that came of a trial."""

    seed: int
    seconds: float
    rate: float
    faults: list[Happened]
    done: dict[str, int]
    statuses: dict[str, int]
    sentences: dict[str, list[str]]
    wrong: list[str]
    checked: dict[str, int]
    skipped: list[str]

    @property
    def is_clean(self) -> bool:
        return not self.wrong

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"seed-{self.seed}.json"
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1))
        return path


class Trial:
    """Runs the faults against a city that is up, with its crowd at work and its screens open."""

    def __init__(
        self,
        stage: Stage,
        crowd: Crowd,
        open_screens: Sequence[Screen],
        *,
        say: Callable[[str], None],
    ) -> None:
        self.stage = stage
        self.city: City = stage.city
        self.crowd = crowd
        self.screens = open_screens
        self.say = say
        self.began = time.monotonic()
        self.wrong: list[str] = []
        self.happened: list[Happened] = []

    def run(self, faults: Sequence[Fault], *, gap: tuple[float, float]) -> None:
        """Inject one after the other, with a while of ordinary life before each."""
        dice = random.Random(f"{self.crowd.seed}:gaps")
        for number, fault in enumerate(faults, 1):
            time.sleep(dice.uniform(*gap))
            self._one(Happened(number, fault.name, fault.what, self._clock()), fault)

    def settle(self) -> None:
        """End the load and wait until nothing is under way any more."""
        self.crowd.end()
        if self.stage.clock is not None:
            self.stage.clock.set(0)
        deadline = time.monotonic() + SETTLING_SECONDS
        left: dict[str, int] = {"?": 1}
        quiet_since = None
        while time.monotonic() < deadline:
            with suppress(psycopg.Error):
                left = self._under_way()
            quiet_since = (quiet_since or time.monotonic()) if not any(left.values()) else None
            if quiet_since is not None and time.monotonic() - quiet_since > _QUIET_SECONDS:
                break
            time.sleep(_LOOK_EVERY)
        else:
            told = ", ".join(f"{count} {name}" for name, count in left.items() if count)
            self.wrong.append(f"after {SETTLING_SECONDS:.0f} s there is still under way: {told}")
        self.say(f"{self._stamp()}  settled; under way: {left}")

    def account(self, *, patience: str = "") -> tuple[list[str], dict[str, int]]:
        """Hold what was told against what is there; ask the city's own checker too."""
        wrong = [*self.wrong]
        wrong += [f"rude, {times} times: {what}" for what, times in self.crowd.manners.rude.most_common()]
        wrong += [f"odd: {one}" for one in self.crowd.odd]
        with self.city.database() as connection:
            found, counts = checker.check(self.crowd.journal.path, connection, self.city.home / "files", self.screens)
        wrong += found
        verified = self.city.komek("verify", "--files", "--numbers", "--json", check=False)
        # The log of the command may stand before its answer.
        verdict = json.loads(verified.stdout[verified.stdout.index("{\n") :])
        wrong += [f"komek verify: {one['what']}: {one['count']} {one['examples']}" for one in verdict["findings"]]
        if verified.returncode != (0 if verdict["in_order"] else 1):
            wrong.append(f"komek verify ended with {verified.returncode}: {verified.stderr}")
        self.say(f"{self._stamp()}  komek verify looked at {verdict['counts']}")
        for remark in verdict["remarks"]:
            self.say(f"{self._stamp()}  worth a look: {remark['what']}: {remark['count']} {remark['examples']}")
        return wrong, counts

    def _one(self, event: Happened, fault: Fault) -> None:
        self.happened.append(event)
        began = time.monotonic()
        try:
            event.note = self._injected(fault)
        except NotMet as missed:
            event.met, event.note = False, f"MISSED: {missed}"
            self.wrong.append(f"fault {event.number}, {fault.name}, never happened: {missed}")
        except (CityFailed, NoDisk, OSError, psycopg.Error) as failure:
            event.failure = str(failure)
            self.wrong.append(f"fault {event.number}, {fault.name}: {failure}")
        event.held = round(time.monotonic() - began, 1)
        event.recovered = self._recovered()
        if not event.recovered:
            event.failure = event.failure or f"not back after {RECOVERY_SECONDS:.0f} s"
            self.wrong.append(f"fault {event.number}, {fault.name}: {event.failure}")
        back = f"back in {max(event.recovered.values()):5.1f} s" if event.recovered else "NOT BACK"
        parts = ", ".join(f"{name} {seconds:.1f}" for name, seconds in event.recovered.items())
        self.say(f"{self._stamp()}  {event.number:>3} {fault.name:<19} {back}  ({parts})  {event.note}")
        if event.failure:
            raise CityFailed(event.failure)

    def _injected(self, fault: Fault) -> str:
        """Inject it; the moment that it needs may not come at the first try."""
        for _ in range(_TRIES):
            with suppress(NotMet):
                return fault.inject(self.stage)
        return fault.inject(self.stage)

    def _recovered(self) -> dict[str, float]:
        """Seconds until the city answers, takes a card, does its job and tells the screens; nothing when it does not."""
        began = time.monotonic()
        deadline = began + RECOVERY_SECONDS
        times: dict[str, float] = {}
        steps = (("answers", self._answers), ("card", self._card), ("job", self._job), ("screen", self._heard))
        self._probe: dict[str, Any] = {}
        for name, step in steps:
            while not step():
                if time.monotonic() > deadline:
                    self.say(f"{self._stamp()}      still no {name}")
                    return {}
                time.sleep(_LOOK_EVERY / 2)
            times[name] = round(time.monotonic() - began, 2)
        return times

    def _answers(self) -> bool:
        return self.city.is_ready()

    def _card(self) -> bool:
        """A card of our own, by the API; the journal holds it like any other."""
        key = self.city.keys[-1]
        web = self.crowd.browser("en", headers={"Authorization": f"Bearer {key}"})
        if not self._probe:
            mark = f"probe-{len(self.happened)}-{time.monotonic_ns()}"
            self._probe = {"outer_id": mark, "text": f"Probe {mark}", "language": "en", "topic_code": "WAT-05"}
            self.crowd.journal.sent("card", way="api", key=mark, text=self._probe["text"])
        try:
            answer: Answer = web.post_json("/api/v1/contacts", self._probe)
        except (Lost, Stopped):
            return False
        if not until_answered(201)(answer):
            return False
        self._number = answer.json["number"]
        self._asked_at = time.time()
        told = {"key": self._probe["outer_id"], "number": self._number, "text": self._probe["text"]}
        self.crowd.journal.told("card", way="api", routed=True, **told)
        return True

    def _job(self) -> bool:
        """The worker has done what follows: the resident was told, and the card was counted."""
        asked = """
            SELECT 1 FROM cards_card card
            WHERE number = %s AND EXISTS (SELECT FROM feedback_notice notice WHERE notice.card_id = card.id)
              AND EXISTS (SELECT FROM analytics_cardstory story WHERE story.card_id = card.id)
        """
        try:
            with self.city.database() as connection:
                return connection.execute(asked, [self._number]).fetchone() is not None
        except psycopg.Error:
            return False

    def _heard(self) -> bool:
        """A screen of the second line was told of something since."""
        return any(
            event.at >= self._asked_at - 1 and ("board" in event.topics or event.name == "resync")
            for screen in self.screens
            if "board" in screen.topics
            for event in screen.heard[-20:]
        )

    def _under_way(self) -> dict[str, int]:
        asked = {
            "jobs": "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND queue_name = 'default'",
            "timed jobs": "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'"
            " AND worker_id IS DISTINCT FROM (SELECT max(id) FROM procrastinate_workers)",
            "unread facts": "SELECT count(*) FROM platform_unread",
            "messages": "SELECT count(*) FROM channels_message WHERE state = 'queued'",
        }
        with self.city.database() as connection:
            found = {name: connection.execute(query).fetchone() for name, query in asked.items()}
        return {name: int(row[0]) if row else 0 for name, row in found.items()}

    def _clock(self) -> float:
        return round(time.monotonic() - self.began, 1)

    def _stamp(self) -> str:
        minutes, seconds = divmod(self._clock(), 60)
        return f"{int(minutes):02d}:{seconds:04.1f}"


def table(happened: Sequence[Happened]) -> str:
    """Each kind of fault, how often, and how soon the city was back."""
    rows = [f"{'fault':<20}{'times':>6}{'back in (s): median':>22}{'longest':>9}"]
    for name in dict.fromkeys(one.fault for one in happened):
        times = sorted(max(one.recovered.values()) for one in happened if one.fault == name and one.recovered)
        count = sum(1 for one in happened if one.fault == name)
        median = f"{times[len(times) // 2]:.1f}" if times else "-"
        longest = f"{times[-1]:.1f}" if times else "-"
        rows.append(f"{name:<20}{count:>6}{median:>22}{longest:>9}")
    return "\n".join(rows)
