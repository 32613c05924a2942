"""109 rings in the browser of an operator: a real switch, a real caller, a real Chromium, and tones that are heard."""

import pytest
from tests.desks.test_accessibility import LAWS, LOOK
from tests.fixtures.browser import until
from tests.fixtures.phones import VOICE_HERTZ, hears, to_the_line
from tests.fixtures.tones import loudest

from frontend import building
from komek.platform.models import AuditEntry
from komek.rooms.calls.models import Call, Outgoing

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NUMBER = "+77015550142"


def eventually(page, true, *, seconds=20.0):
    """Ask again and again, with the browser alive meanwhile."""
    for _ in range(int(seconds * 10)):
        if found := true():
            return found
        page.wait_for_timeout(100)
    raise AssertionError("it never happened")


def test_a_call_is_answered_in_the_browser_and_both_hear_each_other(line, aigerim, phones, desk):
    page = desk(aigerim, locale="ru")
    to_the_line(page)

    me = phones.ring_city(number=NUMBER, tone=1000, keys="2")
    page.wait_for_selector("#ring:visible")
    assert NUMBER in page.inner_text("#ring")
    page.click("[data-ring=accept]")
    page.wait_for_selector("#workbench #id_text:focus")
    assert NUMBER in page.inner_text(".call")
    assert page.input_value("#id_language") == "ru"

    assert eventually(page, lambda: hears(page) == pytest.approx(1000, abs=12))
    assert eventually(page, lambda: loudest(phones.sound(me)) == pytest.approx(VOICE_HERTZ, abs=5))
    page.fill("#id_text", "Су жоқ")
    page.wait_for_selector("#draft-state:has-text('✓')")

    page.wait_for_selector("[data-hangs-up] button")
    page.keyboard.press("F8")
    page.wait_for_selector("#phone[data-state=wrap_up]")
    call = Call.objects.get()
    assert (call.number, call.language, call.agent) == (NUMBER, "ru", aigerim)
    assert call.contact.state == "wrap_up"
    until(page, "document.querySelector('form[action$=\"wrap-up/\"]')")
    page.keyboard.press("F8")
    page.wait_for_selector("#phone[data-state=ready]")


def test_a_resident_is_called_from_their_card_and_the_call_stands_on_it(line, aigerim, phones, desk, write, run_after):
    _, number, _ = write("Су жоқ", phone=NUMBER, name="Асан Сейітов", topic_code="WAT-02")
    run_after()
    page = desk(aigerim, locale="en")
    to_the_line(page)
    page.goto(f"/operator/card/{number}/")
    page.wait_for_selector("#phone[data-state=ready]")

    page.click("[data-rings]")
    page.wait_for_selector("#phone[data-state=talking]")
    assert eventually(page, lambda: hears(page) == pytest.approx(500, abs=12))
    page.click("[data-phone=hang-up]")
    page.wait_for_selector("#phone[data-state=ready]")
    call = eventually(page, lambda: Outgoing.objects.filter(ended_at__isnull=False).first())

    assert (call.number, call.about, call.agent) == (NUMBER, number, aigerim)
    assert call.answered_at is not None
    assert (phones.switch.installation.folders.raw / f"{call.unique_id}-tx.alaw").stat().st_size
    page.wait_for_selector(f"text={call.unique_id}")
    assert AuditEntry.objects.filter(verb="read", detail__purpose="call").exists()


def test_the_strip_and_a_call_that_rings_are_made_for_everybody(line, aigerim, phones, desk):
    if not building.AXE.is_file():
        pytest.skip("THE BROWSER'S FILES WERE NOT BROUGHT: make setup")
    page = desk(aigerim, locale="kk", reduced_motion="reduce")
    to_the_line(page)
    page.evaluate(building.AXE.read_text(encoding="utf-8"))
    phones.ring_city(number=NUMBER, keys="0")
    page.wait_for_selector("#ring:visible")
    ringing = [page.evaluate(LOOK, LAWS), page.emulate_media(color_scheme="dark") or page.evaluate(LOOK, LAWS)]
    page.click("[data-ring=accept]")
    page.wait_for_selector("#phone[data-state=talking]")
    page.wait_for_timeout(300)

    for passed, violations in (*ringing, page.evaluate(LOOK, LAWS)):
        assert passed
        assert violations == []
