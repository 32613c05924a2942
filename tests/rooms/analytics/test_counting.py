"""The follower: batches of facts become stories and counters, each fact counting once."""

import random

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from komek.platform import facts as platform_facts
from komek.platform.models import Fact, Unread
from komek.rooms.analytics import actions, jobs
from komek.rooms.analytics.models import CardStory, ContactStory, MessageStory, Tally
from komek.rooms.cards import actions as cards
from komek.rooms.cards.facts import CardClosed
from komek.rooms.routing import actions as routing

pytestmark = pytest.mark.django_db

STATEMENTS_A_BATCH = 20


def logged():
    """All the facts of the log as the follower is given them."""
    found = []
    for row in Fact.objects.order_by("id"):
        kind = platform_facts.kind_of(row.name)
        found.append((platform_facts.unpacked(kind, row.data), row.id))
    return found


def tallied(measure, dimension="all", value=""):
    rows = Tally.objects.filter(measure=measure, dimension=dimension, value=value)
    return sum(rows.values_list("count", flat=True))


def everything():
    return [
        list(table.objects.order_by(*order).values(*columns))
        for table, order, columns in (
            (CardStory, ["pk"], []),
            (ContactStory, ["pk"], []),
            (MessageStory, ["pk"], []),
            (Tally, ["day", "measure", "dimension", "value"], ["day", "measure", "dimension", "value", "count"]),
        )
    ]


def test_a_contact_and_its_card_are_counted_when_the_follower_reads(town):
    card = town.registers(contact := town.talks(0), 2)
    town.hangs_up(contact, 3)

    jobs.catch_up()

    story = CardStory.objects.get(card_id=card.id)
    assert (story.topic_code, story.group_code, story.district_code) == ("WAT-02", "GRP-WAT", "nura")
    assert (story.services, story.contact_id) == (["SU"], contact.id)
    assert ContactStory.objects.get(contact_id=contact.id).topic_code == "WAT-02"
    assert tallied("cards", "service", "SU") == tallied("contacts", "topic", "WAT-02") == tallied("open") == 1
    assert not Unread.objects.exists()


def test_nothing_is_counted_twice_by_reading_again(three_weeks, catch_up):
    catch_up()
    before = everything()

    assert catch_up() == 0
    actions.count(logged())

    assert everything() == before


def test_facts_out_of_order_and_in_pieces_count_the_same(three_weeks, catch_up):
    catch_up()
    in_order = everything()

    for seed in range(5):
        for table in (CardStory, ContactStory, MessageStory, Tally):
            table.objects.all().delete()
        facts, chance = logged(), random.Random(seed)
        chance.shuffle(facts)
        while facts:
            size = chance.randint(1, 60)
            actions.count(facts[:size])
            facts = facts[size:]

        assert everything() == in_order


def test_a_correction_moves_the_card_to_its_new_topic_and_leaves_no_empty_counter(town, catch_up):
    card = town.registers(town.talks(0), 2, "ROA-01")
    catch_up()

    cards.correct(card.id, revision=card.revision, topic_code="WAT-02", by=town.operator, at=town.at(5))
    catch_up()

    assert tallied("cards", "topic", "WAT-02") == tallied("contacts", "topic", "WAT-02") == 1
    assert not Tally.objects.filter(value="ROA-01").exists()
    assert not Tally.objects.filter(count=0).exists()


def test_who_comes_back_later_takes_the_proof_from_the_first_answer(town, catch_up):
    first = town.talks(0)
    town.answers(first, 1)
    town.hangs_up(first, 2)
    catch_up()
    assert (tallied("resolved"), tallied("came_back")) == (1, 0)

    town.answers(town.talks(24 * 60), 24 * 60 + 1)
    catch_up()

    assert (tallied("resolved"), tallied("came_back")) == (1, 1)


def test_a_correction_of_the_later_topic_gives_the_proof_back(town, catch_up):
    first = town.talks(0)
    town.answers(first, 1)
    town.hangs_up(first, 2)
    later = town.registers(town.talks(24 * 60), 24 * 60 + 1, "WAT-04")
    catch_up()
    assert tallied("came_back") == 1

    cards.correct(later.id, revision=later.revision, topic_code="ROA-01", by=town.operator, at=town.at(24 * 60 + 5))
    catch_up()

    assert tallied("came_back") == 0


def test_a_promise_moved_later_is_counted_against_as_it_stands(town, catch_up):
    card = town.registers(town.talks(0), 2)
    catch_up()
    due_at = CardStory.objects.get(card_id=card.id).due_at

    routing.extend(card.id, norm="4h", reason="Аяз", by=town.controller, at=town.at(30))
    catch_up()

    assert CardStory.objects.get(card_id=card.id).due_at > due_at


def test_what_is_undone_is_never_counted(town, catch_up):
    card = town.registers(town.talks(0), 2)
    catch_up()

    with transaction.atomic():
        platform_facts.announce(CardClosed(card.id, "done", None, town.at(5)))
        transaction.set_rollback(True)
    catch_up()

    assert tallied("closed") == 0


def test_a_batch_takes_the_same_few_statements_however_many_facts_it_holds(three_weeks, catch_up):
    facts = logged()
    few, many = facts[:40], facts

    with CaptureQueriesContext(connection) as of_few:
        actions.count(few)
    with CaptureQueriesContext(connection) as of_many:
        actions.count(many)

    assert len(many) > 200
    assert len(of_few) <= STATEMENTS_A_BATCH
    assert len(of_many) <= STATEMENTS_A_BATCH


def test_facts_that_are_not_counted_cost_no_reading(town, catch_up):
    catch_up()

    with CaptureQueriesContext(connection) as queries:
        actions.count([])

    assert len(queries) <= 3
