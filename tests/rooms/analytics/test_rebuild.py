"""What the follower has counted from the facts is what the rooms' own tables say."""

from datetime import timedelta

import pytest

from komek.platform.models import Unread
from komek.rooms.analytics import actions
from komek.rooms.analytics.models import CardStory, ContactStory, MessageStory, Tally

pytestmark = pytest.mark.django_db


def everything():
    return [
        list(CardStory.objects.order_by("pk").values()),
        list(ContactStory.objects.order_by("pk").values()),
        list(MessageStory.objects.order_by("pk").values()),
        sorted(Tally.objects.values_list("day", "measure", "dimension", "value", "count")),
    ]


def test_history_tells_the_same_as_the_facts(three_weeks, catch_up, at):
    catch_up()
    counted = everything()

    done = actions.rebuild(at=at + timedelta(days=30))

    for told, recounted in zip(counted, everything(), strict=True):
        assert told == recounted
    assert (done.cards, done.contacts) == (len(counted[0]), len(counted[1]))
    assert all(counted)


def test_it_is_the_same_when_facts_are_read_one_by_one(three_weeks, catch_up, at):
    catch_up(batch=1)

    assert actions.differences(at=at) == {}


def test_what_was_announced_before_a_rebuild_may_be_read_after_it(three_weeks, catch_up, at):
    actions.rebuild(at=at)
    rebuilt = everything()
    assert Unread.objects.exists()

    catch_up()

    assert everything() == rebuilt


def test_a_difference_is_found_and_nothing_is_changed_by_looking(three_weeks, catch_up, at):
    catch_up()
    card = three_weeks["burst"]
    CardStory.objects.filter(card_id=card.id).update(proofs=7)
    Tally.objects.filter(measure="closed", dimension="all").update(count=100)
    before = everything()

    found = actions.differences(at=at)

    assert found.keys() == {"analytics_cardstory", "analytics_tally"}
    assert found["analytics_cardstory"] == 2
    assert everything() == before


def test_what_is_announced_but_not_counted_yet_is_no_difference(three_weeks, at):
    waiting = Unread.objects.count()

    assert waiting > 100
    assert actions.differences(at=at) == {}
    assert Unread.objects.count() == waiting
