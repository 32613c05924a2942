"""A filled register: what is copied is what the rooms would have written, and a city that has it can be lived in."""

from collections import Counter
from types import SimpleNamespace

import pytest
from tests.desks.console import fills
from tests.desks.console.fills import WEDNESDAY, every_card, fill, worn

from komek.desks.console.fill import beginning, filling
from komek.desks.console.fill.people import phone
from komek.desks.console.verify import verify
from komek.platform import audit
from komek.platform.models import AuditEntry, Fact, Unread
from komek.registers.residents import queries as residents
from komek.registers.staff import queries as staff
from komek.rooms.analytics import actions as analytics
from komek.rooms.cards import actions as cards_actions
from komek.rooms.cards import queries as cards
from komek.rooms.cards.rules import CardDraft, Kind, Status
from komek.rooms.control import queries as control
from komek.rooms.routing import queries as routing
from komek.rooms.workorders import queries as orders

CARDS = 600
town = fills.town


@pytest.fixture(scope="module")
def filled(town, django_db_blocker):
    """The town with its year: what was filled, and how its tables looked before and look now."""
    with django_db_blocker.unblock():
        before = worn()
        done = fill(town, cards=CARDS)
        yield SimpleNamespace(pack=town, summary=done, before=before, after=worn())
        beginning.erase()


@pytest.mark.django_db
def test_a_filled_register_can_be_true(filled):
    verdict = verify(at=WEDNESDAY)

    assert verdict.findings == []
    assert verdict.counts["cards"] == CARDS


@pytest.mark.django_db
def test_the_numbers_of_a_filled_register_are_those_of_its_history(filled):
    assert analytics.differences(at=WEDNESDAY) == {}


@pytest.mark.django_db
def test_a_filled_register_has_every_kind_of_card_in_proportion(filled):
    found = Counter(card.kind for card in every_card())

    at_once = found.total() - found[Kind.REQUEST] - found[Kind.APPEAL]
    assert set(found) == set(Kind)
    assert 0.7 < at_once / found.total() < 0.9


@pytest.mark.django_db
def test_every_number_of_a_filled_register_passes_its_check_and_every_code_is_its_own(filled):
    found = every_card()

    assert all(cards.by_number(card.number) == card for card in found[:50])
    assert len({card.number for card in found}) == len({card.access_code for card in found}) == CARDS


@pytest.mark.django_db
def test_every_open_card_of_a_filled_register_has_an_owner_a_clock_and_somebody_who_works_on_it(filled):
    rows, after = [], None
    while rows == [] or after:
        page = routing.board(after=after, limit=100)
        rows, after = rows + page.rows, page.next
    has = orders.of_cards([row.card.id for row in rows])
    codes = staff.service_codes()

    assert rows
    for row in rows:
        escalations = control.escalations_of(row.card.id)
        assert row.card.owner_code in codes
        assert row.started_at <= WEDNESDAY
        assert has.get(row.card.id) or [one for one in escalations if one.resolved_at is None]


@pytest.mark.django_db
def test_the_status_of_a_card_is_that_of_the_last_line_of_its_history(filled):
    for card in every_card():
        assert cards.story(card)[-1].status == card.status


@pytest.mark.django_db
def test_some_residents_speak_for_many_and_some_share_a_number(filled):
    of_one = Counter(card.resident_id for card in every_card() if card.resident_id)

    assert max(of_one.values()) > 3 * of_one.total() / len(of_one)
    assert len(residents.people_by("phone", phone(0))) == 2


@pytest.mark.django_db
def test_a_card_after_the_fill_has_the_next_number_and_is_counted_and_audited(filled):
    last = max(every_card(), key=lambda card: card.pk)
    aigerim = staff.agent_named("aigerim")

    with audit.acting("agent:1"):
        card = cards_actions.register(
            CardDraft(text="Су жоқ", language="kk", topic_code="WAT-02"), channel="desk", by=aigerim, at=WEDNESDAY
        )

    assert card.pk > last.pk
    assert int(card.number.replace("-", "")[2:-1]) > int(last.number.replace("-", "")[2:-1])
    assert AuditEntry.objects.filter(verb="insert", subject=f"cards_card:{card.pk}").exists()


@pytest.mark.django_db
def test_the_audit_trail_says_that_a_fill_was_made_and_holds_no_line_for_each_row(filled):
    (made,) = AuditEntry.objects.filter(verb="fill")

    assert made.detail["cards"] == CARDS
    assert not AuditEntry.objects.filter(verb="insert", subject__startswith="cards_card:").exists()


@pytest.mark.django_db
def test_the_log_holds_what_is_still_news_in_the_order_of_time_and_nobody_has_to_read_it(filled):
    told = list(Fact.objects.filter(name__startswith="cards.").order_by("id").values_list("at", flat=True))

    assert told == sorted(told)
    assert WEDNESDAY - filling.LOGGED <= told[0] < told[-1] <= WEDNESDAY
    assert not Unread.objects.filter(fact__name__startswith="cards.").exists()


@pytest.mark.django_db
def test_after_a_fill_every_index_key_and_trigger_is_as_it_was(filled):
    assert filled.after == filled.before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("aigerim", "/operator/"),
        ("olzhas", "/controller/"),
        ("olzhas", "/controller/checks/"),
        ("dana", "/service/"),
        ("saule", "/supervisor/"),
    ],
)
def test_everybody_may_go_on_working_on_a_filled_register(filled, client, who, address):
    client.force_login(staff.agent_named(who))

    answer = client.get(address, follow=True)

    assert answer.status_code == 200


@pytest.mark.django_db
def test_a_card_of_a_filled_register_opens_with_its_whole_story(filled, client):
    client.force_login(staff.agent_named("olzhas"))
    card = next(card for card in every_card() if card.status == Status.CLOSED)

    answer = client.get(f"/controller/card/{card.number}/", follow=True)

    assert answer.status_code == 200
    assert card.number in answer.content.decode()
