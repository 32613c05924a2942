"""What a journal of the queues says, counted anew from the bare file: what the wall shows is held against this.

On purpose it shares nothing with the reader of the journal, the rooms or the wall: lines are split, and counted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

IN_TIME, SOON, URGENT_IN_TIME = 20, 5, 15


@dataclass
class Story:
    """One call: the second in which each thing happened first."""

    call: str
    number: str = ""
    at: dict[str, int] = field(default_factory=dict)
    # Waits, talks, or neither.
    stands: str = ""
    told_seconds: int | None = None
    told: str = ""

    @property
    def waited(self) -> int | None:
        """From the queue to the operator."""
        return self.at["CONNECT"] - self.at["ENTERQUEUE"] if {"CONNECT", "ENTERQUEUE"} <= self.at.keys() else None

    @property
    def gave_up_after(self) -> int | None:
        """How long somebody had waited who was gone before anybody answered."""
        if not self.at.keys() & {"CONNECT", "CALLBACK"} and "ENTERQUEUE" in self.at:
            ends = [self.at[event] for event in ("ABANDON", "GONE") if event in self.at]
            return min(ends) - self.at["ENTERQUEUE"] if ends else None
        return None


# What is counted of the calls of one span.
COUNTED = (
    *("offered", "answered", "in_time", "waited_seconds", "abandoned", "abandoned_soon"),
    *("to_call_back", "waiting", "talking"),
)
_STANDS = {
    "ENTERQUEUE": "waiting",
    "CONNECT": "talking",
    "COMPLETEAGENT": "",
    "COMPLETECALLER": "",
    "ABANDON": "",
    "CALLBACK": "",
    "GONE": "",
}


def stories(path: Path) -> list[Story]:
    """Every call of the journal, in the order in which they were heard of."""
    found: dict[str, Story] = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        second, call, _queue, _agent, event, *data = [*line.split("|"), *[""] * 7]
        if not second.isdigit() or not call[:1].isdigit():
            continue
        story = found.setdefault(call, Story(call))
        story.at.setdefault(event, int(second))
        story.stands = _STANDS.get(event, story.stands)
        if event == "ENTERQUEUE":
            story.number = story.number or data[1]
        elif event == "TOLD" and data[1].isdigit():
            story.told, story.told_seconds = data[0], int(data[1])
    return list(found.values())


def spans(calls: Sequence[Story], *, width: int) -> dict[int, dict[str, int]]:
    """What the wall shows, by the second in which each span of time begins."""
    found: dict[int, dict[str, int]] = {}
    for call in calls:
        if "ENTERQUEUE" in call.at:
            begins = call.at["ENTERQUEUE"] // width * width
            counted = found.setdefault(begins, {})
            for name, number in _counts(call):
                counted[name] = counted.get(name, 0) + int(number)
    return dict(sorted(found.items()))


def _counts(call: Story) -> Iterator[tuple[str, int]]:
    waited, gave_up = call.waited, call.gave_up_after
    yield "offered", 1
    yield "answered", waited is not None
    yield "in_time", waited is not None and waited <= IN_TIME
    yield "waited_seconds", waited or 0
    yield "abandoned", gave_up is not None
    yield "abandoned_soon", gave_up is not None and gave_up <= SOON
    yield "to_call_back", waited is None and "CALLBACK" in call.at
    yield "waiting", call.stands == "waiting"
    yield "talking", call.stands == "talking"


@dataclass(frozen=True)
class Figures:
    """The honest figures of a stretch of calls."""

    rang: int
    offered: int
    answered: int
    abandoned: int
    to_call_back: int
    service_level: float
    asa: float
    told: int
    told_kept: float
    said_kept: float
    urgent: int
    urgent_in_time: float


def figures(calls: Sequence[Story]) -> Figures:
    """Count all of them; a share of nothing is 1, for nothing was broken."""
    total = {name: sum(one[name] for one in spans(calls, width=1).values()) for name in COUNTED}
    judged = [kept for call in calls if (kept := _kept(call)) is not None]
    urgent = [call for call in calls if "URGENT" in call.at]
    fast = [
        call for call in urgent if "CONNECT" in call.at and call.at["CONNECT"] - call.at["URGENT"] <= URGENT_IN_TIME
    ]
    return Figures(
        rang=len(calls),
        offered=total["offered"],
        answered=total["answered"],
        abandoned=total["abandoned"],
        to_call_back=total["to_call_back"],
        service_level=_share(total["in_time"], total["offered"] - total["abandoned_soon"]),
        asa=total["waited_seconds"] / total["answered"] if total["answered"] else 0.0,
        told=len(judged),
        told_kept=_share(sum(by_estimate for by_estimate, _ in judged), len(judged)),
        said_kept=_share(sum(by_sentence for _, by_sentence in judged), len(judged)),
        urgent=len(urgent),
        urgent_in_time=_share(len(fast), len(urgent)),
    )


# What a sentence promises at most; the longest promises nothing.
_SAID = {"wait_2": 120, "wait_5": 300, "wait_10": 600, "wait_20": 1200}


def _kept(call: Story) -> tuple[bool, bool] | None:
    """Whether the estimate was kept and the sentence; None for who was told nothing, or left before it could be broken.

    The wait begins when the sentence has been heard: that is when they come into the queue.
    """
    if call.told_seconds is None:
        return None
    end = call.at.get("CONNECT")
    began = call.at.get("ENTERQUEUE", call.at["TOLD"])
    waited = (end if end is not None else call.at.get("GONE", began)) - began
    if end is None and ("CALLBACK" in call.at or waited <= call.told_seconds):
        return None
    return waited <= call.told_seconds, waited <= _SAID.get(call.told, waited)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
