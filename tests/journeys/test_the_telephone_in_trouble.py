"""The telephone in a bad hour: our server away, a second tab, a browser that dies, nobody who answers, and odd callers."""

import os
import signal
from pathlib import Path

import pytest
from tests.fixtures.phones import VOICE_HERTZ, hears, to_the_line
from tests.fixtures.sip import Line
from tests.fixtures.tones import heard
from tests.journeys.test_the_telephone import NUMBER, eventually

from komek.rooms.calls.models import Call, HandOver
from komek.rooms.intake import queries as contacts
from komek.rooms.intake.models import Contact, Draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def our_server():
    """Our server as a browser sees it: `away(page)` and `back(page)`. The telephone's socket stays."""

    class Server:
        def away(self, page):
            page.route("**/operator/**", lambda route: route.abort("connectionrefused"))

        def back(self, page):
            page.unroute("**/operator/**")

    return Server()


def answer(page):
    page.wait_for_selector("#ring:visible")
    page.click("[data-ring=accept]")
    page.wait_for_selector("#phone[data-state=talking]")


def test_a_caller_of_whom_no_sound_comes_is_told_to_the_operator_and_is_no_good_call(line, aigerim, phones, desk):
    page = desk(aigerim, locale="en")
    to_the_line(page)
    eventually(page, lambda: phones.rings(aigerim))
    caller = phones.do(Line(phones.switch.installation.ports.sip).__aenter__())
    assert phones.do(caller.ring(f"<sip:{NUMBER}@127.0.0.1>")) == 200

    async def chosen():
        caller.press("2")

    # A key is heard once the greeting has begun.
    eventually(page, lambda: phones.do(chosen()) or page.is_visible("#ring"))
    answer(page)
    page.wait_for_selector("#phone[data-state=silent]")
    assert "No sound comes from the other side" in page.inner_text("#phone .standing")
    page.click("[data-phone=hold]")
    page.wait_for_selector("#phone[data-state=held]")
    page.click("[data-phone=hold]")
    page.wait_for_selector("#phone[data-state=silent]")
    page.click("[data-phone=hang-up]")

    assert eventually(page, lambda: Call.objects.get().quality)["silent_seconds"] >= 6
    phones.do(caller.__aexit__())


@pytest.mark.parametrize("urgent", [False, True])
def test_a_call_is_written_down_while_our_server_is_away_and_saved_when_it_is_back(
    line, aigerim, phones, desk, our_server, urgent
):
    page = desk(aigerim, locale="kk")
    to_the_line(page)
    eventually(page, lambda: phones.rings(aigerim))
    our_server.away(page)
    phones.stop_following()

    me = phones.ring_city(number=NUMBER, tone=1000, keys="0" if urgent else "2")
    answer(page)
    assert NUMBER in page.inner_text(".call")
    assert page.input_value("#id_language") == ("kk" if urgent else "ru")
    assert page.is_checked("[name=kind][value=emergency]") == urgent
    page.fill("#id_text", "Дом горит")
    phones.hang_up(me)
    page.wait_for_selector("#phone:not([data-call])")
    assert not Contact.objects.exists()
    our_server.back(page)
    phones.follow()

    eventually(page, lambda: Draft.objects.filter(data__text="Дом горит").exists())
    assert page.input_value("#id_text") == "Дом горит"
    call = Call.objects.get()
    assert (call.number, call.agent, call.contact.accepted_by) == (NUMBER, aigerim, aigerim)
    eventually(page, lambda: contacts.contact(call.contact_id).state == "wrap_up")
    desk.complaints.clear()


def test_a_call_that_our_server_leaves_in_the_middle_goes_on_and_its_card_is_saved(
    line, aigerim, phones, desk, our_server
):
    page = desk(aigerim, locale="ru")
    to_the_line(page)
    phones.ring_city(number=NUMBER, tone=1000, keys="2")
    answer(page)
    page.wait_for_url("**/operator/?contact=*")
    our_server.away(page)
    page.fill("#id_text", "Нет воды")
    page.wait_for_selector("#draft-state:has-text('Нет связи'), #draft-state:has-text('сети')")
    assert eventually(page, lambda: hears(page) == pytest.approx(1000, abs=12))
    our_server.back(page)

    eventually(page, lambda: Draft.objects.filter(data__text="Нет воды").exists())
    desk.complaints.clear()


def test_the_key_of_an_emergency_service_works_while_our_server_is_away(line, aigerim, phones, desk, our_server):
    page = desk(aigerim, locale="kk")
    to_the_line(page)
    me = phones.ring_city(number=NUMBER, tone=1000, keys="0")
    answer(page)
    page.wait_for_url("**/operator/?contact=*")
    our_server.away(page)
    phones.stop_following()

    page.click("[data-service='112']")

    eventually(page, lambda: heard(phones.sound("service-112"), 1000))
    eventually(page, lambda: heard(phones.sound(me), 1120))
    eventually(page, lambda: heard(phones.sound("service-112"), VOICE_HERTZ))
    our_server.back(page)
    phones.follow()
    eventually(page, lambda: HandOver.objects.filter(answered_at__isnull=False).exists())
    desk.complaints.clear()


def test_a_second_tab_says_where_the_telephone_is_and_may_take_it(line, aigerim, phones, desk):
    first = desk(aigerim)
    to_the_line(first)
    second = first.context.new_page()
    second.goto("/operator/")
    second.wait_for_selector("#phone[data-state=elsewhere]")

    second.click("[data-phone=over]")
    second.wait_for_selector("#phone[data-state=ready]")
    first.wait_for_selector("#phone[data-state=elsewhere]")
    phones.ring_city(number=NUMBER, keys="2")
    answer(second)
    first.click("[data-phone=over]")
    first.wait_for_selector("#phone[data-state=busy]")

    assert second.get_attribute("#phone", "data-state") == "talking"


def test_a_browser_that_dies_brings_its_caller_to_the_front_of_the_queue(line, aigerim, madina, phones, desk):
    page = desk(aigerim)
    to_the_line(page)
    phones.ring_city(number=NUMBER, tone=1000, keys="2")
    answer(page)
    call = eventually(page, lambda: Call.objects.filter(state="talking").first())
    other = desk(madina, hertz=900)
    to_the_line(other)

    kill(desk.voices[0])
    answer(other)

    eventually(other, lambda: Call.objects.get().agent_id == madina.pk)
    assert Call.objects.get().pk == call.pk
    eventually(other, lambda: contacts.contact(call.contact_id).accepted_by_id == madina.pk)


def test_a_page_that_is_left_in_a_call_gives_its_caller_back_at_once(line, aigerim, madina, phones, desk):
    page = desk(aigerim)
    to_the_line(page)
    phones.ring_city(number=NUMBER, tone=1000, keys="2")
    answer(page)
    eventually(page, lambda: Call.objects.filter(state="talking").exists())
    other = desk(madina, hertz=900)
    to_the_line(other)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))

    page.click("body")
    page.goto("/status/")
    answer(other)

    assert asked == ["beforeunload"]
    eventually(other, lambda: Call.objects.get().agent_id == madina.pk)


def test_whoever_did_not_answer_is_told_so_and_comes_back_with_one_click(line, aigerim, phones, desk):
    page = desk(aigerim, locale="en")
    to_the_line(page)
    phones.ring_city(number=NUMBER, keys="2")
    page.wait_for_selector("#ring:visible")

    page.wait_for_selector("#ring", state="hidden")
    page.wait_for_selector("text=You were paused")
    page.click(".calm button[value=ready]")
    page.wait_for_selector("#ring:visible")


def test_a_hidden_number_is_said_to_be_hidden(line, aigerim, phones, desk):
    page = desk(aigerim, locale="en")
    to_the_line(page)
    phones.ring_city(number="anonymous", keys="2")
    answer(page)

    page.wait_for_selector(".call:has-text('Number hidden')")


def test_a_name_with_quotes_and_tags_is_a_name(line, aigerim, phones, desk, write, run_after):
    name = """О'Нил "Ася" <img src=x onerror=alert(1)> & Ко"""
    write("Су жоқ", phone=NUMBER, name=name, topic_code="WAT-02")
    run_after()
    page = desk(aigerim)
    to_the_line(page)
    phones.ring_city(number=NUMBER, keys="2")
    answer(page)

    page.wait_for_selector(".call .b.lg:has-text('Ася')")
    assert page.inner_text(".call .b.lg") == name


def kill(voice):
    """End a browser as a power cut does; it is known by the file that is its voice."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(voice) in told:
            os.kill(int(process.name), signal.SIGKILL)
