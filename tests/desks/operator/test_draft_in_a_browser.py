"""The draft as a browser keeps it: two windows, a lost page, a lost connection. And the resident's own draft."""

import pytest

from komek.platform.clock import now
from komek.rooms.intake import actions as intake
from komek.rooms.intake import queries
from komek.rooms.intake.rules import Arrival

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def contact(line, aigerim):
    return intake.enter(Arrival(channel="desk", language="kk"), by=aigerim, at=now())


@pytest.fixture
def windows(chromium, live_server, browser, aigerim):
    """Windows of one person's browser: `windows()` opens one more."""
    signed_in = browser(aigerim)
    context = chromium.new_context(locale="en")
    context.add_cookies([{"name": "sessionid", "value": signed_in.cookies["sessionid"].value, "url": live_server.url}])
    context.set_default_timeout(30_000)

    def open_window(address="/operator/"):
        page = context.new_page()
        page.goto(live_server.url + address)
        return page

    yield open_window
    context.close()


def write(window, text):
    with window.expect_response("**/operator/draft/**") as saved:
        window.fill("#id_text", text)
    return saved.value


def test_what_was_typed_is_there_after_the_page_was_lost(contact, windows):
    window = windows()
    write(window, "Су ағып жатыр")
    window.reload()

    assert window.input_value("#id_text") == "Су ағып жатыр"
    assert queries.draft(contact.pk).data["text"] == "Су ағып жатыр"


def test_of_two_windows_neither_overwrites_the_other_until_somebody_chooses(contact, windows):
    first, second = windows(), windows()
    write(first, "бірінші терезе")
    assert write(second, "екінші терезе").status == 409

    second.wait_for_selector("#draft-conflict:visible")
    second.fill("#id_landmark", "арканың жаны")
    assert queries.draft(contact.pk).data["text"] == "бірінші терезе"
    with second.expect_response("**/operator/draft/**"):
        second.click("[data-draft-of=other]")
    assert second.input_value("#id_text") == "бірінші терезе"
    assert second.is_hidden("#draft-conflict")


def test_whoever_goes_on_with_their_own_text_keeps_it(contact, windows):
    first, second = windows(), windows()
    write(first, "бірінші терезе")
    write(second, "екінші терезе")
    second.wait_for_selector("#draft-conflict:visible")
    with second.expect_response("**/operator/draft/**"):
        second.click("[data-draft-of=mine]")

    assert queries.draft(contact.pk).data["text"] == "екінші терезе"


def test_what_could_not_be_sent_is_found_again(contact, windows):
    window = windows()
    window.route("**/operator/draft/**", lambda route: route.abort())
    window.fill("#id_text", "байланыс үзілді")
    window.unroute("**/operator/draft/**")
    with window.expect_response("**/operator/draft/**"):
        window.reload()

    assert window.input_value("#id_text") == "байланыс үзілді"


def test_what_a_signed_out_window_could_not_save_is_found_again(contact, windows):
    window = windows()
    session = [cookie for cookie in window.context.cookies() if cookie["name"] == "sessionid"]
    window.context.clear_cookies(name="sessionid")
    write(window, "сессия аяқталды")
    window.wait_for_selector("#draft-state >> text=sign in again")
    window.context.add_cookies(session)
    with window.expect_response("**/operator/draft/**"):
        window.reload()

    assert window.input_value("#id_text") == "сессия аяқталды"


def test_the_next_card_of_a_contact_begins_empty(contact, windows):
    window = windows()
    window.fill("#id_text", "Су ағып жатыр")
    window.click("#workbench button.primary")
    window.wait_for_selector(".registered")

    assert window.input_value("#id_text") == ""
    window.reload()
    assert window.input_value("#id_text") == ""


def test_a_resident_finds_the_words_of_a_lost_page_and_an_empty_form_after_the_number(line, windows):
    window = windows("/write/")
    window.fill("#id_text", "Көшеде су құбыры жарылды")
    window.reload()
    assert window.input_value("#id_text") == "Көшеде су құбыры жарылды"
    window.click("button.primary")
    window.wait_for_selector(".big-number")
    window.goto(window.url.split("/status/")[0] + "/write/")

    assert window.input_value("#id_text") == ""
