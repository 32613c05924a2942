"""Our numbers beside the recount of the file: every count equal or not, and how well the rules foretold."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from komek.desks.console.replay.player import Codes
from komek.desks.console.replay.recount import Recount
from komek.desks.console.replay.requests import Request
from komek.registers.catalog import queries as catalog
from komek.registers.places.rules import Place
from komek.rooms.analytics import queries as analytics
from komek.rooms.routing import queries as routing

HOURS_APART = 0.005
CLOSED = "hours_to_close_median"
NINE_OF_TEN = "hours_to_close_p90"


@dataclass(frozen=True)
class Line:
    """One figure twice."""

    what: str
    ours: str
    theirs: str
    equal: bool


@dataclass(frozen=True)
class Foretold:
    """How many of the later rows the rules would send to the body that really got them, and what guessing gives."""

    rows: int
    right: int
    majority: int

    @property
    def accuracy(self) -> float:
        """The share that the rules got right."""
        return self.right / self.rows if self.rows else 0.0

    @property
    def baseline(self) -> float:
        """The share that always naming the most frequent body gets right."""
        return self.majority / self.rows if self.rows else 0.0


def compare(found: Recount, codes: Codes, *, since: date, until: date) -> list[Line]:
    """Every figure of analytics beside the file's."""
    by_district = _counts("district", "cards", since, until)
    by_topic = _counts("topic", "cards", since, until)
    totals = analytics.counts(since, until)[""]
    overall = {kpi.name: kpi for kpi in analytics.kpis(since, until)}
    closed_by_service = {
        kpi.of: kpi.denominator for kpi in analytics.kpis(since, until, by="service") if kpi.name == CLOSED
    }
    return [
        _number("requests", totals["cards"], found.rows),
        _counter("by district", by_district, _coded(found.by_district, codes.districts)),
        _counter("by reason", by_topic, _coded(found.by_reason, codes.topics)),
        _number("closed", overall[CLOSED].denominator, found.closed),
        _counter("closed by responsible body", closed_by_service, _coded(found.closed_by_body, codes.services)),
        _number("opened again", totals["reopened"], found.reopened),
        _hours("hours to close, median", overall[CLOSED].value, found.median_hours),
        _hours("hours to close, nine of ten", overall[NINE_OF_TEN].value, found.p90_hours),
    ]


def foretell(requests: Iterable[Request], codes: Codes, *, later_than: datetime) -> Foretold:
    """Ask the published rules where each later row would go, and compare with the body that answered it."""
    asked: dict[tuple[str, str], str] = {}
    earlier: Counter[str] = Counter()
    later: Counter[str] = Counter()
    right = 0
    for request in requests:
        if not request.body:
            continue
        if request.created_at < later_than:
            earlier[request.body] += 1
            continue
        later[request.body] += 1
        key = (codes.topics[request.reason], codes.districts[request.district])
        if key not in asked:
            asked[key] = _sent_to(*key, at=request.created_at)
        right += asked[key] == codes.services[request.body]
    usual = max(earlier, key=lambda body: (earlier[body], body)) if earlier else ""
    return Foretold(later.total(), right, later[usual])


def _sent_to(topic_code: str, district_code: str, *, at: datetime) -> str:
    place = Place(text="", district_code=district_code)
    services = routing.preview(topic=catalog.topic(topic_code), place=place, at=at).services
    return services[0].code if services else ""


def _counts(by: str, measure: str, since: date, until: date) -> dict[str, int]:
    return {value: counted[measure] for value, counted in analytics.counts(since, until, by=by).items()}


def _coded(counted: Mapping[str, int], codes: Mapping[str, str]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for name, number in counted.items():
        found[codes.get(name, name)] += number
    return dict(found)


def _number(what: str, ours: int, theirs: int) -> Line:
    return Line(what, f"{ours:,}", f"{theirs:,}", ours == theirs)


def _hours(what: str, ours: float | None, theirs: float | None) -> Line:
    equal = ours == theirs if ours is None or theirs is None else abs(ours - theirs) < HOURS_APART
    return Line(what, _told(ours), _told(theirs), equal)


def _told(hours: float | None) -> str:
    return "–" if hours is None else f"{hours:.2f}"


def _counter(what: str, ours: Mapping[str, int], theirs: Mapping[str, int]) -> Line:
    """Two counters are equal value by value; where they are not, the first differing value is told."""
    mine = {value: number for value, number in ours.items() if number}
    other = {value: number for value, number in theirs.items() if number}
    differing = sorted(value for value in mine.keys() | other.keys() if mine.get(value) != other.get(value))
    if not differing:
        return Line(what, f"{len(mine)} values", f"{len(other)} values", equal=True)
    first = differing[0]
    note = f"{len(differing)} differ, first {first}:"
    return Line(what, f"{note} {mine.get(first, 0)}", f"{other.get(first, 0)}", equal=False)
