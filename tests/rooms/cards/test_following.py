"""Which emergency script was followed stands in the history of the card, step by step."""

from datetime import date, timedelta

import pytest

from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries, rules
from komek.rooms.cards.models import Card
from komek.rooms.cards.rules import Followed, Kind, Tick
from komek.rooms.knowledge import actions as knowledge
from komek.rooms.knowledge.rules import BookDraft, Field, Script, Standing, UnknownScript, Urgency

SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def gas_smell(city, at):
    """A book with one script of two steps."""
    script = Script(
        code="gas_smell",
        version=1,
        urgency=Urgency.IMMEDIATE,
        primary="104",
        titles={"ru": "Запах газа"},
        steps=({"ru": "Не включайте свет."}, {"ru": "Выйдите на улицу."}),
        never={"ru": "Не советуйте искать утечку огнём."},
        triggers={"ru": ("запах газа",)},
    )
    book = BookDraft(
        standing=Standing.APPROVED,
        updated_on=date(2026, 1, 1),
        languages=("ru",),
        notice={},
        services={"104": {"ru": "Аварийная служба газа"}},
        handover_fields=(Field("location", required=True, names={"ru": "Адрес"}),),
        phrases={},
        scripts=(script,),
    )
    knowledge.publish_scripts(book, by=None, at=at)


@pytest.fixture
def hand_over(draft, contact, aigerim, at):
    """Hand the smell of gas over to 104."""

    def handed_over(followed, key=None):
        told = draft(kind=Kind.EMERGENCY, followed=followed)
        return cards.hand_over(
            told, to="104", confirmed_by="Серик, 104", contact=contact, channel="webform", by=aigerim, at=at, key=key
        )

    return handed_over


def followed_in(card):
    return [entry for entry in queries.story(card) if entry.verb == "script_followed"]


def test_the_steps_stand_in_the_order_they_were_said_with_who_confirmed_the_hand_over(hand_over, aigerim, at):
    ticks = (Tick(2, at - 5 * SECOND), Tick(1, at - 40 * SECOND))

    card = hand_over(Followed("gas_smell", 1, ticks))

    entry = followed_in(card)[0]
    assert (entry.by, entry.at) == (aigerim, at)
    assert entry.data == {
        "script": "gas_smell",
        "version": 1,
        "steps": [
            {"step": 1, "at": (at - 40 * SECOND).isoformat()},
            {"step": 2, "at": (at - 5 * SECOND).isoformat()},
        ],
        "handed_to": "104",
        "confirmed_by": "Серик, 104",
    }


def test_the_second_of_two_clicks_writes_no_second_line(hand_over):
    followed = Followed("gas_smell", 1)

    card = hand_over(followed, key="one")
    hand_over(followed, key="one")

    assert len(followed_in(card)) == 1


def test_a_script_that_sends_the_citys_own_crew_is_followed_on_a_request(register, at):
    card = register(followed=Followed("gas_smell", 1, (Tick(1, at),)))

    assert followed_in(card)[0].data == {
        "script": "gas_smell",
        "version": 1,
        "steps": [{"step": 1, "at": at.isoformat()}],
    }


def test_a_received_card_keeps_what_was_followed_when_it_is_read(draft, contact, aigerim, city, at):
    card = cards.receive(contact=contact, text="Пахнет газом", place=city.place, at=at)

    cards.classify(card.id, draft=draft(followed=Followed("gas_smell", 1)), by=aigerim, at=at)

    assert len(followed_in(card)) == 1


def test_a_card_without_a_script_says_nothing_of_one(register):
    assert followed_in(register()) == []


@pytest.mark.parametrize(
    ("script", "version", "ticked", "refusal"),
    [
        ("gas_smel", 1, [], UnknownScript),
        ("gas_smell", 2, [], UnknownScript),
        ("gas_smell", 1, [(0, 0)], rules.UnknownStep),
        ("gas_smell", 1, [(3, 0)], rules.UnknownStep),
        ("gas_smell", 1, [(1, -9), (1, -3)], rules.StepTwice),
        ("gas_smell", 1, [(1, 90)], rules.StepToCome),
    ],
)
def test_what_cannot_have_been_followed_is_refused_and_no_card_is_made(
    *, hand_over, at, script, version, ticked, refusal
):
    ticks = tuple(Tick(step, at + seconds * SECOND) for step, seconds in ticked)

    with pytest.raises(refusal):
        hand_over(Followed(script, version, ticks))

    assert not Card.objects.exists()


def test_a_workstation_whose_clock_is_a_little_fast_holds_nobody_up(hand_over, at):
    card = hand_over(Followed("gas_smell", 1, (Tick(1, at + 20 * SECOND),)))

    assert followed_in(card)[0].data["steps"] == [{"step": 1, "at": at.isoformat()}]
