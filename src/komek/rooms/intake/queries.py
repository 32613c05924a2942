"""Questions about contacts and seats."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import Avg, Count, F, Min, QuerySet

from komek.platform.questions import Given, Question
from komek.registers.residents import queries as residents
from komek.registers.residents.rules import Masked
from komek.registers.staff.models import Agent
from komek.rooms.channels.models import Conversation
from komek.rooms.intake import rules
from komek.rooms.intake.models import Contact, Draft, Seat, SeatChange
from komek.rooms.intake.rules import SeatState, State


@dataclass(frozen=True)
class QueueCount:
    """How many wait in one language with one urgency, and since when the first of them."""

    language: str
    urgency: str
    count: int
    oldest: datetime


@dataclass(frozen=True)
class AnsweredBy:
    """How many contacts one person has taken, and how long those waited and lasted on average, in seconds."""

    name: str
    number: int
    waited: float | None
    talked: float | None


@dataclass(frozen=True)
class Page:
    """Some contacts, the newest first; `before` is where the next page begins, None at the end."""

    contacts: list[Contact]
    before: int | None


def contact(contact_id: int) -> Contact:
    """One contact with who it is and who has it; raises NoSuchContact."""
    found = _by_id.one(contact=contact_id)
    if found is None:
        raise rules.NoSuchContact(contact_id)
    return found


_by_id = Question(lambda contact: _whole().filter(id=contact)[:1])


def last_of(conversation: Conversation) -> Contact | None:
    """The newest contact of a conversation."""
    return Contact.objects.filter(conversation=conversation).order_by("-id").first()


def people(contact: Contact) -> list[Masked]:
    """Who this may be: everybody who is reached by the same number or address, masked."""
    handle = contact.conversation.handle
    return residents.people_by(handle.kind, handle.value) if handle else []


def waiting(language: str | None = None, *, limit: int = 100) -> list[Contact]:
    """The queue as it will be served: urgent first, then the longest wait."""
    return _waiting(language is not None, limit)(**({} if language is None else {"language": language}))


@lru_cache(maxsize=50)
def _waiting(of_one_language: bool, limit: int) -> Question[Contact]:  # noqa: FBT001 - two shapes of one question
    def ask(**given: Given) -> QuerySet[Contact]:
        rows = Contact.objects.filter(state=State.WAITING, **given).select_related("resident", "conversation")
        return rows.order_by("-urgency", "arrived_at", "id")[:limit]

    return Question(ask, ("language",) if of_one_language else ())


def next_for(languages: Iterable[str], *, most: int) -> list[int]:
    """The ids of the first contacts of each language's queue that we distribute; one query, however long they are."""
    queues = [
        Contact.objects.filter(state=State.WAITING, language=language)
        .exclude(channel=rules.BY_SWITCH)
        .order_by("-urgency", "arrived_at", "id")
        .values_list("id", flat=True)[:most]
        for language in sorted(set(languages))
    ]
    if not queues:
        return []
    return list(queues[0].union(*queues[1:], all=True)) if queues[1:] else list(queues[0])


def queue_counts() -> list[QueueCount]:
    """How many wait, by language and urgency; one query over those who wait."""
    return [QueueCount(**row) for row in _queue_counts()]


_queue_counts = Question(
    lambda: (
        Contact.objects.filter(state=State.WAITING)
        .values("language", "urgency")
        .annotate(count=Count("id"), oldest=Min("arrived_at"))
        .order_by("language", "-urgency")
    )
)


def at_hand(agent: Agent) -> list[Contact]:
    """What this person is busy with: accepted or being wrapped up, the oldest first, each with its draft."""
    return _at_hand(agent=agent.pk)


def _accepted_by(agent: Given) -> QuerySet[Contact]:
    mine = _whole().select_related("draft").filter(accepted_by=agent, state__in=[State.ACCEPTED, State.WRAP_UP])
    return mine.order_by("accepted_at", "id")


_at_hand = Question(_accepted_by)


def all_at_hand() -> list[Contact]:
    """What everybody is busy with now, the oldest first; as many rows as there are people at work."""
    return _all_at_hand()


_all_at_hand = Question(
    lambda: Contact.objects.filter(state__in=[State.ACCEPTED, State.WRAP_UP]).order_by("accepted_at", "id")
)


def offered(agent: Agent) -> Contact | None:
    """What this person is being offered now."""
    return _offered.one(agent=agent.pk)


_offered = Question(lambda agent: _whole().filter(offered_to=agent, state=State.OFFERED).order_by("offered_at")[:1])


def draft(contact_id: int) -> Draft | None:
    """What was typed so far; None before anybody has accepted the contact."""
    return _draft.one(contact=contact_id)


_draft = Question(lambda contact: Draft.objects.filter(contact_id=contact)[:1])


def page(*, before: int | None = None, limit: int = 50, state: State | None = None) -> Page:
    """Contacts newest first, by key: a page deep in the past costs what the first costs."""
    rows = _whole()
    if before is not None:
        rows = rows.filter(id__lt=before)
    if state is not None:
        rows = rows.filter(state=state)
    found = list(rows.order_by("-id")[: limit + 1])
    return Page(found[:limit], found[limit - 1].id if len(found) > limit else None)


def seat(agent: Agent) -> Seat | None:
    """Where this person is now; None when they never took a seat."""
    return _seat.one(agent=agent.pk)


_seat = Question(lambda agent: Seat.objects.filter(agent=agent))


def seats() -> list[Seat]:
    """Everybody who is here, the ready ones who wait longest for work first."""
    return _seats()


_seats = Question(lambda: Seat.objects.exclude(state=SeatState.OFF).select_related("agent").order_by("state", "since"))


def answered_by(since: datetime) -> list[AnsweredBy]:
    """Who has taken how many of the contacts that arrived since then, the busiest first; for a day, not for a year."""
    taken = Contact.objects.filter(arrived_at__gte=since, accepted_by__isnull=False)
    told = taken.values_list("accepted_by", "accepted_by__name").annotate(
        number=Count("id"),
        waited=Avg(F("accepted_at") - F("arrived_at")),
        talked=Avg(F("ended_at") - F("accepted_at")),
    )
    return [
        AnsweredBy(name, number, *(None if lasted is None else lasted.total_seconds() for lasted in (waited, talked)))
        for _, name, number, waited, talked in told.order_by("-number", "accepted_by__name", "accepted_by")
    ]


def seat_changes(agent: Agent, *, since: datetime) -> list[SeatChange]:
    """Where this person was since that moment, in order."""
    return list(SeatChange.objects.filter(agent=agent, began_at__gte=since).order_by("began_at", "id"))


def _whole() -> QuerySet[Contact]:
    return Contact.objects.select_related("conversation", "conversation__handle", "resident", "accepted_by")
