"""Who came by voice is told by voice: the list of calls to make, and what becomes of each call."""

from datetime import timedelta

import pytest

from komek.platform.clock import now
from komek.registers.places.rules import Place
from komek.registers.residents.models import Handle
from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries as card_queries
from komek.rooms.cards.rules import CardDraft, Kind
from komek.rooms.channels import actions as channels
from komek.rooms.channels import queries as conversations
from komek.rooms.channels.models import Message
from komek.rooms.channels.rules import BETWEEN_CALLS, MOST_CALLS
from komek.rooms.feedback import queries as feedback

DRAFT = CardDraft(text="Су ағып жатыр", kind=Kind.REQUEST, language="kk", topic_code="WAT-02", place=Place(text="үй"))


@pytest.fixture
def card(line, asel, report, olzhas, run_after):
    """Asel rang about a leak two hours ago; it is mended."""
    at = now() - timedelta(hours=2)
    handle = Handle.objects.get(resident=asel)
    conversation = channels.open_conversation("phone", handle=handle, resident=asel, language="kk", at=at)
    made = cards.register(DRAFT, conversation=conversation, resident=asel, channel="phone", by=None, at=at)
    run_after()
    report(made, at=at + timedelta(hours=1))
    cards.close(made.id, outcome="done", by=olzhas, at=at + timedelta(hours=1))
    run_after()
    return card_queries.card(made.id)


@pytest.fixture
def told(desk, card):
    """What comes of a call: `told(reached="yes")`."""

    def say(**told):
        through = max(Message.objects.filter(conversation=card.conversation_id).values_list("id", flat=True))
        return desk.post(f"/operator/card/{card.number}/told/", {"through": through, **told}, follow=True)

    return say


def states(card):
    return set(Message.objects.filter(conversation=card.conversation_id).values_list("kind", "state"))


def test_only_what_was_not_heard_in_the_call_is_to_be_told(desk, card):
    listed = desk.get("/operator/").content.decode()
    shown = desk.get(f"/operator/card/{card.number}/").content.decode()

    assert states(card) == {("done", "kept")}
    assert card.number in listed
    assert card.number in shown
    assert "http" not in shown.split('id="telling"')[1].split("<form")[0]


def test_who_was_told_leaves_the_list_and_their_answer_counts(desk, card, told, aigerim):
    told(reached="yes", answer="confirmed", score="4", comment="Рақмет")

    survey = feedback.last_survey(card.pk)
    assert (survey.answer, survey.score, survey.comment, survey.heard_by) == ("confirmed", 4, "Рақмет", aigerim)
    assert states(card) == {("done", "sent")}
    assert Message.objects.get(kind="done").sent_by == aigerim
    assert card.number not in desk.get("/operator/").content.decode()


def test_who_says_that_it_is_not_done_is_not_called_again_to_hear_so(card, told, run_after):
    told(reached="yes", answer="refuted", comment="Әлі ағып жатыр")
    run_after()

    assert card_queries.card(card.pk).closed_at is None
    assert states(card) == {("done", "sent")}


def test_the_same_call_told_twice_counts_once(card, told):
    told(reached="yes", answer="confirmed", score="4")
    again = told(reached="yes", answer="refuted").content.decode()

    assert feedback.last_survey(card.pk).score == 4
    assert "жауап бер" in again, "the second answer is refused aloud"
    assert 'id="telling"' not in again


def test_who_does_not_answer_is_called_again_later_and_given_up_after_the_last_call(desk, card, told, monkeypatch):
    later = now()
    for call in range(1, MOST_CALLS + 1):
        assert card.number in desk.get("/operator/").content.decode()
        told(reached="no")
        assert card.number not in desk.get("/operator/").content.decode()
        later += BETWEEN_CALLS + timedelta(minutes=1)
        monkeypatch.setattr("komek.desks.operator.views.screen.now", lambda later=later: later)
        monkeypatch.setattr("komek.desks.operator.views.telling.now", lambda later=later: later)
        assert states(card) == {("done", "failed" if call == MOST_CALLS else "kept")}

    assert conversations.to_say(card.conversation_id) == []


def test_what_came_after_the_page_was_shown_is_still_to_be_told(desk, card):
    shown = conversations.to_say(card.conversation_id)[-1].pk
    channels.tell(conversations.conversation(card.conversation_id), text="Тағы бір сөз", by=None, at=now())

    desk.post(f"/operator/card/{card.number}/told/", {"through": shown, "reached": "yes"})

    assert [message.text for message in conversations.to_say(card.conversation_id)] == ["Тағы бір сөз"]


@pytest.mark.parametrize("wrong", [{"reached": "perhaps"}, {"reached": "yes", "score": "9"}, {"through": "x"}, {}])
def test_what_cannot_be_read_changes_nothing_and_is_said(card, told, wrong):
    answer = told(**wrong)

    assert answer.status_code == 200
    assert states(card) == {("done", "kept")}


def test_what_a_partner_has_to_fetch_is_nobodys_to_say(line, aigerim):
    conversation = channels.open_conversation("api", language="ru", at=now(), outer_id="1", partner_id=7)
    message = channels.tell(conversation, text="Сделано", at=now())
    channels.send(message.pk, at=now())

    assert channels.told(conversation.pk, through=message.pk, by=aigerim, at=now()) == 0
    assert conversations.kept_for(7) == [message]


def test_only_an_operator_tells(browser, card, olzhas):
    answer = browser(olzhas).post(f"/operator/card/{card.number}/told/", {"through": 1, "reached": "yes"})

    assert answer.status_code in {302, 403}
    assert states(card) == {("done", "kept")}
