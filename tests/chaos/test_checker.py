"""The checker of the trial: it passes what is right, and each kind of loss and doubling is really made and found."""

import json
import time

import pytest
from chaos.screens import Event, Screen
from django.db import connection
from tests.fixtures import line as fixtures

from chaos import checker
from komek.platform import files
from komek.platform.models import Fact
from komek.rooms.cards import actions as cards
from komek.rooms.cards.rules import CardDraft
from komek.rooms.channels import actions as channels
from komek.rooms.intake.rules import Arrival

pytestmark = pytest.mark.django_db
rules_in_force, texts, nowhere = fixtures.rules_in_force, fixtures.texts, fixtures.nowhere


@pytest.fixture
def arrive(rules_in_force, texts, nowhere, run_after, at):
    """A request by the web form, as the journal knows it."""

    def made(key, text, *, file_ids=()):
        arrival = Arrival(
            channel="webform", text=text, language="ru", outer_id=key, topic_code="WAT-02", file_ids=file_ids
        )
        draft = CardDraft(text=text, language="ru", topic_code="WAT-02", place=nowhere)
        card = cards.take_in(arrival, draft=draft, at=at)
        run_after()
        return card

    return made


@pytest.fixture
def day(arrive, photo, run_after, at):
    """One card with a photo, and the lines that a journal has about it."""
    picture = photo(color=(1, 2, 3))
    stored = files.receive(picture, name="photo.jpg", by=None, at=at, purpose="contact")
    card = arrive("key-1", "Течёт вода", file_ids=[stored.pk])
    added = channels.hear(card.conversation, text="И ещё", outer_id="more-1", at=at)
    run_after()
    told = {"key": "key-1", "text": "Течёт вода", "way": "form"}
    return [
        {"line": "sent", "kind": "card", **told},
        {"line": "told", "kind": "card", **told, "number": card.number, "routed": True},
        {"line": "told", "kind": "file", "number": card.number, "sha256": stored.sha256},
        {
            "line": "told",
            "kind": "message",
            "number": card.number,
            "outer_id": "more-1",
            "id": added.id,
            "text": "И ещё",
        },
    ]


@pytest.fixture
def check(tmp_path, settings):
    """What the checker says about these lines, and a screen that heard of everything unless another is given."""

    def checked(lines, screens=()):
        path = tmp_path / "journal.jsonl"
        path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines))
        connection.ensure_connection()
        found, _ = checker.check(path, connection.connection, settings.HOME / "files", screens)
        return [what.partition(":")[0] for what in found]

    return checked


def by_hand(*statements):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_a_day_that_was_told_as_it_was_is_in_order(day, check):
    assert check(day) == []


def test_a_promised_card_that_is_gone_is_found(day, check):
    day[1] = day[1] | {"number": "26-0000-0010"}

    assert "promised cards that are not there under their number" in check(day)


def test_a_request_that_made_two_cards_is_found(day, arrive, check):
    arrive("key-2", "Течёт вода")

    assert "requests that made more than one card" in check(day)


def test_a_refused_request_that_made_a_card_is_found(day, arrive, check):
    arrive("key-2", "Нет света")
    asked = {"kind": "card", "key": "key-2", "text": "Нет света"}

    found = check([*day, {"line": "sent", **asked}, {"line": "refused", **asked}])

    assert found == ["refused requests that made a card"]


def test_a_card_that_nobody_asked_for_is_found(day, arrive, check):
    arrive("key-2", "Нет света")

    assert check(day) == ["cards that nobody asked for"]


def test_a_resident_who_was_told_nothing_is_found(day, check):
    by_hand("ALTER TABLE feedback_notice DISABLE TRIGGER USER", "DELETE FROM feedback_notice")

    assert check(day) == ["residents who were not told exactly once"]


def test_a_message_that_was_never_sent_is_found(day, check):
    by_hand("UPDATE channels_message SET state = 'queued', sent_at = NULL WHERE direction = 'out'")

    assert check(day) == ["notices whose message was never sent"]


def test_a_message_that_is_gone_is_found(day, check):
    by_hand("DELETE FROM channels_message WHERE outer_id = 'more-1'")

    assert "promised messages that are not there exactly once" in check(day)


def test_a_file_that_is_gone_from_the_store_is_found(day, check, settings):
    sha256 = day[2]["sha256"]
    (settings.HOME / "files" / sha256[:2] / sha256[2:4] / sha256).unlink()

    assert check(day) == ["files that are not in the store"]


def test_a_file_that_belongs_to_no_card_is_found(day, check):
    by_hand("DELETE FROM channels_attachment")

    assert check(day) == ["promised files that are not with their card exactly once"]


def test_a_card_that_was_announced_twice_is_found(day, check):
    by_hand(
        "INSERT INTO platform_fact (name, data, topics, at) SELECT name, data, topics, at FROM platform_fact"
        " WHERE name = 'cards.CardRegistered'"
    )

    assert check(day) == ["cards that were not announced exactly once"]


def screen(*, heard):
    return Screen("second line", frozenset({"board"}), "pass", since=0, port=0, heard=heard)


def test_a_screen_that_missed_the_last_change_is_found(day, check):
    last = Fact.objects.filter(topics__contains=["board"]).order_by("-id").first()
    assert last is not None
    late = Event(time.time(), last.id - 1, "changed", frozenset({"board"}))

    assert check(day, [screen(heard=[late])]) == ["screens that show what is over"]


@pytest.mark.parametrize(
    "event", [("changed", frozenset({"board"})), ("resync", frozenset({"*"}))], ids=["it", "everything"]
)
def test_a_screen_that_heard_of_it_or_read_everything_again_is_in_order(day, check, event):
    last = Fact.objects.order_by("-id").first()

    assert check(day, [screen(heard=[Event(time.time(), last.id, *event)])]) == []
