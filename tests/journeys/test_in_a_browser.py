"""A real Chromium in front of a real server: pages change by themselves, under the strict content policy."""

import pytest
from tests.fixtures.people import PASSWORD

from komek.platform.clock import now
from komek.rooms.intake import actions as intake
from komek.rooms.intake.rules import Arrival

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page, person):
    page.goto("/accounts/login/")
    page.fill("[name=login]", person.username)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit], main form .btn")
    page.wait_for_url("**/operator/")


def without_tokens(page):
    return page.evaluate(
        """() => {
            const body = document.querySelector("main").cloneNode(true)
            for (const field of body.querySelectorAll("[name=csrfmiddlewaretoken], [name=key]")) field.remove()
            return body.innerHTML
        }"""
    )


def test_the_operators_page_follows_the_queue_by_itself(line, aigerim, madina, stream, window):
    page = window()
    sign_in(page, aigerim)
    with page.expect_response(lambda answer: "/events" in answer.url):
        page.reload()
    contact = intake.arrive(Arrival(channel="webform", text="Су жоқ", language="kk", outer_id="1"), at=now())
    page.wait_for_selector(f"button[formaction='/operator/contact/{contact.pk}/pick/']")

    intake.pick(contact.pk, by=madina, at=now())
    page.wait_for_selector(f"button[formaction='/operator/contact/{contact.pk}/pick/']", state="detached")

    alive = without_tokens(page)
    page.reload()
    assert alive == without_tokens(page)


def test_an_operator_takes_a_contact_types_a_card_and_the_draft_survives_a_reload(line, aigerim, stream, window):
    page = window(locale="kk")
    sign_in(page, aigerim)
    intake.arrive(Arrival(channel="webform", text="Көшеде су ағып жатыр", language="kk", outer_id="1"), at=now())
    page.click(".calm button[value=ready]")
    page.click(".offer button.primary")
    page.fill("[name=landmark]", "мектептің жаны")
    page.wait_for_selector("#draft-state:has-text('✓')")
    page.reload()
    assert page.input_value("[name=landmark]") == "мектептің жаны"

    page.fill("[name=place_text]", "Кенесары 12")
    page.click("#places [role=option] >> nth=0")
    page.fill("#topic_words", "су құбыры жарылды")
    page.click("#topics [data-topic=WAT-02]")
    page.keyboard.press("Control+Enter")
    number = page.wait_for_selector(".registered .big-number").inner_text()
    assert number.startswith("26-") or number[2] == "-"
    assert "Астана су арнасы" in page.inner_text(".registered")


def test_the_web_form_works_on_a_phone_without_javascript(line, window):
    page = window(java_script_enabled=False, viewport={"width": 390, "height": 844}, locale="kk")
    page.goto("/write/")
    page.fill("[name=text]", "Көшеде су ағып жатыр")
    page.click("details.more:has([name=topic_code]) summary")
    page.select_option("[name=topic_code]", "WAT-02")
    page.fill("[name=place_text]", "Кенесары 12")
    page.click("main form .btn.primary")
    assert page.inner_text(".big-number")
    assert "Астана су арнасы" in page.inner_text("main")
