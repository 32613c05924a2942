"""The story of one card, and how each fact adds to it.

Facts of different transactions are read slightly out of order, and after a rebuild some are heard a second time. So
nothing here depends on the order, and nothing is added up: everything heard is kept under a key of its own (the
assignment, the survey, the moment), and the figures are worked out of that by `settle`. What a fact does not repeat
(the topic after a correction, the promise after a pause) is read from the card and its clock as they are then.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from komek.rooms.analytics.rules.instants import earliest, read, written
from komek.rooms.cards import facts as cards
from komek.rooms.cards.rules import Status
from komek.rooms.control import facts as control
from komek.rooms.feedback import facts as feedback
from komek.rooms.feedback.rules import Answer
from komek.rooms.routing import facts as routing
from komek.rooms.workorders import facts as workorders

CAME_BACK_WITHIN = timedelta(days=7)


@dataclass
class CardStory:
    """What is known of one card for counting; ids, codes and times only."""

    card_id: int
    # What the card says of itself; read from the card, because a correction does not repeat it.
    kind: str = ""
    topic_code: str = ""
    group_code: str = ""
    district_code: str = ""
    channel: str = ""
    language: str = ""
    contact_id: int | None = None
    resident_id: int | None = None
    received_at: datetime | None = None
    registered_at: datetime | None = None
    # What its clock says; read from the clock.
    due_at: datetime | None = None
    paused_at: datetime | None = None
    missed_at: datetime | None = None
    # What was heard.
    assignments: dict[str, list[Any]] = field(default_factory=dict)
    reports: dict[str, list[Any]] = field(default_factory=dict)
    endings: list[list[str]] = field(default_factory=list)
    reopenings: list[str] = field(default_factory=list)
    returns: list[int] = field(default_factory=list)
    surveys: dict[str, list[Any]] = field(default_factory=dict)
    accepted_at: datetime | None = None
    done_at: datetime | None = None
    # What follows from it.
    services: list[str] = field(default_factory=list)
    first_service: str = ""
    routed_at: datetime | None = None
    transfers: int = 0
    first_ended_at: datetime | None = None
    ended_at: datetime | None = None
    ended_as: str = ""
    outcome: str = ""
    reopened: int = 0
    returned: int = 0
    on_site: bool = False
    proofs: int = 0
    reason_code: str = ""
    runs_out_at: datetime | None = None
    asked_at: datetime | None = None
    confirmed_at: datetime | None = None
    refuted_at: datetime | None = None
    score: int | None = None
    answered_in_contact: bool = False
    came_back_at: datetime | None = None

    def hear(self, fact: Any) -> None:
        """Add what a fact says; in whatever order and however often it is heard."""
        if tell := _TELLING.get(type(fact)):
            tell(self, fact)


def speaks_of_a_card(fact: Any) -> bool:
    """Whether a fact belongs to a card's story: what it does not say itself is read from the card then."""
    return hasattr(fact, "card_id")


def settle(story: CardStory) -> None:
    """Work out the figures that follow from what was heard."""
    _settle_services(story)
    _settle_ends(story)
    _settle_work(story)
    _settle_surveys(story)


def came_back_at(story: CardStory, others: Iterable[CardStory]) -> datetime | None:
    """When the person first came back on the same topic within a week: with a new card, or by refuting this one.

    `others` are that person's cards on the topic; two cards of one contact are not a coming back.
    """
    if story.received_at is None:
        return None
    since, until = story.received_at, story.received_at + CAME_BACK_WITHIN
    refuted = [read(at) for at in story.reopenings[:1]]
    again = [
        other.received_at
        for other in others
        if other.received_at
        and (other.received_at, other.card_id) > (since, story.card_id)
        and (other.contact_id is None or other.contact_id != story.contact_id)
    ]
    return min((at for at in refuted + again if at <= until), default=None)


def _settle_services(story: CardStory) -> None:
    known = [(int(key), service, at, gone) for key, (service, at, gone) in story.assignments.items() if service]
    known.sort()
    story.services = sorted({service for _, service, _, gone in known if gone is None})
    story.first_service = known[0][1] if known else ""
    story.routed_at = min((read(at) for _, _, at, _ in known), default=None)
    story.transfers = sum(gone is not None for _, _, _, gone in known)


def _settle_ends(story: CardStory) -> None:
    story.endings.sort()
    story.reopenings.sort()
    story.reopened = len(story.reopenings)
    story.first_ended_at = read(story.endings[0][0]) if story.endings else None
    story.ended_at, story.ended_as, story.outcome = None, "", ""
    if story.endings and (not story.reopenings or story.endings[-1][0] > story.reopenings[-1]):
        at, story.ended_as, story.outcome = story.endings[-1]
        story.ended_at = read(at)


def _settle_work(story: CardStory) -> None:
    story.returns.sort()
    story.returned = len(story.returns)
    story.on_site = any(on_site for _, _, on_site, _ in story.reports.values())
    story.proofs = sum(proofs for _, proofs, _, _ in story.reports.values())
    story.reason_code = max(((at, code) for at, _, _, code in story.reports.values() if code), default=("", ""))[1]
    # While the clock stands before the promise is broken, it does not run out.
    stands = story.paused_at and story.due_at and story.paused_at <= story.due_at
    story.runs_out_at = None if stands else story.due_at


def _settle_surveys(story: CardStory) -> None:
    rows = sorted(story.surveys.values(), key=lambda row: (row[0] or "", row[2] or ""))
    story.asked_at = min((read(asked) for asked, _, _, _ in rows if asked), default=None)
    answers = [(answer, read(at)) for _, answer, at, _ in rows if at]
    story.confirmed_at = min((at for answer, at in answers if answer == Answer.CONFIRMED), default=None)
    story.refuted_at = min((at for answer, at in answers if answer == Answer.REFUTED), default=None)
    story.score = next((score for _, _, _, score in reversed(rows) if score is not None), None)


def end(story: CardStory, *, at: datetime, ended_as: str, outcome: str) -> None:
    """Note one end of the card."""
    ending = [written(at), str(ended_as), str(outcome)]
    if ending not in story.endings:
        story.endings.append(ending)


def reopen(story: CardStory, *, at: datetime) -> None:
    """Note one reopening."""
    if written(at) not in story.reopenings:
        story.reopenings.append(written(at))


def report(story: CardStory, *, order_id: int, at: datetime, proofs: int, on_site: bool, reason_code: str) -> None:
    """Note what a service reported."""
    story.reports[f"{order_id}@{written(at)}"] = [written(at), proofs, on_site, reason_code]


def _end_as(status: Status) -> Callable[[CardStory, Any], None]:
    def tell(story: CardStory, fact: Any) -> None:
        end(story, at=fact.at, ended_as=status, outcome=getattr(fact, "outcome", status))

    return tell


def _reopened(story: CardStory, fact: cards.CardReopened) -> None:
    reopen(story, at=fact.at)


def _done(story: CardStory, fact: cards.CardDone) -> None:
    story.done_at = earliest(story.done_at, fact.at)


def _routed(story: CardStory, fact: routing.CardRouted) -> None:
    _, _, gone = story.assignments.get(str(fact.assignment_id), ("", "", None))
    story.assignments[str(fact.assignment_id)] = [fact.service_code, written(fact.at), gone]


def _withdrawn(story: CardStory, fact: routing.AssignmentWithdrawn) -> None:
    service, at, _ = story.assignments.get(str(fact.assignment_id), ("", "", None))
    story.assignments[str(fact.assignment_id)] = [service, at, written(fact.at)]


def _accepted(story: CardStory, fact: workorders.OrderAccepted) -> None:
    story.accepted_at = earliest(story.accepted_at, fact.at)


def _reported(story: CardStory, fact: workorders.WorkReported) -> None:
    report(
        story,
        order_id=fact.order_id,
        at=fact.at,
        proofs=fact.proofs,
        on_site=fact.on_site,
        reason_code=fact.reason_code,
    )


def _returned(story: CardStory, fact: control.WorkReturned) -> None:
    if fact.check_id not in story.returns:
        story.returns.append(fact.check_id)


def _asked(story: CardStory, fact: feedback.ConfirmationAsked) -> None:
    _, answer, at, score = story.surveys.get(str(fact.survey_id), (None, "", None, None))
    story.surveys[str(fact.survey_id)] = [written(fact.at), answer, at, score]


def _answered(answer: Answer) -> Callable[[CardStory, Any], None]:
    def tell(story: CardStory, fact: Any) -> None:
        asked, _, _, _ = story.surveys.get(str(fact.survey_id), (None, "", None, None))
        score = getattr(fact, "score", None)
        story.surveys[str(fact.survey_id)] = [asked, answer.value, written(fact.at), score]

    return tell


_TELLING: dict[type, Callable[[CardStory, Any], None]] = {
    cards.CardAnswered: _end_as(Status.ANSWERED),
    cards.CardExplained: _end_as(Status.EXPLAINED),
    cards.CardHandedOver: _end_as(Status.HANDED_OVER),
    cards.CardClosed: _end_as(Status.CLOSED),
    cards.CardWithdrawn: _end_as(Status.WITHDRAWN),
    cards.CardReopened: _reopened,
    cards.CardDone: _done,
    routing.CardRouted: _routed,
    routing.AssignmentWithdrawn: _withdrawn,
    workorders.OrderAccepted: _accepted,
    workorders.WorkReported: _reported,
    control.WorkReturned: _returned,
    feedback.ConfirmationAsked: _asked,
    feedback.ResultConfirmed: _answered(Answer.CONFIRMED),
    feedback.ResultRefuted: _answered(Answer.REFUTED),
}
