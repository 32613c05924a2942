"""The lives a card can have, each a row of steps; how likely each is among its kind."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from komek.desks.console.fill.steps import NO_SERVICE, Shape, Step
from komek.desks.console.fill.works import OF_AN_APPEAL, WORK, Work
from komek.rooms.cards.rules import Kind, Outcome

S = Step
CHANNELS = {"desk": 0.72, "webform": 0.17, "api": 0.11}
# What happens while the resident waits, or while an operator reads what they wrote.
IN_CONTACT = frozenset({S.OFFER, S.ACCEPT, S.ANSWER, S.ANSWER_BY_HEART, S.EXPLAIN, S.HAND_OVER, S.REGISTER, S.CLASSIFY,
                        S.END, S.WRAP_UP, S.ABANDON})  # fmt: skip
# Behind these there is something to tell; what was not said by voice, somebody fetches or carries on by telephone.
TOLD_LATER = frozenset({S.MISS, S.EXTEND, S.ACCEPT_WORK, S.REFUTE})
TOLD = TOLD_LATER | {S.WRITE, S.WRITE_WITH_PHOTO, S.WRITE_UNSORTED, S.ANSWER, S.ANSWER_BY_HEART, S.EXPLAIN, S.CLASSIFY,
                     S.ASSIGN}  # fmt: skip


@dataclass(frozen=True)
class Life:
    """One way a card can go; `on_site` says whether its topic asks for somebody to go there."""

    name: str
    kind: Kind
    channel: str
    steps: tuple[Step, ...]
    weight: float
    shape: Shape = NO_SERVICE
    on_site: bool = False
    outcome: Outcome = Outcome.DONE

    @property
    def needs_a_promise(self) -> bool:
        """Whether something happens to the promised time, so that there has to be one."""
        return bool({S.MISS, S.EXTEND, S.PAUSE}.intersection(self.steps))

    @property
    def is_routed(self) -> bool:
        """Whether the rules of the city have a say in it."""
        return bool(self.shape.services or self.shape.trouble)

    @property
    def is_read_late(self) -> bool:
        """Whether the card stands for a while without a topic."""
        return S.WRITE_UNSORTED in self.steps


def all_lives() -> tuple[Life, ...]:
    """Every life there is; the weights say how likely each is among those that fit a card."""
    appealed = (work for work in WORK if work.name in OF_AN_APPEAL)
    return (*_answered(), *_worked_on(Kind.REQUEST, WORK), *_worked_on(Kind.APPEAL, appealed))


def abandoned() -> Life:
    """A call that nobody took in time: a contact without a card."""
    return Life("abandoned", Kind.QUESTION, "desk", (S.ARRIVE, S.ABANDON), 1.0)


def usual(lives: Iterable[Life], *, cards: Mapping[Kind, float]) -> tuple[Life, ...]:
    """The lives that a register with so many cards of each kind would hold; of each shape at least the likeliest."""
    in_order = sorted(lives, key=lambda life: -life.weight)
    together: dict[Kind, float] = defaultdict(float)
    for life in in_order:
        together[life.kind] += life.weight
    kept, seen = [], set()
    for life in in_order:
        shape = (life.kind, life.shape, life.on_site, life.needs_a_promise)
        if shape not in seen or life.weight / together[life.kind] * cards.get(life.kind, 0) >= 1:
            kept.append(life)
        seen.add(shape)
    return tuple(kept)


def _answered() -> Iterator[Life]:
    """What is settled in the contact itself."""
    for kind, ends in (
        (Kind.QUESTION, ((S.ANSWER, 0.8), (S.ANSWER_BY_HEART, 0.2))),
        (Kind.NOT_OURS, ((S.EXPLAIN, 1.0),)),
    ):
        for end, share in ends:
            for channel, part in CHANNELS.items():
                begin = S.ARRIVE if channel == "desk" else S.WRITE_UNSORTED
                steps = _told((begin, S.OFFER, S.ACCEPT, end, S.END, S.WRAP_UP), channel)
                yield Life(f"{kind}: {end} by {channel}", kind, channel, steps, share * part)
    steps = (S.ARRIVE, S.OFFER, S.ACCEPT, S.HAND_OVER, S.END, S.WRAP_UP)
    yield Life(f"{Kind.EMERGENCY}: hand over by desk", Kind.EMERGENCY, "desk", steps, 1.0)


def _worked_on(kind: Kind, kinds_of_work: Iterable[Work]) -> Iterator[Life]:
    """Each work behind each of its ways in."""
    for work in kinds_of_work:
        for on_site in work.on_site:
            for way in work.ways:
                channel, place = way.channel, "on site" if on_site else "elsewhere"
                name = f"{kind}: {way.name} by {channel}, {work.name}, {place}"
                steps = _told((*way.steps, *work.steps), channel)
                # Where one way of a channel stands for all of them, it has their share too.
                of_channel = [other.share for other in work.ways if other.channel == channel]
                share = way.share / sum(of_channel)
                weight = work.weight * CHANNELS[channel] * share
                yield Life(name, kind, channel, steps, weight, work.shape, on_site, work.outcome)


def _told(steps: tuple[Step, ...], channel: str) -> tuple[Step, ...]:
    """The same life with its messages: another system fetches them, and a caller is called back."""
    if channel == "webform":
        return steps
    carry, tells = (S.FETCH, TOLD) if channel == "api" else (S.CALL_BACK, TOLD_LATER)
    told: list[Step] = []
    waits = False
    for place, step in enumerate(steps):
        told.append(step)
        waits = waits or step in tells
        following = steps[place + 1] if place + 1 < len(steps) else None
        if waits and following not in IN_CONTACT:
            if following is not S.CALL_IN_VAIN:
                told.append(carry)
            waits = False
    return tuple(told)
