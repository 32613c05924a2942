"""Two operators and one caller: asked in, handed over, asked in private; the card goes where the caller goes."""

import pytest
from tests.fixtures.phones import VOICE_HERTZ, hears, to_the_line
from tests.fixtures.tones import heard, loudest
from tests.journeys.test_the_telephone import NUMBER, eventually
from tests.journeys.test_the_telephone_in_trouble import answer

from komek.rooms.calls.models import Call, Invitation
from komek.rooms.intake import queries as contacts

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OTHER_VOICE = 900


@pytest.fixture
def two(line, aigerim, madina, phones, desk):
    """Aigerim in a call, with something typed, and Madina at the line: their pages, and the caller."""
    first = desk(aigerim, locale="en")
    to_the_line(first)
    me = phones.ring_city(number=NUMBER, tone=1000, keys="2")
    answer(first)
    first.wait_for_url("**/operator/?contact=*")
    first.fill("#id_text", "Нет воды")
    first.wait_for_selector("#draft-state:has-text('✓')")
    second = desk(madina, hertz=OTHER_VOICE, locale="en")
    to_the_line(second)
    return first, second, me


def choose(page, name, what):
    page.click("#phone .colleagues summary")
    page.click(f"#phone .colleagues .row:has-text('{name}') button[data-{what}]")


def test_a_colleague_is_asked_in_and_goes_on_alone_with_the_caller_and_the_card(two, phones, aigerim, madina):
    first, second, me = two
    choose(first, "Мадина", "invite")
    answer(second)
    first.wait_for_selector("text=is in the call")
    eventually(second, lambda: heard(phones.sound(me), VOICE_HERTZ) and heard(phones.sound(me), OTHER_VOICE))

    first.click("[data-phone=hang-up]")
    second.wait_for_selector("#workbench")

    assert second.input_value("#id_text") == "Нет воды"
    assert eventually(second, lambda: loudest(phones.sound(me)) == pytest.approx(OTHER_VOICE, abs=5))
    assert eventually(second, lambda: hears(second) == pytest.approx(1000, abs=12))
    call = Call.objects.get()
    assert contacts.contact(call.contact_id).accepted_by == madina
    first.wait_for_selector("#phone[data-state=ready]")
    assert contacts.seat(aigerim).state == "ready"
    phones.hang_up(me)
    second.wait_for_selector("#phone[data-state=wrap_up]")
    assert Call.objects.get().agent == madina


def test_whoever_leaves_while_the_colleague_is_still_rung_has_handed_over(two, phones, madina):
    first, second, me = two
    choose(first, "Мадина", "invite")
    second.wait_for_selector("#ring:visible")
    first.click("[data-phone=hang-up]")
    first.wait_for_selector("#phone[data-state=ready]")

    answer(second)

    eventually(second, lambda: contacts.contact(Call.objects.get().contact_id).accepted_by == madina)
    second.wait_for_selector("#workbench")
    assert eventually(second, lambda: loudest(phones.sound(me)) == pytest.approx(OTHER_VOICE, abs=5))


def test_a_colleague_who_does_not_come_leaves_the_call_as_it_was(two, phones, aigerim):
    first, second, me = two
    choose(first, "Мадина", "invite")
    second.wait_for_selector("#ring:visible")
    second.click("[data-ring=decline]")

    first.wait_for_selector("text=did not come")
    eventually(first, lambda: loudest(phones.sound(me)) == pytest.approx(VOICE_HERTZ, abs=5))
    first.click("[data-phone=hang-up]")
    eventually(first, lambda: Call.objects.get().state == "ended")

    assert Invitation.objects.get().failure
    assert Call.objects.get().agent == aigerim


def test_a_colleague_is_asked_in_private_and_the_caller_hears_music(two, phones):
    first, second, me = two
    choose(first, "Мадина", "ask")
    second.wait_for_selector("#ring.talk:has-text('Айгерім')")
    second.click("[data-ring=accept]")
    first.wait_for_selector("#phone[data-state=asking]")

    assert eventually(second, lambda: hears(second) == pytest.approx(VOICE_HERTZ, abs=12))
    eventually(first, lambda: not heard(phones.sound(me), VOICE_HERTZ))
    first.click("[data-phone=hang-up]")
    first.wait_for_selector("#phone[data-state=talking]")

    assert eventually(first, lambda: loudest(phones.sound(me)) == pytest.approx(VOICE_HERTZ, abs=5))
