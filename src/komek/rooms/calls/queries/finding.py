"""Questions about calls: this one, those of a contact, those that go on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from komek.platform.questions import Question
from komek.registers.staff.models import Agent
from komek.rooms.calls import rules
from komek.rooms.calls.models import Call, Outgoing

# What comes now may be on its way to the switch's list of calls.
A_MOMENT = timedelta(seconds=5)
# What the journal calls the queue of calls that we make.
OUTGOING = "out"


def by_unique_id(unique_id: str) -> Call | None:
    """The call the switch means; None when it was not heard of yet."""
    return _by_unique_id.one(unique_id=unique_id) if "\0" not in unique_id else None


_by_unique_id = Question(lambda unique_id: Call.objects.filter(unique_id=unique_id)[:1])


def of_contacts(contact_ids: Iterable[int]) -> dict[int, list[Call]]:
    """The calls of each contact, in order."""
    found: dict[int, list[Call]] = {contact_id: [] for contact_id in contact_ids}
    for call in Call.objects.filter(contact_id__in=list(found)).order_by("id"):
        found[call.contact_id].append(call)
    return found


def last_of(contact_id: int) -> Call | None:
    """The call of a contact; the newest where it was rung back."""
    return _last_of.one(contact_id=contact_id)


_last_of = Question(lambda contact_id: Call.objects.filter(contact_id=contact_id).order_by("-id")[:1])


def times_before(call: Call) -> int:
    """How often this number rang in the half hour before: who calls again has not been helped."""
    since = call.entered_at - rules.AGAIN_WITHIN
    return Call.objects.filter(number=call.number, entered_at__gte=since, entered_at__lt=call.entered_at).count()


def now() -> QuerySet[Call]:
    """The calls that are waiting or talking: lives in danger first, then the longest."""
    going_on = Call.objects.select_related("agent").filter(state__in=[rules.State.WAITING, rules.State.TALKING])
    return going_on.order_by("-urgent", "entered_at")


@dataclass(frozen=True)
class GoingOn:
    """A call that has not ended as far as we know: one that came in, or one of ours."""

    unique_id: str
    queue: str


def going_on(*, at: datetime) -> list[GoingOn]:
    """The calls in either direction that go on since more than a moment."""
    since = at - A_MOMENT
    came = Call.objects.filter(state__in=[rules.State.WAITING, rules.State.TALKING], entered_at__lt=since)
    ours = Outgoing.objects.filter(ended_at=None, dialled_at__lt=since)
    return [
        *(
            GoingOn(unique_id, f"{rules.QUEUE}{language}")
            for unique_id, language in came.values_list("unique_id", "language")
        ),
        *(GoingOn(unique_id, OUTGOING) for unique_id in ours.values_list("unique_id", flat=True)),
    ]


def talking(agent: Agent) -> Call | None:
    """The call that this person is in now."""
    return Call.objects.filter(agent=agent, state=rules.State.TALKING).order_by("-id").first()


def outgoing(unique_id: str) -> Outgoing | None:
    """The call of ours that the switch means."""
    return Outgoing.objects.filter(unique_id=unique_id).first()


def rung_about(card_number: str) -> list[Outgoing]:
    """Who was rung about this card, the newest first."""
    return _rung_about(about=card_number)


_rung_about = Question(
    lambda about: Outgoing.objects.select_related("agent").filter(about=about).exclude(about="").order_by("-id")[:20]
)
