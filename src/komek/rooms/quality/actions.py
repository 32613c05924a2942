"""Verbs of quality: set a threshold, watch the figures, review a contact, read what was said of one's work."""

from collections.abc import Mapping
from datetime import datetime

from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.staff.models import Agent
from komek.registers.staff.rules import Right, RightMissing
from komek.rooms.intake import queries as intake
from komek.rooms.intake.rules import State
from komek.rooms.quality import facts, queries, rules
from komek.rooms.quality.models import Breach, Review, Threshold
from komek.rooms.quality.rules import Figure, Level, Limit


@together
def set_threshold(figure: Figure, *, warn: float, danger: float, by: Agent, at: datetime) -> None:
    """Hold a figure of the wall against something else; what is the same already is not set again."""
    if not by.may(Right.MANAGE_QUEUES):
        raise RightMissing(Right.MANAGE_QUEUES)
    limit = rules.checked(figure, Limit(warn, danger))
    if queries.thresholds().get(figure) == limit:
        return
    told = {"warn": warn, "danger": danger, "set_by": by, "set_at": at}
    Threshold.objects.update_or_create(figure=figure.value, defaults=told)
    announce(facts.ThresholdSet(figure.value, warn, danger, by.pk, at))


@together
def watch(*, at: datetime) -> int:
    """Begin and end breaches as the figures stand now; returns how many are open. Each is announced once."""
    standing = {one.figure.value: one for one in queries.standings(at)}
    is_open = {breach.figure: breach for breach in Breach.objects.select_for_update().filter(ended_at=None)}
    bad = {name: one.value for name, one in standing.items() if one.level is Level.DANGER and one.value is not None}
    for name, breach in is_open.items():
        if name not in bad:
            breach.ended_at = at
            breach.save(update_fields=["ended_at"])
            announce(facts.BreachEnded(breach.pk, name, at))
        elif (worst := _worse(Figure(name), breach.worst, bad[name])) != breach.worst:
            breach.worst = worst
            breach.save(update_fields=["worst"])
    for name in bad.keys() - is_open.keys():
        _begin(Figure(name), bad[name], at=at)
    return len(bad)


@together
def review(
    contact_id: int, *, answers: Mapping[str, str], comment: str, revision: int, by: Agent, at: datetime
) -> Review:
    """Judge how a contact was handled; `revision` is the review that was on the screen, 0 when there was none."""
    if not by.may(Right.REVIEW_CONTACTS):
        raise RightMissing(Right.REVIEW_CONTACTS)
    contact = intake.contact(contact_id)
    if contact.state != State.ENDED or contact.accepted_by_id is None:
        raise rules.NotReviewable(contact_id)
    if contact.accepted_by_id == by.pk:
        raise rules.OwnContact(contact_id)
    score, told = rules.score(answers), rules.tidy(answers)
    known = Review.objects.select_for_update().filter(contact_id=contact_id).first()
    if revision != (known.revision if known else 0):
        raise rules.ReviewIsNewer(contact_id)
    found = known or Review(contact_id=contact_id, agent_id=contact.accepted_by_id, revision=0)
    found.by, found.at, found.answers, found.score = by, at, told, score
    found.comment, found.revision, found.seen_at = comment.strip()[: rules.LONGEST_COMMENT], found.revision + 1, None
    found.save()
    announce(facts.ContactReviewed(found.pk, contact_id, found.agent_id, score, by.pk, at))
    return found


@together
def see_reviews(agent: Agent, *, at: datetime) -> None:
    """Note that this person has read what was said of their work."""
    Review.objects.filter(agent=agent, seen_at=None).update(seen_at=at)


def _begin(figure: Figure, value: float, *, at: datetime) -> None:
    last = Breach.objects.filter(figure=figure.value).order_by("-began_at").first()
    if last and last.ended_at and at - last.ended_at < rules.SAME_BREACH_WITHIN:
        last.ended_at, last.worst = None, _worse(figure, last.worst, value)
        last.save(update_fields=["ended_at", "worst"])
        announce(facts.BreachResumed(last.pk, figure.value, value, at))
        return
    breach = Breach.objects.create(figure=figure.value, began_at=at, worst=value)
    announce(facts.ThresholdBreached(breach.pk, figure.value, value, at))


def _worse(figure: Figure, one: float, other: float) -> float:
    return max(one, other) if figure in rules.MORE_IS_WORSE else min(one, other)
