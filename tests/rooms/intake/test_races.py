"""Two people, one contact: real connections, real locks."""

import pytest
from tests.fixtures.line import at_once

from komek.rooms.intake import actions as intake
from komek.rooms.intake import jobs, queries
from komek.rooms.intake.facts import ContactAccepted, ContactArrived
from komek.rooms.intake.models import Contact
from komek.rooms.intake.rules import Arrival, ForbiddenMove, NotYours, SeatState, State

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_who_pick_one_contact_one_has_it_and_the_other_is_told_so(aigerim, madina, facts, at):
    for _ in range(5):
        contact = intake.arrive(Arrival(channel="webform", text="Су жоқ"), at=at)

        came = at_once(
            lambda contact=contact: intake.pick(contact.id, by=aigerim, at=at),
            lambda contact=contact: intake.pick(contact.id, by=madina, at=at),
        )

        winners = [taken for taken in came if isinstance(taken, Contact)]
        losers = [refusal for refusal in came if isinstance(refusal, NotYours | ForbiddenMove)]
        assert (len(winners), len(losers)) == (1, 1)
        assert queries.contact(contact.id).accepted_by == winners[0].accepted_by
    assert len(facts.of(ContactAccepted)) == 5


def test_an_offer_accepted_in_the_moment_it_expires_has_one_end(aigerim, at):
    intake.take_seat(aigerim, at=at)
    contact = intake.arrive(Arrival(channel="webform", text="Су жоқ"), at=at)

    at_once(
        lambda: intake.accept(contact.id, by=aigerim, at=at),
        lambda: intake.withdraw_expired_offers(at=at.replace(minute=59)),
    )

    state, seat = queries.contact(contact.id).state, queries.seat(aigerim).state
    assert (state, seat) in {(State.ACCEPTED, SeatState.TALKING), (State.WAITING, SeatState.BREAK)}


def test_a_partner_that_sends_one_thing_twice_at_once_makes_one_contact(facts, at):
    arrival = Arrival(
        channel="api", text="Яма", partner_id=7, outer_id="SA-1", handle_kind="phone", handle_value="87015550101"
    )

    came = at_once(*[lambda: intake.arrive(arrival, at=at)] * 4)

    assert len({contact.id for contact in came}) == 1
    assert Contact.objects.count() == 1
    assert len(facts.of(ContactArrived)) == 1


def test_many_arrivals_and_seats_at_once_leave_nobody_idle_beside_a_waiting_contact(aigerim, madina, olzhas, at):
    people = (aigerim, madina, olzhas)

    at_once(
        *[lambda person=person: intake.take_seat(person, at=at) for person in people],
        *[lambda: intake.arrive(Arrival(channel="webform", text="Су жоқ"), at=at)] * 3,
    )
    jobs.keep_the_queue_moving()

    offered = Contact.objects.exclude(offered_to=None).count() + Contact.objects.exclude(accepted_by=None).count()
    ready = sum(seat.state == SeatState.READY for seat in queries.seats())
    assert ready == 0 or not queries.waiting()
    assert offered + len(queries.waiting()) == 3
