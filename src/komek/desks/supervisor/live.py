"""Which facts change the wallboard."""

from collections.abc import Iterable

from komek.platform.facts import shows
from komek.rooms.calls import facts as calls
from komek.rooms.intake import facts as intake
from komek.rooms.quality import facts as quality
from komek.rooms.routing import facts as routing


@shows(
    intake.ContactArrived,
    intake.ContactOffered,
    intake.OfferWithdrawn,
    intake.ContactAccepted,
    intake.ContactAbandoned,
    intake.ContactEnded,
    intake.ContactWrappedUp,
    intake.SeatChanged,
)
def the_floor(fact: intake.ContactArrived) -> Iterable[str]:
    yield "floor"


@shows(
    calls.CallAnswered,
    calls.CallEnded,
    calls.HandOverAsked,
    calls.HandOverMoved,
    calls.JoiningAsked,
    calls.JoiningBegan,
    calls.JoiningEnded,
)
def the_calls(fact: calls.CallAnswered) -> Iterable[str]:
    yield "calls"


@shows(routing.RulesPublished)
def the_rules(fact: routing.RulesPublished) -> Iterable[str]:
    yield "rules"


@shows(quality.ThresholdBreached, quality.BreachEnded, quality.BreachResumed)
def the_breaches(fact: quality.ThresholdBreached) -> Iterable[str]:
    yield "breaches"


@shows(quality.ThresholdSet)
def the_thresholds(fact: quality.ThresholdSet) -> Iterable[str]:
    yield "thresholds"
