"""Contacts that somebody looks at: which may be judged, by whom, and what the judgements come to."""

from datetime import timedelta

import pytest

from komek.platform.models import AuditEntry
from komek.registers.staff.models import Agent
from komek.registers.staff.rules import RightMissing
from komek.rooms.cards import actions as cards
from komek.rooms.cards.rules import CardDraft
from komek.rooms.feedback.models import Survey
from komek.rooms.intake import actions as intake
from komek.rooms.intake.rules import Arrival
from komek.rooms.quality import actions, queries, rules
from komek.rooms.quality.facts import ContactReviewed

pytestmark = pytest.mark.django_db

GOOD = dict.fromkeys(rules.CRITERIA, "yes")


@pytest.fixture
def handled(at):
    """A contact that somebody has handled."""

    def handle(agent, number=1):
        then = at + timedelta(minutes=number * 10)
        contact = intake.enter(Arrival("desk", language="kk", outer_id=str(number)), by=agent, at=then)
        intake.end(contact.pk, by=agent, at=then + timedelta(minutes=2))
        intake.wrap_up(contact.pk, by=agent, at=then + timedelta(minutes=3))
        return contact

    return handle


def judge(contact, by, at, revision=0, comment="", **answers):
    return actions.review(contact.pk, answers=answers or GOOD, comment=comment, revision=revision, by=by, at=at)


def test_a_review_is_told_and_waits_to_be_read(handled, aigerim, saule, facts, at):
    contact = handled(aigerim)
    found = judge(contact, saule, at, greeting="yes", answer="no")

    assert found.score == 25
    assert facts.announced[-1] == ContactReviewed(found.pk, contact.pk, aigerim.pk, 25, saule.pk, at)
    assert queries.unseen(aigerim) == 1
    actions.see_reviews(aigerim, at=at)
    assert queries.unseen(aigerim) == 0
    assert [one.score for one in queries.reviews_of(aigerim)] == [25]


def test_a_review_may_be_corrected_but_not_overwritten_unseen(handled, aigerim, saule, at):
    contact = handled(aigerim)
    judge(contact, saule, at, answer="no", comment="Не тот ответ")
    actions.see_reviews(aigerim, at=at)

    with pytest.raises(rules.ReviewIsNewer):
        judge(contact, saule, at)
    judge(contact, saule, at, revision=1)

    assert queries.review_of(contact.pk).score == 100
    assert queries.unseen(aigerim) == 1
    changed = AuditEntry.objects.filter(subject__startswith="quality_review:", verb="update").order_by("id").last()
    assert changed.detail["score"] == [0, 100]
    assert changed.detail["comment"] == "changed"


def test_pages_of_reviews_join_though_an_old_one_was_corrected(handled, aigerim, saule, at, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    contacts = [handled(aigerim, number) for number in range(1, 5)]
    made = [judge(contact, saule, at + timedelta(hours=hour)) for hour, contact in enumerate(contacts)]
    judge(contacts[0], saule, at + timedelta(hours=9), revision=1)

    first = queries.reviews_of(aigerim)
    rest = queries.reviews_of(aigerim, before=first[-1].pk)
    assert [first, rest] == [[made[0], made[3]], [made[2], made[1]]]


def test_only_what_is_over_is_judged_and_nobody_judges_their_own(handled, aigerim, saule, olzhas, at):
    contact = handled(aigerim)
    running = intake.enter(Arrival("desk", language="kk", outer_id="now"), by=aigerim, at=at + timedelta(hours=1))
    with pytest.raises(rules.NotReviewable):
        judge(running, saule, at)
    with pytest.raises(RightMissing):
        judge(contact, olzhas, at)
    with pytest.raises(rules.NothingJudged):
        judge(contact, saule, at, greeting="not_here")
    with pytest.raises(rules.OwnContact):
        judge(handled(saule, 2), saule, at)


def test_a_sample_is_drawn_by_lot_and_stays_the_same(handled, aigerim, madina, at):
    for number in range(1, 9):
        handled(aigerim if number % 2 else madina, number)
    day = (at.replace(hour=0), at.replace(hour=23))

    first = [one.pk for one in queries.sample(*day, seed="a", limit=4)]
    assert first == [one.pk for one in queries.sample(*day, seed="a", limit=4)]
    assert {tuple(one.pk for one in queries.sample(*day, seed=seed, limit=4)) for seed in "abcdef"} != {tuple(first)}
    assert {one.accepted_by_id for one in queries.sample(*day, agent_id=madina.pk)} == {madina.pk}


def test_the_averages_of_some_days(handled, aigerim, madina, saule, at, django_assert_num_queries):
    judge(handled(aigerim, 1), saule, at, greeting="yes", answer="no")
    judge(handled(aigerim, 2), saule, at, greeting="yes", answer="yes")
    judge(handled(madina, 3), saule, at, answer="partly")

    with django_assert_num_queries(2):
        found = queries.averages(at - timedelta(days=1), at + timedelta(days=1))

    assert (found.reviews, found.score) == (3, pytest.approx((25 + 100 + 50) / 3))
    assert found.people == [("Айгерім Нұрланова", 2, 62.5), ("Мадина Оспанова", 1, 50.0)]
    assert found.criteria == [("greeting", 2, 1.0), ("answer", 3, 0.5)]


def test_two_people_of_one_name_have_averages_of_their_own(handled, aigerim, madina, saule, at):
    Agent.objects.filter(pk=madina.pk).update(name=aigerim.name)
    judge(handled(aigerim, 1), saule, at, answer="no")
    judge(handled(madina, 2), saule, at, answer="yes")

    found = queries.averages(at - timedelta(days=1), at + timedelta(days=1))
    assert found.people == [(aigerim.name, 1, 100.0), (aigerim.name, 1, 0.0)]


def test_of_a_contact_that_was_scored_twice_the_newest_score_counts(handled, aigerim, at):
    contact = handled(aigerim)
    for place, (days, score) in enumerate([(2, 2), (1, 1)]):
        # Two cards of one contact, each asked about.
        card = cards.register(
            CardDraft(text="Су жоқ"), contact=contact, channel="desk", by=aigerim, at=at, key=f"card-{place}"
        )
        asked = at - timedelta(days=days)
        Survey.objects.create(
            card=card,
            round=0,
            token=f"token-{place}",
            asked_at=asked,
            answered_at=asked,
            answer="confirmed",
            score=score,
        )

    assert [(one.pk, score) for one, score in queries.badly_rated()] == [(contact.pk, 1)]
