"""The lists of the second line: few queries however long they are, and no fault whatever stands in their address."""

import pytest

from komek.platform.clock import now
from komek.rooms.cards import actions as cards
from komek.rooms.cards.models import Card
from komek.rooms.cards.rules import CardDraft
from komek.rooms.control import actions as control
from komek.rooms.workorders import actions as workorders
from komek.rooms.workorders import queries as orders

LISTS = ("/controller/", "/controller/checks/", "/controller/escalations/")


@pytest.fixture
def fifty(line, run_after):
    """Fifty open cards of several services."""
    topics = ("WAT-02", "HEA-01", "ROA-01")
    made = [
        cards.register(
            CardDraft(text=f"{n}: Су жоқ", topic_code=topics[n % 3], place=line.place),
            channel="desk",
            by=None,
            at=now(),
        )
        for n in range(50)
    ]
    run_after()
    return made


@pytest.fixture
def fifty_checks(fifty):
    for card in fifty:
        for order in orders.of_card(card.pk):
            workorders.report_done(order.pk, outcome="done", reason_code="nothing_to_show", at=now())


@pytest.fixture
def fifty_matters(fifty):
    for card in fifty:
        control.escalate(card.pk, cause="overdue", detail={"reason": "Кешікті"}, at=now())


def test_the_board_of_fifty_costs_few_queries(fifty, browser, olzhas, django_assert_max_num_queries):
    client = browser(olzhas)
    with django_assert_max_num_queries(12):
        answer = client.get("/controller/")

    assert answer.content.decode().count("/controller/card/") == 50


def test_fifty_checks_cost_few_queries(fifty_checks, browser, olzhas, django_assert_max_num_queries):
    client = browser(olzhas)
    with django_assert_max_num_queries(17):
        answer = client.get("/controller/checks/")

    assert answer.content.decode().count("<li data-check=") == 50


def test_fifty_matters_cost_few_queries(fifty_matters, browser, olzhas, django_assert_max_num_queries):
    client = browser(olzhas)
    with django_assert_max_num_queries(12):
        answer = client.get("/controller/escalations/")

    assert answer.content.decode().count("/controller/card/") == 50


def test_a_card_with_its_story_costs_few_queries(fifty_checks, browser, olzhas, django_assert_max_num_queries):
    client = browser(olzhas)
    number = Card.objects.first().number
    with django_assert_max_num_queries(20):
        assert client.get(f"/controller/card/{number}/").status_code == 200


def test_the_next_page_goes_on_where_the_first_ended(fifty, browser, olzhas, line):
    cards.register(CardDraft(text="Елу бірінші", topic_code="WAT-02"), channel="desk", by=None, at=now())
    client = browser(olzhas)
    first = client.get("/controller/", {"service": "", "priority": ""})
    after = first.context["page"].next if first.context and "page" in first.context else None
    shown = first.content.decode()
    link = shown.rpartition("after=")[2].partition('"')[0]
    second = client.get(f"/controller/?after={link}").content.decode()

    assert after is None or after
    assert second.count("/controller/card/") == 1


def test_a_page_that_begins_nowhere_is_the_first(line, browser, olzhas):
    client = browser(olzhas)
    far = ("9999-12-31T23:59:59-23:59_9", "0001-01-01T00:00:00+23:59_1", "_" + "9" * 60)
    for after in ("x", "_", "2026_1", *far, "\0", "' OR 1=1 --"):
        for address in LISTS:
            assert client.get(address, {"after": after}).status_code == 200, (address, after)


def test_a_filter_that_fits_nothing_shows_nothing(fifty, browser, olzhas):
    client = browser(olzhas)
    for name in ("service", "district", "group", "kind", "priority"):
        for value in ("x", "'; DROP TABLE cards_card; --", "а" * 500, "<script>alert(1)</script>"):
            answer = client.get("/controller/", {name: value})
            assert answer.status_code == 200, (name, value)
            assert "/controller/card/" not in answer.content.decode()
            assert "<script>alert" not in answer.content.decode()


def test_nul_in_a_filter_is_refused_with_a_sentence(line, browser, olzhas, in_words):
    answer = browser(olzhas, "ru").get("/controller/", {"service": "\0"})

    assert answer.status_code == 400
    assert in_words("What was sent has characters that cannot be kept.", "ru") in answer.content.decode()


@pytest.mark.parametrize("address", LISTS)
def test_of_a_region_that_is_none_nothing_is_told(line, browser, olzhas, address):
    answer = browser(olzhas).get(address, headers={"X-Region": "secrets"})

    assert (answer.status_code, answer.content) == (204, b"")
