"""Who is offered what, and where everybody sits."""

from datetime import timedelta

import pytest
from django.db import DatabaseError

from komek.registers.staff import actions as staff
from komek.registers.staff.rules import RightMissing
from komek.rooms.intake import actions as intake
from komek.rooms.intake import queries, rules
from komek.rooms.intake.facts import ContactOffered, OfferWithdrawn, SeatChanged
from komek.rooms.intake.models import SeatChange
from komek.rooms.intake.rules import OFFER_LASTS, Arrival, SeatState, State

SECOND = timedelta(seconds=1)


def state_of(agent):
    return queries.seat(agent).state


def test_a_free_operator_is_offered_who_waits_longest(arrive, aigerim, facts, at):
    first, second = arrive(when=at - SECOND), arrive()

    intake.take_seat(aigerim, at=at)

    assert facts.of(ContactOffered) == [ContactOffered(first.id, aigerim.id, at)]
    assert queries.offered(aigerim) == first
    assert queries.waiting() == [second]
    assert state_of(aigerim) == SeatState.OFFERED


def test_who_arrives_is_offered_at_once_when_somebody_is_free(arrive, aigerim, at):
    intake.take_seat(aigerim, at=at)

    contact = arrive()

    assert queries.offered(aigerim) == contact


def test_an_urgent_contact_is_offered_before_those_who_came_earlier(arrive, aigerim, at):
    arrive(when=at - timedelta(hours=1))
    urgent = arrive(urgency="urgent")

    intake.take_seat(aigerim, at=at)

    assert queries.offered(aigerim) == urgent


def test_english_is_offered_only_to_who_speaks_it(arrive, aigerim, madina, at):
    intake.take_seat(aigerim, at=at)
    intake.take_seat(madina, at=at)

    contact = arrive(language="en")

    assert queries.offered(madina) == contact
    assert state_of(aigerim) == SeatState.READY


def test_a_long_queue_in_another_language_hides_nobody(arrive, madina, at):
    for _ in range(20):
        arrive(language="kk", when=at - timedelta(hours=1))
    arrive(language="en", urgency="urgent")

    intake.take_seat(madina, at=at)

    assert queries.offered(madina).language == "en"


def test_somebody_who_left_the_company_is_offered_nothing(arrive, aigerim, at):
    intake.take_seat(aigerim, at=at)
    staff.dismiss(aigerim)

    assert arrive().state == State.WAITING


def test_who_may_not_take_contacts_has_no_seat(charlie, dana, zarina, at):
    for person in (charlie, dana, zarina):
        with pytest.raises(RightMissing):
            intake.take_seat(person, at=at)


def test_coming_back_to_the_page_changes_nothing(accepted, aigerim, at):
    assert intake.take_seat(aigerim, at=at).state == SeatState.TALKING


def test_an_unanswered_offer_goes_to_the_next_and_the_seat_pauses(arrive, aigerim, madina, facts, at):
    intake.take_seat(aigerim, at=at)
    contact = arrive()
    later = at + OFFER_LASTS
    intake.take_seat(madina, at=at)

    assert intake.withdraw_expired_offers(at=later - SECOND) == 0
    assert intake.withdraw_expired_offers(at=later) == 1

    assert (state_of(aigerim), queries.seat(aigerim).reason) == (SeatState.BREAK, rules.NO_ANSWER)
    assert queries.offered(madina) == contact
    assert facts.of(OfferWithdrawn) == [OfferWithdrawn(contact.id, aigerim.id, rules.NO_ANSWER, later)]


def test_an_offer_that_went_back_keeps_its_place_in_the_queue(arrive, aigerim, at):
    intake.take_seat(aigerim, at=at)
    first, second = arrive(), arrive(when=at + SECOND)

    intake.withdraw_expired_offers(at=at + OFFER_LASTS)

    assert queries.waiting() == [first, second]


def test_an_offer_that_is_over_cannot_be_accepted_but_picked(arrive, aigerim, at):
    intake.take_seat(aigerim, at=at)
    contact = arrive()
    intake.withdraw_expired_offers(at=at + OFFER_LASTS)

    with pytest.raises(rules.OfferIsOver):
        intake.accept(contact.id, by=aigerim, at=at + OFFER_LASTS)
    intake.pick(contact.id, by=aigerim, at=at + OFFER_LASTS)

    assert state_of(aigerim) == SeatState.TALKING


def test_what_is_offered_to_one_is_not_accepted_or_picked_by_another(arrive, aigerim, madina, at):
    intake.take_seat(aigerim, at=at)
    contact = arrive()

    for verb in (intake.accept, intake.pick):
        with pytest.raises(rules.NotYours):
            verb(contact.id, by=madina, at=at)


def test_a_declined_contact_waits_again_and_does_not_come_straight_back(arrive, aigerim, facts, at):
    intake.take_seat(aigerim, at=at)
    contact = arrive()

    intake.decline(contact.id, by=aigerim, reason="lunch", at=at)

    assert queries.waiting() == [contact]
    assert (state_of(aigerim), queries.seat(aigerim).reason) == (SeatState.BREAK, "lunch")
    assert facts.of(OfferWithdrawn)[0].reason == "lunch"


def test_nobody_declines_for_another(arrive, aigerim, madina, at):
    intake.take_seat(aigerim, at=at)
    contact = arrive()

    with pytest.raises(rules.NotYours):
        intake.decline(contact.id, by=madina, reason="", at=at)


def test_picking_from_the_queue_gives_another_offer_back(arrive, aigerim, at):
    intake.take_seat(aigerim, at=at)
    offered, wanted = arrive(), arrive()

    intake.pick(wanted.id, by=aigerim, at=at)

    assert queries.at_hand(aigerim) == [wanted]
    assert queries.waiting() == [offered]
    assert state_of(aigerim) == SeatState.TALKING


def test_a_controller_without_a_seat_may_pick(arrive, olzhas, at):
    contact = arrive()

    intake.pick(contact.id, by=olzhas, at=at)

    assert queries.at_hand(olzhas) == [contact]
    assert queries.seat(olzhas) is None


def test_with_two_contacts_at_hand_the_seat_follows_the_busier_one(arrive, aigerim, at):
    intake.take_seat(aigerim, at=at)
    one, other = arrive(), arrive()
    intake.accept(one.id, by=aigerim, at=at)
    intake.pick(other.id, by=aigerim, at=at)

    intake.end(one.id, by=aigerim, at=at)
    assert state_of(aigerim) == SeatState.TALKING
    intake.end(other.id, by=aigerim, at=at)
    assert state_of(aigerim) == SeatState.WRAP_UP
    intake.wrap_up(one.id, by=aigerim, at=at)
    assert state_of(aigerim) == SeatState.WRAP_UP
    intake.wrap_up(other.id, by=aigerim, at=at)
    assert state_of(aigerim) == SeatState.READY


def test_after_a_wrap_up_the_next_contact_is_offered(accepted, arrive, aigerim, at):
    following = arrive()

    intake.wrap_up(accepted.id, by=aigerim, at=at)

    assert queries.offered(aigerim) == following


def test_a_forgotten_wrap_up_is_released_and_work_goes_on(accepted, arrive, aigerim, at):
    following = arrive()
    intake.end(accepted.id, by=aigerim, at=at)

    assert intake.release_wrap_ups(at=at + rules.LONGEST_WRAP_UP - SECOND) == 0
    assert intake.release_wrap_ups(at=at + rules.LONGEST_WRAP_UP) == 1

    assert queries.contact(accepted.id).state == State.ENDED
    assert queries.offered(aigerim) == following


def test_a_break_gives_the_offer_back(arrive, aigerim, at):
    intake.take_seat(aigerim, at=at)
    contact = arrive()

    seat = intake.take_break(aigerim, reason="tea", at=at)

    assert (seat.state, seat.reason) == (SeatState.BREAK, "tea")
    assert queries.waiting() == [contact]


def test_nobody_pauses_or_leaves_in_the_middle_of_a_conversation(accepted, aigerim, at):
    with pytest.raises(rules.SeatIsBusy):
        intake.take_break(aigerim, reason="tea", at=at)
    with pytest.raises(rules.SeatIsBusy):
        intake.leave(aigerim, at=at)

    assert state_of(aigerim) == SeatState.TALKING


def test_going_home_ends_the_wrap_up(accepted, aigerim, at):
    intake.end(accepted.id, by=aigerim, at=at)

    assert intake.leave(aigerim, at=at).state == SeatState.OFF
    assert queries.contact(accepted.id).state == State.ENDED


def test_who_gave_up_frees_the_operator_who_was_being_asked(arrive, aigerim, at):
    intake.take_seat(aigerim, at=at)
    contact = arrive()
    following = arrive()

    intake.abandon(contact.id, at=at)

    assert queries.offered(aigerim) == following


def test_where_everybody_was_is_written_down_without_gaps(arrive, aigerim, facts, at):
    intake.take_seat(aigerim, at=at)
    contact = arrive(when=at + 10 * SECOND)
    intake.accept(contact.id, by=aigerim, at=at + 12 * SECOND)
    intake.wrap_up(contact.id, by=aigerim, at=at + 72 * SECOND)
    intake.leave(aigerim, at=at + 100 * SECOND)

    spans = [(change.state, change.ended_at - change.began_at) for change in queries.seat_changes(aigerim, since=at)]
    assert spans == [
        ("ready", 10 * SECOND),
        ("offered", 2 * SECOND),
        ("talking", 60 * SECOND),
        ("ready", 28 * SECOND),
    ]
    assert [(fact.was, fact.was_seconds) for fact in facts.of(SeatChanged)][1:] == [
        ("ready", 10),
        ("offered", 2),
        ("talking", 60),
        ("ready", 28),
    ]


def test_offering_asks_the_database_the_same_however_long_the_queue(arrive, aigerim, django_assert_num_queries, at):
    for _ in range(30):
        arrive(language="en")
    intake.take_seat(aigerim, at=at)

    with django_assert_num_queries(4):  # a savepoint, the seats, the heads of the queues
        assert intake.offer_waiting(at=at) == 0


def test_the_log_of_seats_cannot_be_rewritten(aigerim, at):
    intake.take_seat(aigerim, at=at)
    intake.leave(aigerim, at=at + SECOND)

    with pytest.raises(DatabaseError, match="append-only"):
        SeatChange.objects.update(state="talking")


def test_who_puts_a_contact_back_is_not_asked_again_at_once(accepted, aigerim, madina, at):
    intake.take_seat(madina, at=at)

    intake.put_back(accepted.id, reason="needs the shift lead", by=aigerim, at=at)

    assert queries.offered(madina) == accepted
    assert (state_of(aigerim), queries.seat(aigerim).reason) == (SeatState.BREAK, "needs the shift lead")


def test_a_contact_that_came_past_the_queue_belongs_to_who_wrote_it_down(topics, aigerim, madina, facts, at):
    intake.take_seat(madina, at=at)

    contact = intake.enter(Arrival(channel="desk", text="Адам келді"), by=aigerim, at=at)

    assert (contact.state, contact.accepted_by) == (State.ACCEPTED, aigerim)
    assert facts.of(ContactOffered) == []


def test_the_history_of_a_contact_tells_who_was_asked_and_who_took_it(arrive, aigerim, madina, at):
    intake.take_seat(aigerim, at=at)
    contact = arrive()
    intake.decline(contact.id, by=aigerim, reason="lunch", at=at)
    intake.take_seat(madina, at=at)
    intake.accept(contact.id, by=madina, at=at)
    intake.put_back(contact.id, reason="", by=madina, at=at)

    assert [(entry.verb, entry.agent) for entry in contact.history.order_by("id")] == [
        ("offered", aigerim),
        ("taken_back", aigerim),
        ("offered", madina),
        ("accepted", madina),
        ("put_back", madina),
    ]
