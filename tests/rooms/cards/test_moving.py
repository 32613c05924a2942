"""A card on its way along the line, and back."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries, rules
from komek.rooms.cards.facts import CardClosed, CardReopened, CardTakenIntoWork, CardWithdrawn
from komek.rooms.cards.models import Card, Entry
from komek.rooms.cards.rules import FINAL, OPEN, TRANSITIONS, Kind, Outcome, Status

HOUR = timedelta(hours=1)
MOVES = {
    Status.ROUTED: lambda card_id, at: cards.route(card_id, owner_code="SU", at=at),
    Status.IN_WORK: lambda card_id, at: cards.take_into_work(card_id, at=at),
    Status.DONE: lambda card_id, at: cards.finish(card_id, at=at),
    Status.CLOSED: lambda card_id, at: cards.close(card_id, outcome=Outcome.DONE, by=None, at=at),
    Status.WITHDRAWN: lambda card_id, at: cards.withdraw(card_id, by=None, at=at),
}


def test_a_card_goes_the_whole_way_and_every_step_is_history(card, olzhas, facts, at):
    cards.route(card.id, owner_code="SU", at=at + HOUR)
    cards.take_into_work(card.id, at=at + 2 * HOUR)
    cards.finish(card.id, at=at + 3 * HOUR)
    cards.close(card.id, outcome=Outcome.DONE, by=olzhas, at=at + 4 * HOUR)

    story = queries.story(card)
    assert [(entry.verb, entry.was, entry.status) for entry in story] == [
        ("registered", "", "registered"),
        ("routed", "registered", "routed"),
        ("taken_into_work", "routed", "in_work"),
        ("done", "in_work", "done"),
        ("closed", "done", "closed"),
    ]
    assert [entry.at for entry in story] == [at + hours * HOUR for hours in range(5)]
    assert story[-1].by == olzhas
    moved = [name for name in facts.names() if name in {"CardTakenIntoWork", "CardDone", "CardClosed"}]
    assert moved == ["CardTakenIntoWork", "CardDone", "CardClosed"]
    assert facts.of(CardClosed) == [CardClosed(card.id, "done", olzhas.id, at + 4 * HOUR)]


def test_somebody_owns_the_card_at_every_moment(card, at):
    steps = (
        lambda: cards.route(card.id, owner_code="SU", at=at),
        lambda: cards.take_into_work(card.id, at=at),
        lambda: cards.finish(card.id, at=at),
        lambda: cards.send_back(card.id, at=at),
        lambda: cards.finish(card.id, at=at),
        lambda: cards.close(card.id, outcome="done", by=None, at=at),
        lambda: cards.reopen(card.id, reason="Қайта ақты", at=at),
    )

    owners = [card.owner_code, *(step().owner_code for step in steps)]

    assert owners == ["SELF", "SU", "SU", "L2", "SU", "L2", "L2", "L2"]


def test_a_card_without_an_owner_cannot_be_written(card, at):
    for verb in (cards.route, cards.own):
        with pytest.raises(rules.OwnerNeeded):
            verb(card.id, owner_code=" ", at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Card.objects.update(owner_code="")


def test_a_final_card_without_an_end_cannot_be_written_nor_an_open_one_with_an_end(card, at):
    for columns in ({"status": "closed"}, {"closed_at": at}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Card.objects.update(**columns)


@pytest.mark.parametrize("to", MOVES)
@pytest.mark.parametrize("was", Status)
def test_the_table_decides_every_move(card, was, to, at):
    Card.objects.filter(id=card.id).update(status=was, closed_at=at if was in FINAL else None)
    same = was == to and to in {Status.ROUTED, Status.IN_WORK}

    if to in TRANSITIONS[was] or same:
        assert MOVES[to](card.id, at).status == to
    else:
        with pytest.raises(rules.ForbiddenMove):
            MOVES[to](card.id, at)
        card.refresh_from_db()
        assert (card.status, Entry.objects.filter(card=card).count()) == (was, 1)


def test_the_second_service_that_begins_changes_nothing(in_work, facts, at):
    cards.take_into_work(in_work.id, at=at)

    assert facts.of(CardTakenIntoWork) == []
    assert [entry.verb for entry in queries.story(in_work)].count("taken_into_work") == 1


def test_another_owner_is_a_line_of_history_and_the_same_owner_is_none(in_work, at):
    cards.own(in_work.id, owner_code="DOR", at=at)
    cards.own(in_work.id, owner_code="DOR", at=at)

    owned = [entry for entry in queries.story(in_work) if entry.verb == "owned"]
    assert [entry.data for entry in owned] == [{"owner": "DOR", "owner_was": "SU"}]
    assert (owned[0].was, owned[0].status) == ("in_work", "in_work")


def test_a_card_already_on_its_way_only_changes_its_owner_when_it_is_routed_again(card, at):
    cards.route(card.id, owner_code="SU", at=at)

    again = cards.route(card.id, owner_code="DOR", at=at)

    assert (again.status, again.owner_code) == (Status.ROUTED, "DOR")


def test_nobody_becomes_the_owner_of_what_has_ended(card, at):
    cards.withdraw(card.id, by=None, at=at)

    with pytest.raises(rules.CardIsOver):
        cards.own(card.id, owner_code="SU", at=at)


def test_returned_work_goes_on_under_who_did_it(in_work, facts, at):
    cards.finish(in_work.id, at=at)

    card = cards.send_back(in_work.id, at=at)

    assert (card.status, card.owner_code) == (Status.IN_WORK, "SU")
    assert facts.names() == ["CardDone", "CardSentBack"]


def test_work_that_came_back_undone_is_routed_again_under_the_same_owner(in_work, at):
    card = cards.send_back(in_work.id, at=at)

    assert (card.status, card.owner_code) == (Status.ROUTED, "SU")


def test_a_refuted_card_reopens_under_its_number_with_its_reason(in_work, facts, at):
    number = in_work.number
    cards.finish(in_work.id, at=at)
    cards.close(in_work.id, outcome=Outcome.PARTLY, by=None, at=at)

    card = cards.reopen(in_work.id, reason="Қайта ақты\0", at=at + HOUR)

    assert (card.number, card.status, card.closed_at, card.outcome, card.reopened) == (
        number,
        "registered",
        None,
        "",
        1,
    )
    assert facts.of(CardReopened) == [CardReopened(card.id, "Қайта ақты", 1, at + HOUR)]
    told = queries.story(card)[-1]
    assert (told.note, told.data["outcome_was"]) == ("Қайта ақты", "partly")


def test_reopening_needs_a_reason_and_something_that_has_ended(in_work, at):
    with pytest.raises(rules.ForbiddenMove):
        cards.reopen(in_work.id, reason="Қайта ақты", at=at)
    cards.finish(in_work.id, at=at)
    with pytest.raises(rules.ReasonNeeded):
        cards.reopen(in_work.id, reason=" ", at=at)

    assert cards.reopen(in_work.id, reason="Қайта ақты", at=at).status == Status.REGISTERED
    with pytest.raises(rules.ForbiddenMove):
        cards.reopen(in_work.id, reason="Қайта ақты", at=at)


def test_a_question_whose_answer_was_refuted_becomes_work(draft, contact, aigerim, at):
    card = cards.answer(draft(), contact=contact, channel="webform", by=aigerim, at=at)

    reopened = cards.reopen(card.id, reason="Су әлі жоқ", at=at)

    assert (reopened.kind, reopened.status) == (Kind.REQUEST, Status.REGISTERED)
    assert queries.story(card)[-1].data["kind_was"] == "question"


def test_an_unknown_outcome_closes_nothing(in_work, at):
    with pytest.raises(rules.WrongOutcome):
        cards.close(in_work.id, outcome="great", by=None, at=at)


def test_a_withdrawn_card_says_who_took_it_back(card, aigerim, facts, at):
    cards.withdraw(card.id, by=aigerim, reason="Су келді", at=at)

    assert facts.of(CardWithdrawn) == [CardWithdrawn(card.id, aigerim.id, at)]
    assert queries.story(card)[-1].note == "Су келді"


def test_a_later_room_may_write_into_the_history_and_nobody_may_change_it(card, dana, at):
    cards.note(card.id, verb="declined", note="Біздікі емес\0", by=dana, at=at, data={"order": 7})

    told = queries.story(card)[-1]
    assert (told.verb, told.note, told.by, told.data) == ("declined", "Біздікі емес", dana, {"order": 7})
    assert (told.was, told.status) == ("registered", "registered")
    for change in (lambda: Entry.objects.update(note="x"), lambda: Entry.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_a_card_that_is_not_there_is_refused_by_name(db, at):
    with pytest.raises(rules.NoSuchCard):
        cards.finish(109, at=at)


def test_what_is_open_has_no_end_and_what_is_final_has_one(register, at):
    for to, move in MOVES.items():
        card = register()
        if to not in TRANSITIONS[Status.REGISTERED]:
            cards.route(card.id, owner_code="SU", at=at)
        moved = move(card.id, at)
        assert (moved.closed_at is None) == (moved.status in OPEN)
