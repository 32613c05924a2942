"""The second line in real browsers: two people on one card, a board led by keys, and a dozen checks in a row."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from komek.platform import presence
from komek.platform.clock import now
from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries as card_queries
from komek.rooms.cards.models import Card
from komek.rooms.cards.rules import CardDraft
from komek.rooms.control.models import Check
from komek.rooms.workorders import actions as workorders
from komek.rooms.workorders import queries as orders

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

A_DOZEN = 12
# What the issue asks for: one key a check.
MOST_KEYS = 1.0


@pytest.fixture(autouse=True)
def left_at_once(monkeypatch):
    monkeypatch.setattr(presence, "LINGER_SECONDS", 0.2)


@pytest.fixture
def register(line, run_after):
    def registered(text="Көшеде су құбыры жарылды"):
        draft = CardDraft(text=text, topic_code="WAT-02", place=line.place)
        card = cards.register(draft, channel="desk", by=None, at=now())
        run_after()
        return card

    return registered


@pytest.fixture
def dozen(register, run_after):
    """A dozen cards whose service says done."""
    made = [register(f"{n}: Су жоқ") for n in range(A_DOZEN)]
    for card in made:
        for order in orders.of_card(card.pk):
            workorders.report_done(order.pk, outcome="done", reason_code="nothing_to_show", at=now())
    run_after()
    return made


def elsewhere(do):
    """Done by somebody else, while this test's browsers keep a loop going in this thread."""

    def done():
        try:
            return do()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(done).result()


def test_two_people_on_one_card_see_each_other_and_what_the_other_does(register, olzhas, aigerim, stream, window):
    number = register().number
    first, second = window(olzhas), window(aigerim)
    first.goto(f"/controller/card/{number}/")
    second.goto(f"/operator/card/{number}/")

    assert "Айгерім" in first.wait_for_selector(".here .chip").inner_text()
    assert "Олжас" in second.wait_for_selector(".here .chip").inner_text()

    first.keyboard.press("KeyE")
    first.fill("#id_norm", "4h")
    first.fill("#extend-reason", "Бөлшек күтіп тұрмыз")
    first.keyboard.press("Enter")
    second.wait_for_selector("text=Бөлшек күтіп тұрмыз")

    second.goto("about:blank")
    first.wait_for_selector(".here .chip", state="detached")


def test_a_conflicting_save_is_shown_not_lost(register, olzhas, saule, stream, window):
    card = register()
    mine, theirs = window(olzhas, locale="en"), window(saule, locale="en")
    for page in (mine, theirs):
        page.goto(f"/controller/card/{card.number}/")
    for page in (mine, theirs):
        page.wait_for_selector(".here .chip")
        page.keyboard.press("KeyC")
    mine.fill("#correct-text", "Екі үйдің арасында ағып жатыр")
    mine.fill("#correct-landmark", "мектептің жаны")
    theirs.fill("#correct-text", "Құбыр ескі, көп су ағып жатыр")
    theirs.click("#correct button")

    mine.wait_for_selector("#changed-meanwhile:not([hidden])")
    assert mine.input_value("#correct-text") == "Екі үйдің арасында ағып жатыр"
    with mine.expect_response(lambda answer: answer.status == 409):
        mine.click("#correct button")
    conflict = mine.wait_for_selector("#conflict")
    assert "Құбыр ескі, көп су ағып жатыр" in conflict.inner_text()
    assert mine.input_value("#conflict textarea") == "Екі үйдің арасында ағып жатыр"

    mine.fill("#conflict textarea", "Ескі құбыр екі үйдің арасында жарылды")
    mine.check("#conflict [name=keep-text][value=mine]")
    mine.click("#conflict .btn.primary")
    theirs.wait_for_selector("text=Ескі құбыр екі үйдің арасында жарылды")

    saved = elsewhere(lambda: card_queries.by_number(card.number))
    assert (saved.text, saved.landmark) == ("Ескі құбыр екі үйдің арасында жарылды", "мектептің жаны")
    assert ["409 (Conflict)" in complaint for complaint in window.complaints] == [True]
    window.complaints.clear()


def test_the_board_is_led_by_keys_and_many_are_decided_at_once(register, olzhas, stream, window):
    made = [register(f"{n}: Су жоқ") for n in range(3)]
    page = window(olzhas, locale="en")
    page.goto("/controller/")
    page.wait_for_selector("tr[data-card]")
    for key in ("KeyJ", "KeyX", "KeyJ", "KeyX"):
        page.keyboard.press(key)
    # A card that comes meanwhile moves nothing of what was chosen.
    elsewhere(
        lambda: cards.register(CardDraft(text="Тағы су жоқ", topic_code="WAT-02"), channel="desk", by=None, at=now())
    )
    page.wait_for_selector("text=Тағы су жоқ")
    assert page.inner_text("[data-count]") == "2"
    at = "document.activeElement.closest('tr').dataset.card"
    assert page.get_attribute("#board-map", "selected") == page.evaluate(at), "the map is where the keys are"
    pick = "(id) => document.getElementById('board-map').dispatchEvent(new CustomEvent('komek-map:pick', {bubbles: true, cancelable: true, detail: {id}}))"
    page.evaluate(pick, made[2].number)
    assert page.evaluate(at) == made[2].number, "and the keys where the map was clicked"
    page.keyboard.press("KeyB")
    page.select_option("#bulk-verb", "pause")
    page.fill("#bulk-reason", "Боран")
    page.keyboard.press("Control+Enter")

    assert "Done for 2 cards." in page.wait_for_selector(".message").inner_text()
    paused = elsewhere(lambda: [card.number for card in made if "paused" in [e.verb for e in card_queries.story(card)]])
    assert len(paused) == 2


def test_a_dozen_checks_are_decided_by_a_key_each(dozen, olzhas, stream, window, told):
    page = window(olzhas, locale="en")
    page.goto("/controller/checks/")
    pressed = 0
    for n in range(A_DOZEN):
        current = page.wait_for_selector(f"[data-check][data-number='{dozen[n].number}']")
        # Nobody sees a check and decides it within a quarter of a second; the page takes no such key.
        page.wait_for_function("(check) => performance.now() - check.dataset.shown > 260", arg=current)
        page.keyboard.press("Digit1" if n == 3 else "KeyA")
        pressed += 1
    page.wait_for_selector("text=Everything is checked.")
    page.wait_for_selector("#log [data-state=sent] >> nth=11")

    verdicts = elsewhere(lambda: list(Check.objects.order_by("id").values_list("verdict", flat=True)))
    assert verdicts == ["returned" if n == 3 else "accepted" for n in range(A_DOZEN)]
    assert pressed / A_DOZEN <= MOST_KEYS
    told(f"checks: {pressed / A_DOZEN:.1f} keystrokes each, {A_DOZEN} in a row, no pointer")


def test_a_decision_is_taken_back_before_it_is_sent(dozen, olzhas, stream, window):
    page = window(olzhas, locale="en")
    page.goto("/controller/checks/")
    first = page.wait_for_selector(f"[data-check][data-number='{dozen[0].number}']")
    page.wait_for_function("(check) => performance.now() - check.dataset.shown > 260", arg=first)
    page.keyboard.press("KeyA")
    page.wait_for_selector(f"[data-check][data-number='{dozen[1].number}']")
    page.keyboard.press("KeyZ")
    page.wait_for_selector(f"[data-check][data-number='{dozen[0].number}']")
    page.goto("/controller/")

    assert elsewhere(lambda: Check.objects.filter(decided_at__isnull=False).exists()) is False
    assert elsewhere(lambda: Card.objects.filter(status="closed").exists()) is False


def test_what_was_decided_is_sent_when_the_page_is_left(dozen, olzhas, stream, window):
    page = window(olzhas, locale="en")
    page.goto("/controller/checks/")
    first = page.wait_for_selector(f"[data-check][data-number='{dozen[0].number}']")
    page.wait_for_function("(check) => performance.now() - check.dataset.shown > 260", arg=first)
    page.keyboard.press("KeyA")
    page.wait_for_selector(f"[data-check][data-number='{dozen[1].number}']")
    page.goto("/controller/?look=list")
    page.wait_for_selector(f"tr[data-card='{dozen[1].number}']")
    page.wait_for_selector(f"tr[data-card='{dozen[0].number}']", state="detached")

    assert elsewhere(lambda: Check.objects.get(card_id=dozen[0].pk).verdict) == "accepted"
