"""The ways in which a card comes in, and the kinds of work behind them, each with its share."""

from dataclasses import dataclass

from komek.desks.console.fill.steps import ONE_SERVICE, Shape, Step
from komek.rooms.cards.rules import Outcome

S = Step


@dataclass(frozen=True)
class Way:
    """How a card comes in: by which channel, how many of its channel, and what is done until it has a topic."""

    name: str
    channel: str
    share: float
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Work:
    """What happens between the routing of a card and its end."""

    name: str
    steps: tuple[Step, ...]
    weight: float
    shape: Shape = ONE_SERVICE
    on_site: tuple[bool, ...] = (True, False)
    ways: tuple[Way, ...] = ()
    outcome: Outcome = Outcome.DONE


READ = (S.WRITE_UNSORTED, S.OFFER, S.ACCEPT, S.CLASSIFY, S.WRAP_UP)
TOLD_TO_AN_OPERATOR = Way("told", "desk", 1.0, (S.ARRIVE, S.OFFER, S.ACCEPT, S.REGISTER, S.END, S.WRAP_UP))
SORTED = Way("sorted", "webform", 0.35, (S.WRITE,))
EVERY_WAY = (
    TOLD_TO_AN_OPERATOR,
    SORTED,
    Way("with a photo", "webform", 0.25, (S.WRITE_WITH_PHOTO,)),
    Way("read", "webform", 0.4, READ),
    Way("sorted", "api", 0.6, (S.WRITE,)),
    Way("read", "api", 0.4, READ),
)
TWO_WAYS = (TOLD_TO_AN_OPERATOR, SORTED)
BY_VOICE = (TOLD_TO_AN_OPERATOR,)
TWO, THREE = Shape(services=2), Shape(services=3)
ONE_AND_L2, TWO_AND_L2, ONLY_L2 = Shape(1, trouble=True), Shape(2, trouble=True), Shape(0, trouble=True)
OUT, IN = (True,), (False,)
WORK = (
    Work(
        "shown", (S.TAKE, S.SET_OUT, S.GET_THERE, S.REPORT_WITH_PHOTOS, S.ACCEPT_WORK), 26, on_site=OUT, ways=EVERY_WAY
    ),
    Work(
        "shown, confirmed",
        (S.TAKE, S.SET_OUT, S.GET_THERE, S.REPORT_WITH_PHOTO, S.ACCEPT_WORK, S.CONFIRM),
        24,
        on_site=OUT,
        ways=EVERY_WAY,
    ),
    Work("shown at once", (S.TAKE, S.REPORT_WITH_PHOTO, S.ACCEPT_WORK), 14, on_site=OUT, ways=TWO_WAYS),
    Work(
        "shown, not reached",
        (S.TAKE, S.REPORT_WITH_PHOTO, S.ACCEPT_WORK, S.CALL_IN_VAIN),
        4,
        on_site=OUT,
        ways=BY_VOICE,
    ),
    Work("nothing to show", (S.TAKE, S.REPORT, S.ACCEPT_WORK), 5, on_site=OUT, ways=TWO_WAYS),
    Work("in words", (S.TAKE, S.REPORT, S.ACCEPT_WORK), 45, on_site=IN, ways=EVERY_WAY),
    Work("in words, confirmed", (S.TAKE, S.REPORT, S.ACCEPT_WORK, S.CONFIRM), 34, on_site=IN, ways=EVERY_WAY),
    Work("partly", (S.TAKE, S.REPORT_PARTLY, S.ACCEPT_WORK), 3, ways=TWO_WAYS, outcome=Outcome.PARTLY),
    Work("late", (S.MISS, S.RESOLVE, S.TAKE, S.REPORT_WITH_PHOTO, S.ACCEPT_WORK), 2, on_site=OUT, ways=TWO_WAYS),
    Work("late, in words", (S.MISS, S.RESOLVE, S.TAKE, S.REPORT, S.ACCEPT_WORK), 2, on_site=IN, ways=TWO_WAYS),
    Work("extended", (S.TAKE, S.MISS, S.EXTEND, S.REPORT_WITH_PHOTO, S.ACCEPT_WORK), 3, on_site=OUT, ways=TWO_WAYS),
    Work("extended, in words", (S.TAKE, S.MISS, S.EXTEND, S.REPORT, S.ACCEPT_WORK), 3, on_site=IN, ways=TWO_WAYS),
    Work("checked late", (S.TAKE, S.REPORT_WITH_PHOTO, S.MISS, S.ACCEPT_WORK), 1.5, on_site=OUT, ways=TWO_WAYS),
    Work(
        "returned",
        (S.TAKE, S.REPORT_WITH_PHOTO, S.GIVE_BACK, S.REPORT_WITH_PHOTO, S.ACCEPT_WORK),
        4,
        on_site=OUT,
        ways=TWO_WAYS,
    ),
    Work("returned, in words", (S.TAKE, S.REPORT, S.GIVE_BACK, S.REPORT, S.ACCEPT_WORK), 4, on_site=IN, ways=TWO_WAYS),
    Work("in vain", (S.TAKE, S.REPORT_IN_VAIN, S.GIVE_BACK, S.REPORT, S.ACCEPT_WORK), 3, on_site=OUT, ways=TWO_WAYS),
    Work("refused", (S.TAKE, S.REPORT_IN_VAIN, S.ACCEPT_WORK), 1.5, ways=TWO_WAYS, outcome=Outcome.REFUSED),
    Work("declined", (S.DECLINE, S.ASSIGN, S.TAKE, S.REPORT, S.ACCEPT_WORK), 3, ways=TWO_WAYS),
    Work(
        "paused",
        (S.TAKE, S.PAUSE, S.RESUME, S.REPORT_WITH_PHOTO, S.ACCEPT_WORK),
        2,
        on_site=OUT,
        ways=TWO_WAYS,
    ),
    Work(
        "refuted",
        (
            S.TAKE,
            S.REPORT_WITH_PHOTO,
            S.ACCEPT_WORK,
            S.REFUTE,
            S.RESOLVE,
            S.TAKE,
            S.REPORT_WITH_PHOTOS,
            S.ACCEPT_WORK,
            S.CONFIRM,
        ),
        2.5,
        on_site=OUT,
        ways=TWO_WAYS,
    ),
    Work(
        "refuted, late",
        (S.TAKE, S.REPORT, S.ACCEPT_WORK, S.REFUTE, S.MISS, S.RESOLVE, S.TAKE, S.REPORT, S.ACCEPT_WORK),
        2,
        on_site=IN,
        ways=TWO_WAYS,
    ),
    Work("withdrawn", (S.WITHDRAW,), 1.5, ways=TWO_WAYS, outcome=Outcome.WITHDRAWN),
    Work("two", (S.TAKE, S.TAKE_SECOND, S.REPORT_WITH_PHOTO, S.REPORT_SECOND, S.ACCEPT_WORK), 8, TWO, OUT, TWO_WAYS),
    Work("two, in words", (S.TAKE, S.TAKE_SECOND, S.REPORT, S.REPORT_SECOND, S.ACCEPT_WORK), 8, TWO, IN, TWO_WAYS),
    Work(
        "two, late",
        (S.TAKE, S.REPORT_WITH_PHOTO, S.MISS, S.RESOLVE, S.TAKE_SECOND, S.REPORT_SECOND, S.ACCEPT_WORK),
        1,
        TWO,
        OUT,
        BY_VOICE,
    ),
    Work(
        "three",
        (S.TAKE, S.TAKE_SECOND, S.TAKE_THIRD, S.REPORT, S.REPORT_SECOND, S.REPORT_THIRD, S.ACCEPT_WORK),
        1,
        THREE,
        ways=BY_VOICE,
    ),
    Work("one and L2", (S.TAKE, S.RESOLVE, S.REPORT, S.ACCEPT_WORK), 1, ONE_AND_L2, ways=BY_VOICE),
    Work(
        "two and L2",
        (S.TAKE, S.RESOLVE, S.TAKE_SECOND, S.REPORT, S.REPORT_SECOND, S.ACCEPT_WORK),
        1,
        TWO_AND_L2,
        ways=BY_VOICE,
    ),
    Work("only L2", (S.ASSIGN, S.TAKE, S.REPORT, S.ACCEPT_WORK, S.CONFIRM), 1, ONLY_L2, ways=TWO_WAYS),
)
# An appeal is answered in writing, and its legal time runs beside the promise.
OF_AN_APPEAL = frozenset(
    {"in words", "in words, confirmed", "returned, in words", "shown at once", "nothing to show", "extended, in words",
     "only L2", "two", "two, in words", "one and L2", "two and L2", "three"}
)  # fmt: skip
