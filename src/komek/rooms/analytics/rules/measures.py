"""What a story counts for: which measure, on which day of the city, under which values."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from komek.refusal import Refusal
from komek.rooms.analytics.rules.card_stories import CardStory
from komek.rooms.analytics.rules.contact_stories import ContactStory
from komek.rooms.analytics.rules.instants import read
from komek.rooms.analytics.rules.message_stories import MessageStory
from komek.rooms.cards.rules import Status
from komek.rooms.channels.rules import SPOKEN, Direction

QUICK = timedelta(seconds=20)
SHORT = timedelta(seconds=5)


class Measure(StrEnum):
    """What is counted. A running one is a stock: its sum over all days up to one is what stood at that day's end."""

    # by the day the contact arrived
    CONTACTS = "contacts"
    ACCEPTED = "accepted"
    ABANDONED = "abandoned"
    CALLS = "calls"
    CALLS_QUICK = "calls_quick"
    CALLS_SHORT = "calls_short"
    CALLS_LOST = "calls_lost"
    HANDLED = "handled"
    RESOLVED = "resolved"
    CAME_BACK = "came_back"
    WRAPPED_UP = "wrapped_up"
    HANDLING_SECONDS = "handling_seconds"
    # by the day the card got its number
    CARDS = "cards"
    # by the day it happened
    ENDED = "ended"
    CLOSED = "closed"
    CLOSED_PROMISED = "closed_promised"
    CLOSED_IN_TIME = "closed_in_time"
    CLOSED_ON_SITE = "closed_on_site"
    CLOSED_WITH_PROOF = "closed_with_proof"
    REOPENED = "reopened"
    # by the day the resident was asked
    ASKED = "asked"
    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    # by the day the message came
    MESSAGES = "messages"
    MESSAGES_ANSWERED = "messages_answered"
    ANSWER_SECONDS = "answer_seconds"
    # running
    OPEN = "open"
    OVERDUE = "overdue"


RUNNING = frozenset({Measure.OPEN, Measure.OVERDUE})


class Dimension(StrEnum):
    """What a figure can be split by; `ALL` is the whole city."""

    ALL = "all"
    CHANNEL = "channel"
    LANGUAGE = "language"
    DISTRICT = "district"
    TOPIC = "topic"
    GROUP = "group"
    SERVICE = "service"
    # Of the day only, and only how many arrived: the curve of a day.
    HALF_HOUR = "half_hour"


HALF_HOURS = tuple(f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30))


class UnknownDimension(Refusal):
    def __init__(self, asked: str) -> None:
        super().__init__("unknown_dimension", "The figures cannot be split by %(asked)s.", asked=asked)


# One kept counter: day, measure, dimension, value.
Cell = tuple[date, str, str, str]
Tallies = Counter[Cell]
Parts = list[tuple[Dimension, str]]


def contact_counts(story: ContactStory, *, zone: ZoneInfo) -> Tallies:
    """What a contact counts for, all on the day it arrived."""
    if story.arrived_at is None:
        return Tallies()
    parts = _parts(story.channel, story.language, story.district_code, story.topic_code, story.group_code)
    day = _day(story.arrived_at, zone)
    counted = _counted(((day, measure, amount) for measure, amount in _of_contact(story, story.arrived_at)), parts)
    slot = half_hour(story.arrived_at.astimezone(zone))
    counted[day, Measure.CONTACTS.value, Dimension.HALF_HOUR.value, slot] = 1
    return counted


def half_hour(here: datetime) -> str:
    """The half hour of a moment by the clock of the city, named by its beginning."""
    return HALF_HOURS[here.hour * 2 + here.minute // 30]


def last_months(until: date, number: int) -> list[date]:
    """The first days of so many months, the last of them that of `until`."""
    count = until.year * 12 + until.month
    return [date((count - back) // 12, (count - back) % 12 + 1, 1) for back in range(number, 0, -1)]


def card_counts(story: CardStory, *, zone: ZoneInfo) -> Tallies:
    """What a card counts for; every end and every reopening on its own day, so that the past stays as it was."""
    if story.received_at is None:
        return Tallies()
    parts = _parts(story.channel, story.language, story.district_code, story.topic_code, story.group_code)
    parts += [(Dimension.SERVICE, service) for service in story.services]
    happened = [*_of_life(story, story.received_at), *_of_surveys(story)]
    return _counted(((_day(at, zone), measure, amount) for at, measure, amount in happened), parts)


def message_counts(story: MessageStory, *, zone: ZoneInfo) -> Tallies:
    """What a message that came in counts for, on the day it came."""
    if story.said_at is None or story.direction != Direction.IN:
        return Tallies()
    day = _day(story.said_at, zone)
    counts = [(day, Measure.MESSAGES, 1)]
    if story.answered_at:
        counts += [
            (day, Measure.MESSAGES_ANSWERED, 1),
            (day, Measure.ANSWER_SECONDS, round((story.answered_at - story.said_at).total_seconds())),
        ]
    return _counted(counts, [(Dimension.ALL, ""), (Dimension.CHANNEL, story.channel)])


def _of_contact(story: ContactStory, arrived_at: datetime) -> Iterator[tuple[Measure, int]]:
    yield Measure.CONTACTS, 1
    if story.accepted_at:
        yield Measure.ACCEPTED, 1
    elif story.abandoned_at:
        yield Measure.ABANDONED, 1
    if story.channel in SPOKEN:
        yield Measure.CALLS, 1
        yield from _of_call(story, arrived_at)
    if story.ended_at:
        yield Measure.HANDLED, 1
        if story.resolved:
            yield Measure.RESOLVED, 1
        if story.came_back:
            yield Measure.CAME_BACK, 1
    if story.talk_seconds is not None and story.wrap_up_seconds is not None:
        yield Measure.WRAPPED_UP, 1
        yield Measure.HANDLING_SECONDS, story.talk_seconds + story.wrap_up_seconds


def _of_call(story: ContactStory, arrived_at: datetime) -> Iterator[tuple[Measure, int]]:
    if story.accepted_at:
        if story.accepted_at - arrived_at <= QUICK:
            yield Measure.CALLS_QUICK, 1
    elif story.abandoned_at:
        yield Measure.CALLS_SHORT if story.abandoned_at - arrived_at <= SHORT else Measure.CALLS_LOST, 1


def _of_life(story: CardStory, received_at: datetime) -> Iterator[tuple[datetime, Measure, int]]:
    yield received_at, Measure.CARDS, 1
    opened_at: datetime | None = received_at
    ended_as, last_end = "", ""
    for text, status in _turns(story):
        at = read(text)
        if status:
            ended_as = status
            yield at, Measure.ENDED, 1
            if status == Status.CLOSED:
                yield from _of_closing(story, at, since=last_end, until=text)
            last_end = text
            if opened_at:
                yield from _of_span(story, opened_at, at)
            opened_at = None
            continue
        # What was only answered had not been closed; what was done and under check was as good as closed.
        if opened_at or ended_as == Status.CLOSED:
            yield at, Measure.REOPENED, 1
        opened_at = opened_at or at
    if opened_at:
        yield from _of_span(story, opened_at, None)


def _turns(story: CardStory) -> list[tuple[str, str]]:
    """Ends with their status and reopenings without one, in order; at one moment the end comes first."""
    ends = [(at, 0, status) for at, status, _ in story.endings]
    turns = sorted([*ends, *((at, 1, "") for at in story.reopenings)])
    return [(at, status) for at, _, status in turns]


def _of_span(
    story: CardStory, opened_at: datetime, ended_at: datetime | None
) -> Iterator[tuple[datetime, Measure, int]]:
    """A time in which the card was open, and the part of it that was overdue."""
    yield opened_at, Measure.OPEN, 1
    if ended_at:
        yield ended_at, Measure.OPEN, -1
    if story.runs_out_at is None or (ended_at and ended_at <= story.runs_out_at):
        return
    yield max(opened_at, story.runs_out_at), Measure.OVERDUE, 1
    if ended_at:
        yield ended_at, Measure.OVERDUE, -1


def _of_closing(story: CardStory, at: datetime, *, since: str, until: str) -> Iterator[tuple[datetime, Measure, int]]:
    """A closing; what was shown after it, in a later round, makes it no better."""
    yield at, Measure.CLOSED, 1
    if story.due_at:
        yield at, Measure.CLOSED_PROMISED, 1
        if story.runs_out_at is None or at <= story.runs_out_at:
            yield at, Measure.CLOSED_IN_TIME, 1
    reports = [report for report in story.reports.values() if since < report[0] <= until]
    if any(on_site for _, _, on_site, _ in reports):
        yield at, Measure.CLOSED_ON_SITE, 1
        if any(proofs for _, proofs, _, _ in reports):
            yield at, Measure.CLOSED_WITH_PROOF, 1


def _of_surveys(story: CardStory) -> Iterator[tuple[datetime, Measure, int]]:
    for asked, answer, _, _ in story.surveys.values():
        if asked:
            yield read(asked), Measure.ASKED, 1
            if answer:
                yield read(asked), Measure(answer), 1


def _parts(channel: str, language: str, district_code: str, topic_code: str, group_code: str) -> Parts:
    named = [
        (Dimension.CHANNEL, channel),
        (Dimension.LANGUAGE, language),
        (Dimension.DISTRICT, district_code),
        (Dimension.TOPIC, topic_code),
        (Dimension.GROUP, group_code),
    ]
    return [(Dimension.ALL, ""), *((dimension, value) for dimension, value in named if value)]


def _counted(counts: Iterable[tuple[date, Measure, int]], parts: Parts) -> Tallies:
    # As plain texts, each looked up once: this is the innermost of all counting.
    named = [(dimension.value, value) for dimension, value in parts]
    counted: dict[Cell, int] = {}
    for day, measure, amount in counts:
        name = measure.value
        for dimension, value in named:
            cell = (day, name, dimension, value)
            counted[cell] = counted.get(cell, 0) + amount
    return Tallies(counted)


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
