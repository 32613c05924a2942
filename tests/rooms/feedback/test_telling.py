"""What the resident hears, when, in their language, and only once."""

from datetime import date, timedelta

import pytest
from django.urls import resolve
from structlog.testing import capture_logs

from komek.rooms.cards import actions as cards
from komek.rooms.cards.facts import CardRegistered
from komek.rooms.cards.rules import CardDraft, Kind
from komek.rooms.channels import actions as channels
from komek.rooms.channels.models import Message
from komek.rooms.control import actions as control
from komek.rooms.control import queries as checks
from komek.rooms.feedback import actions, queries, reactions, rules
from komek.rooms.feedback.facts import ConfirmationAsked, ResidentNotified
from komek.rooms.feedback.models import Template
from komek.rooms.routing import actions as routing

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.usefixtures("texts")


@pytest.fixture
def leak(register, conversation):
    """A leak that Asel wrote about in Russian."""
    return register("WAT-02", conversation=conversation)


def told(card):
    return [(notice.moment, notice.message.text) for notice in queries.notices(card.id)]


def moments(card):
    return [notice.moment for notice in queries.notices(card.id)]


def test_at_registration_the_resident_hears_the_number_the_service_the_promise_and_the_link(facts, leak, run_after):
    run_after()

    link = f"http://testserver/status/{leak.number}/{leak.access_code}/"
    assert ("registered", f"№ {leak.number}: Астана су арнасы, до 2 ноября, 11:30. {link}") in told(leak)
    assert [fact.moment for fact in facts.of(ResidentNotified)] == ["registered"]


def test_a_service_that_gets_the_card_later_is_told_of(leak, run_after, olzhas, at):
    routing.assign(leak.id, service_code="TT", reason="нужны оба", by=olzhas, at=at + HOUR)
    run_after()

    services = "Астана су арнасы, Астана-Теплотранзит"
    assert told(leak)[-1] == ("passed_on", f"№ {leak.number} передано: {services}, до 2 ноября, 11:30")


def test_the_links_lead_to_the_pages_of_the_resident():
    base = "http://testserver"

    assert resolve(rules.card_link(base, "26-0000-0001", "abc").removeprefix(base)).view_name == "resident:status"
    assert resolve(rules.answer_link(base, "t0k-en_").removeprefix(base)).view_name == "resident:answer"


def test_a_reaction_that_runs_twice_tells_once(facts, leak, run_after):
    (registered,) = facts.of(CardRegistered)
    reactions.registered(registered)
    run_after()

    assert moments(leak) == ["registered"]
    assert Message.objects.filter(direction="out").count() == 1


def test_a_received_text_gets_a_receipt(conversation, leak, run_after, at):
    assert actions.notify(leak.id, moment="received", occasion="received", at=at).message.text == (
        f"№ {leak.number} получено."
    )


def test_several_services_are_one_message(register, conversation, run_after, at):
    from komek.registers.places.rules import Place

    card = register("ROA-01", conversation=conversation, place=Place(text="Нұра", district_code="nura"))
    run_after()

    link = f"http://testserver/status/{card.number}/{card.access_code}/"
    assert told(card) == [("registered", f"№ {card.number}: Управление дорог, Акимат Нура, до 5 ноября, 18:30. {link}")]


def test_a_card_that_no_rule_fits_is_said_to_be_with_the_second_line(register, conversation, run_after):
    card = register("EMG-01", conversation=conversation)
    run_after()

    (text,) = [text for moment, text in told(card) if moment == "registered"]
    assert "Вторая линия" in text


def test_a_redirection_is_told_with_its_reason_instead_of_being_passed_on(leak, run_after, olzhas, at):
    run_after()
    routing.redirect(leak.id, from_service="SU", to_service="TT", reason="горячая вода", by=olzhas, at=at + HOUR)
    run_after()

    assert moments(leak) == ["registered", "redirected"]
    assert told(leak)[-1] == ("redirected", f"№ {leak.number}: теперь Астана-Теплотранзит. горячая вода")


def test_a_broken_promise_is_told_without_inventing_a_new_one(leak, run_after, at):
    routing.miss_deadlines(at=at + 3 * HOUR)
    run_after()

    assert told(leak)[-1] == (
        "delayed",
        f"№ {leak.number}: работа заняла больше времени, чем мы обещали. сообщим дополнительно",
    )


def test_nobody_is_told_that_finished_work_is_late(leak, report, run_after, at):
    report(leak, at=at + HOUR)
    routing.miss_deadlines(at=at + 3 * HOUR)
    run_after()

    assert "delayed" not in moments(leak)


def test_a_moved_promise_is_told_with_the_reason_and_the_new_time(leak, run_after, olzhas, at):
    routing.extend(leak.id, norm="4h", reason="ждём деталь", by=olzhas, at=at)
    run_after()

    assert told(leak)[-1] == ("delayed", f"№ {leak.number}: ждём деталь. 2 ноября, 15:30")


def test_a_moved_legal_day_is_told_at_once(register, conversation, run_after, olzhas, at):
    card = register("WAT-02", conversation=conversation, kind=Kind.APPEAL)
    routing.extend_legally(card.id, until=date(2027, 1, 11), reason="экспертиза", by=olzhas, at=at)
    run_after()

    assert told(card)[-1] == ("extended", f"№ {card.number} продлено: 11 января 2027. экспертиза")


def test_at_the_end_the_resident_hears_what_was_done_and_is_asked(leak, report, run_after, facts, olzhas, at):
    report(leak, at=at + HOUR, text="Трубу заменили")
    control.accept(checks.open_check(leak.id).id, by=olzhas, at=at + 2 * HOUR)
    run_after()

    survey = queries.open_survey(leak.id)
    assert told(leak)[-1] == (
        "done",
        f"№ {leak.number}: Трубу заменили. http://testserver/answer/{survey.token}/",
    )
    assert [f.survey_id for f in facts.of(ConfirmationAsked)] == [survey.id]


@pytest.mark.parametrize(
    ("report_", "said"),
    [
        ({"reason_code": "no_access", "outcome": "not_done"}, "Не было доступа на место."),
        ({"reason_code": "nothing_to_show"}, "Работа выполнена."),
        ({"reason_code": "weather", "outcome": "partly", "text": "Начали"}, "Начали. Работе помешала погода."),
    ],
)
def test_without_words_of_the_service_its_reason_is_told(leak, report, run_after, olzhas, at, report_, said):
    report(leak, at=at, **report_)
    control.accept(checks.open_check(leak.id).id, by=olzhas, at=at)
    run_after()

    assert said in told(leak)[-1][1]


def test_a_card_closed_without_work_says_how_it_may_be_opened_again(leak, run_after, olzhas, at):
    cards.close(leak.id, outcome="refused", by=olzhas, at=at)
    run_after()

    moment, text = told(leak)[-1]
    assert moment == "closed"
    assert "/answer/" in text


def test_a_reopened_card_is_told_once_and_not_passed_on_again(leak, run_after, olzhas, at):
    cards.close(leak.id, outcome="done", by=olzhas, at=at + HOUR)
    run_after()
    cards.reopen(leak.id, reason="снова течёт", at=at + 2 * HOUR)
    run_after()

    assert moments(leak)[-1] == "reopened"
    assert "passed_on" not in moments(leak)


def test_who_asked_in_writing_is_answered_in_writing(city, conversation, run_after, at):
    from komek.rooms.intake.models import Contact
    from komek.rooms.intake.rules import State

    contact = Contact.objects.create(
        conversation=conversation,
        channel="webform",
        language="ru",
        urgency="normal",
        state=State.ACCEPTED,
        arrived_at=at,
        resident=conversation.resident,
    )
    draft = CardDraft(text="Когда дадут воду?", kind=Kind.QUESTION, language="ru", topic_code="WAT-04")
    card = cards.answer(draft, contact=contact, text="Сегодня в 18:00", channel="webform", by=None, at=at)
    run_after()

    assert told(card) == [("answered", f"№ {card.number}: Сегодня в 18:00.")]


def test_who_is_on_the_telephone_is_not_called_back_with_what_they_have_heard(register, asel, run_after, olzhas, at):
    call = channels.open_conversation("desk", resident=asel, language="kk", at=at)
    draft = CardDraft(text="Су ағып жатыр", language="kk", topic_code="WAT-02")
    card = cards.register(draft, conversation=call, resident=asel, channel="desk", by=None, at=at)
    run_after()
    assert moments(card) == []

    cards.close(card.id, outcome="done", by=olzhas, at=at)
    run_after()

    assert moments(card) == ["done"]


def test_without_a_conversation_nobody_is_told_or_asked(register, run_after, olzhas, at):
    card = register("WAT-02")
    cards.close(card.id, outcome="done", by=olzhas, at=at)
    run_after()

    assert moments(card) == []
    assert queries.last_survey(card.id) is None


def test_a_missing_text_is_loud_and_holds_nothing_up(register, conversation):
    Template.objects.filter(moment="registered").delete()

    with capture_logs() as logs:
        leak = register("WAT-02", conversation=conversation)

    assert [(log["log_level"], log["moment"]) for log in logs if log["event"] == "feedback.text_missing"] == [
        ("error", "registered")
    ]
    assert moments(leak) == []
    assert leak.status == "routed"


def test_a_language_without_a_text_falls_back_to_one_that_has_it(register, asel, run_after, olzhas, at):
    english = channels.open_conversation("webform", resident=asel, language="en", at=at)
    draft = CardDraft(text="Water is leaking", language="en", topic_code="WAT-02")
    card = cards.register(draft, conversation=english, resident=asel, channel="webform", by=None, at=at)
    routing.assign(card.id, service_code="TT", reason="both are needed", by=olzhas, at=at + HOUR)
    run_after()

    assert dict(told(card))["passed_on"].startswith(f"№ {card.number} берілді: Astana Su Arnasy")


def test_one_broken_text_and_none_is_taken(db):
    before = queries.texts()

    with pytest.raises(rules.BadText):
        actions.set_texts({"closed": {"kk": "жаңа"}, "done": {"kk": "{oops}"}})

    assert queries.texts() == before
