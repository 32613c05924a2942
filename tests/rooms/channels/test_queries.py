import pytest

from komek.rooms.channels import actions as channels
from komek.rooms.channels import queries, rules


@pytest.fixture
def talk(with_asel, aigerim, at):
    for number in range(5):
        channels.hear(with_asel, text=f"сұрақ {number}", at=at)
        channels.tell(with_asel, text=f"жауап {number}", by=aigerim, at=at)
    return with_asel


def test_a_conversation_is_read_in_the_order_it_was_said(talk, django_assert_num_queries):
    with django_assert_num_queries(2):
        said = queries.said(talk.id)
        assert [message.author.name if message.author else "" for message in said][:2] == ["", "Айгерім Нұрланова"]
        assert [message.files for message in said] == [[]] * 10

    assert [message.text for message in said][:3] == ["сұрақ 0", "жауап 0", "сұрақ 1"]


def test_the_last_messages_are_shown_when_not_all_are(talk):
    assert [message.text for message in queries.said(talk.id, limit=2)] == ["сұрақ 4", "жауап 4"]


def test_the_first_words_of_many_conversations_cost_one_query(talk, at, django_assert_num_queries):
    other = channels.open_conversation("webform", language="ru", at=at)
    channels.hear(other, text="яма", at=at)

    with django_assert_num_queries(1):
        words = queries.first_words([talk.id, other.id, 10**6])

    assert words == {talk.id: "сұрақ 0", other.id: "яма"}


def test_pages_of_messages_join_without_a_gap_or_a_double(talk, django_assert_num_queries):
    seen, before = [], None
    while True:
        with django_assert_num_queries(1):
            page = queries.page(before=before, limit=3)
        seen += [message.id for message in page.messages]
        if (before := page.before) is None:
            break

    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) == 10


def test_the_call_back_list_is_one_query_for_what_it_shows(call_back, django_assert_num_queries):
    with django_assert_num_queries(1):
        waiting = queries.call_backs()
        assert [message.conversation.resident_id for message in waiting] == [call_back.conversation.resident_id]

    assert waiting == [call_back]


def test_a_partner_sees_what_waits_for_it_after_the_last_it_has(db, at):
    conversation = channels.open_conversation("api", language="ru", at=at, outer_id="1", partner_id=7)
    ids = [channels.tell(conversation, text=f"{number}", at=at).id for number in range(3)]
    for message_id in ids:
        channels.send(message_id, at=at)

    assert [message.id for message in queries.kept_for(7)] == ids
    assert [message.id for message in queries.kept_for(7, after=ids[0])] == ids[1:]
    assert queries.kept_for(8) == []


def test_what_is_not_there_is_refused_by_name(db):
    with pytest.raises(rules.NoSuchConversation):
        queries.conversation(109)
    with pytest.raises(rules.NoSuchMessage):
        queries.message(109)
