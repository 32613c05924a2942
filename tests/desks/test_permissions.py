"""Every address of every desk: three named people who may, Charlie who may not, and a stranger who is asked to sign in."""

import pytest
from django.urls import get_resolver, reverse

from komek.platform.clock import now
from komek.registers.staff.rules import Right
from komek.rooms.cards import queries as cards
from komek.rooms.intake import actions as intake
from komek.rooms.intake.rules import Arrival
from komek.rooms.knowledge import actions as knowledge
from komek.rooms.knowledge.rules import ArticleDraft, Text

MAY = {
    Right.TAKE_CONTACTS: ("aigerim", "madina", "olzhas"),
    Right.READ_CARDS: ("aigerim", "olzhas", "saule"),
    Right.CHECK_WORK: ("olzhas", "gulnara", "saule"),
    Right.WORK_ORDERS_OF_OWN_SERVICE: ("dana", "asem", "bekzat"),
    Right.CALL_RESIDENTS: ("dana", "asem", "bekzat"),
    Right.SEE_WALLBOARD: ("saule", "aliya", "timur"),
    Right.SEE_NUMBERS: ("saule", "bolat", "timur"),
    Right.MANAGE_ROUTING: ("saule", "timur", "nurgul"),
    Right.MANAGE_CALENDAR: ("saule", "timur", "nurgul"),
    Right.MANAGE_QUEUES: ("saule", "erlan", "raushan"),
    Right.REVIEW_CONTACTS: ("saule", "erlan", "raushan"),
    Right.JOIN_CALLS: ("saule", "erlan", "raushan"),
    Right.HEAR_CALLS: ("saule", "erlan", "timur"),
    Right.HOLD_RECORDINGS: ("saule", "erlan", "timur"),
    Right.SET_RETENTION: ("timur", "nurgul"),
    Right.EDIT_KNOWLEDGE: ("zarina", "darya", "adilet"),
    Right.ANNOUNCE_BULLETINS: ("zarina", "darya", "saule"),
}
# Who has a desk of their own, but not this right.
MAY_NOT = {
    Right.TAKE_CONTACTS: ("dana", "saule", "timur"),
    Right.READ_CARDS: ("dana", "timur", "bolat"),
    Right.CHECK_WORK: ("aigerim", "dana", "timur"),
    Right.WORK_ORDERS_OF_OWN_SERVICE: ("aigerim", "olzhas", "saule"),
    Right.CALL_RESIDENTS: ("aigerim", "olzhas", "saule"),
    Right.SEE_WALLBOARD: ("aigerim", "olzhas", "dana"),
    Right.SEE_NUMBERS: ("aigerim", "olzhas", "dana"),
    Right.MANAGE_ROUTING: ("aigerim", "olzhas", "bolat"),
    Right.MANAGE_CALENDAR: ("aigerim", "olzhas", "aliya"),
    Right.MANAGE_QUEUES: ("aigerim", "olzhas", "aliya"),
    Right.REVIEW_CONTACTS: ("aigerim", "olzhas", "bolat"),
    Right.JOIN_CALLS: ("aigerim", "olzhas", "aliya"),
    Right.HEAR_CALLS: ("aigerim", "olzhas", "bolat"),
    Right.HOLD_RECORDINGS: ("aigerim", "olzhas", "bolat"),
    Right.SET_RETENTION: ("aigerim", "saule", "bolat"),
    Right.EDIT_KNOWLEDGE: ("aigerim", "saule", "timur"),
    Right.ANNOUNCE_BULLETINS: ("aigerim", "olzhas", "timur"),
}
DECISIONS = ("accept", "give-back", "resolve", "assign", "extend", "remind", "pause", "resume", "reopen", "correct")
VIEWS = {
    "operator:home": (Right.TAKE_CONTACTS, "get", [{}]),
    "operator:seat": (Right.TAKE_CONTACTS, "post", [{}]),
    "operator:entry": (Right.TAKE_CONTACTS, "post", [{}]),
    "operator:contact": (
        Right.TAKE_CONTACTS,
        "post",
        [{"verb": verb} for verb in ("accept", "pick", "decline", "end", "wrap-up")],
    ),
    "operator:draft": (Right.TAKE_CONTACTS, "post", [{}]),
    "operator:finish": (Right.TAKE_CONTACTS, "post", [{}]),
    "operator:help": (Right.TAKE_CONTACTS, "get", [{}]),
    "operator:call_back": (Right.TAKE_CONTACTS, "post", [{"callback_id": 1}]),
    "operator:line": (Right.TAKE_CONTACTS, "post", [{}]),
    "operator:ringing": (Right.TAKE_CONTACTS, "get", [{}]),
    "operator:accept": (Right.TAKE_CONTACTS, "post", [{}]),
    "operator:decline": (Right.TAKE_CONTACTS, "post", [{}]),
    "operator:quality": (Right.TAKE_CONTACTS, "post", [{}]),
    "operator:resident": (Right.TAKE_CONTACTS, "post", [{}]),
    "operator:told": (Right.TAKE_CONTACTS, "post", [{}]),
    "operator:colleagues": (Right.TAKE_CONTACTS, "get", [{}]),
    "operator:invite": (Right.TAKE_CONTACTS, "post", [{}]),
    "operator:hand_over": (Right.TAKE_CONTACTS, "post", [{}]),
    "operator:pause": (Right.TAKE_CONTACTS, "post", [{}]),
    "operator:resume": (Right.TAKE_CONTACTS, "post", [{}]),
    "operator:replay": (Right.TAKE_CONTACTS, "get", [{}]),
    "operator:find": (Right.TAKE_CONTACTS, "get", [{}]),
    "operator:card": (Right.READ_CARDS, "get", [{}]),
    "operator:suggest": (
        Right.TAKE_CONTACTS,
        "get",
        [{"what": what} for what in ("places", "topics", "answers", "nearby")],
    ),
    "operator:reviews": (Right.TAKE_CONTACTS, "get", [{}]),
    "controller:home": (Right.CHECK_WORK, "get", [{}]),
    "controller:look": (Right.CHECK_WORK, "post", [{}]),
    "controller:find": (Right.CHECK_WORK, "get", [{}]),
    "controller:bulk": (Right.CHECK_WORK, "post", [{}]),
    "controller:checks": (Right.CHECK_WORK, "get", [{}]),
    "controller:decide": (Right.CHECK_WORK, "post", [{"verb": verb} for verb in ("accept", "give-back", "extend")]),
    "controller:escalations": (Right.CHECK_WORK, "get", [{}]),
    "controller:card": (Right.CHECK_WORK, "get", [{}]),
    "controller:act": (Right.CHECK_WORK, "post", [{"verb": verb} for verb in DECISIONS]),
    "service:home": (Right.WORK_ORDERS_OF_OWN_SERVICE, "get", [{}]),
    "service:bulk": (
        Right.WORK_ORDERS_OF_OWN_SERVICE,
        "post",
        [{"verb": verb} for verb in ("accept", "set-out", "arrive", "link")],
    ),
    "service:phone": (Right.CALL_RESIDENTS, "post", [{}]),
    "service:order": (Right.WORK_ORDERS_OF_OWN_SERVICE, "get", [{}]),
    "service:link": (Right.WORK_ORDERS_OF_OWN_SERVICE, "post", [{}]),
    "service:revoke": (Right.WORK_ORDERS_OF_OWN_SERVICE, "post", [{}]),
    "service:act": (
        Right.WORK_ORDERS_OF_OWN_SERVICE,
        "post",
        [{"verb": verb} for verb in ("accept", "decline", "set-out", "arrive", "report")],
    ),
    "supervisor:home": (Right.SEE_WALLBOARD, "get", [{}]),
    "supervisor:wall": (Right.SEE_WALLBOARD, "get", [{}]),
    "supervisor:waiting": (Right.SEE_WALLBOARD, "get", [{}]),
    "supervisor:answered": (Right.SEE_WALLBOARD, "get", [{}]),
    "supervisor:overdue": (Right.SEE_WALLBOARD, "get", [{}]),
    "supervisor:people": (Right.SEE_WALLBOARD, "get", [{}]),
    "supervisor:send_away": (Right.MANAGE_QUEUES, "post", [{}]),
    "supervisor:thresholds": (Right.MANAGE_QUEUES, "both", [{}]),
    "supervisor:calls": (Right.JOIN_CALLS, "get", [{}]),
    "supervisor:line": (Right.JOIN_CALLS, "post", [{}]),
    "supervisor:join": (Right.JOIN_CALLS, "post", [{}]),
    "supervisor:callback": (Right.JOIN_CALLS, "post", [{"callback_id": 1, "verb": verb} for verb in ("now", "drop")]),
    "supervisor:contacts": (Right.REVIEW_CONTACTS, "get", [{}]),
    "supervisor:contact": (Right.REVIEW_CONTACTS, "both", [{}]),
    "supervisor:recordings": (Right.HEAR_CALLS, "get", [{}]),
    "supervisor:recording": (Right.HEAR_CALLS, "get", [{}]),
    "supervisor:hold": (Right.HOLD_RECORDINGS, "post", [{}]),
    "supervisor:retention": (Right.SET_RETENTION, "post", [{}]),
    "supervisor:numbers_file": (Right.SEE_NUMBERS, "get", [{}]),
    "editor:home": (Right.EDIT_KNOWLEDGE, "get", [{}]),
    "editor:new": (Right.EDIT_KNOWLEDGE, "both", [{}]),
    "editor:article": (Right.EDIT_KNOWLEDGE, "both", [{}]),
    "editor:retire": (Right.EDIT_KNOWLEDGE, "post", [{}]),
    "editor:missed": (Right.EDIT_KNOWLEDGE, "both", [{}]),
    "editor:scripts": (Right.EDIT_KNOWLEDGE, "get", [{}]),
    "editor:bulletins": (Right.ANNOUNCE_BULLETINS, "both", [{}]),
    "editor:end_bulletin": (Right.ANNOUNCE_BULLETINS, "post", [{}]),
    "supervisor:numbers": (Right.SEE_NUMBERS, "get", [{}]),
    "supervisor:rules": (Right.MANAGE_ROUTING, "both", [{}]),
    "supervisor:rules_file": (Right.MANAGE_ROUTING, "get", [{}]),
    "supervisor:calendar": (Right.MANAGE_CALENDAR, "both", [{}]),
}
# Opened by what a person holds: nothing, a link, or a key.
BY_OTHER_MEANS = (
    "resident",
    "service:foreman",
    "service:foreman_act",
    "service:foreman_app",
    "service:foreman_home",
    "service:foreman_worker",
    "service:upload",
)
DESKS = ("operator", "controller", "service", "supervisor", "editor")


@pytest.fixture
def ids(line, write, work, run_after, aigerim, at):
    """A contact, a card, an order, an article and somebody to ask for."""
    article = ArticleDraft(code="KB-001", owner="SU", texts=(Text("kk", "Су жоқ", "Су кешке дейін беріледі."),))
    knowledge.publish(article, by=None, at=at)
    _, number, _ = write("Көшеде су құбыры жарылды", topic_code="WAT-02")
    run_after()
    contact = intake.arrive(Arrival(channel="desk", language="kk"), at=now())
    return {
        "number": number,
        "order_id": work.order_of(number),
        "contact_id": contact.pk,
        "unique_id": "1700000000.1",
        "check_id": 1,
        "recording_id": 1,
        "agent_id": aigerim.pk,
        "code": "KB-001",
    }


@pytest.fixture
def ask(request, browser, ids):
    """The answers that somebody gets to every way of asking for a view."""

    def asked(person, name):
        _, method, variants = VIEWS[name]
        client = browser(request.getfixturevalue(person) if person else None)
        answers = []
        for told in variants:
            kwargs = {**{key: ids[key] for key in _parameters(name) if key in ids}, **told}
            address = reverse(name, kwargs=kwargs)
            for verb in ("get", "post") if method == "both" else (method,):
                answers.append(getattr(client, verb)(address))
        return answers

    return asked


def _parameters(name):
    return get_resolver().namespace_dict[name.partition(":")[0]][1].reverse_dict[name.partition(":")[2]][0][0][1]


def test_every_address_of_the_desks_is_in_this_table():
    known = {
        f"{desk}:{pattern.name}" for desk in DESKS for pattern in get_resolver().namespace_dict[desk][1].url_patterns
    }

    assert known - set(BY_OTHER_MEANS) == set(VIEWS)


@pytest.mark.parametrize("name", VIEWS)
def test_three_people_may(ask, name):
    statuses = {person: {answer.status_code for answer in ask(person, name)} for person in MAY[VIEWS[name][0]]}

    assert all(status < 500 and status not in {401, 403} for told in statuses.values() for status in told), statuses


@pytest.mark.parametrize("name", VIEWS)
def test_charlie_and_those_of_other_desks_may_not(ask, name, ids):
    before = cards.by_number(ids["number"])
    people = ("charlie", *MAY_NOT[VIEWS[name][0]])

    assert {person: {answer.status_code for answer in ask(person, name)} for person in people} == {
        person: {403} for person in people
    }
    after = cards.by_number(ids["number"])
    assert (after.status, after.revision) == (before.status, before.revision)


@pytest.mark.parametrize("name", VIEWS)
def test_a_stranger_is_asked_to_sign_in(ask, name):
    answers = ask(None, name)

    assert {answer.status_code for answer in answers} == {302}
    assert all(answer["Location"].startswith("/accounts/login/?next=") for answer in answers)


@pytest.mark.parametrize("person", [None, "charlie", "saule"])
@pytest.mark.parametrize("name", ["home", "write", "help", "ask", "places", "works", "numbers"])
def test_what_is_for_residents_is_for_everybody(request, line, browser, name, person):
    client = browser(request.getfixturevalue(person) if person else None)

    assert client.get(reverse(f"resident:{name}")).status_code == 200


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_refusal_is_said_in_the_language_of_the_person(line, browser, charlie, in_words, language):
    answer = browser(charlie, language).get("/operator/")

    assert answer.status_code == 403
    sentence = in_words("Your role does not include the right %(right)s.", language).partition("%(right)s")
    assert sentence[0] in answer.content.decode()
    assert sentence[2] in answer.content.decode()


def test_somebody_who_has_left_may_nothing(line, browser, aigerim):
    client = browser(aigerim)
    aigerim.is_active = False
    aigerim.save()

    assert client.get("/operator/")["Location"].startswith("/accounts/login/")
