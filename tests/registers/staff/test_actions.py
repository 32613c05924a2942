from datetime import UTC, datetime, timedelta

import pytest

from komek.registers.staff import actions, queries, rules
from komek.registers.staff.models import Agent, Partner, Service
from komek.registers.staff.rules import Right, Role, Scope

pytestmark = pytest.mark.django_db

MORNING = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
WATER = {"code": "SU", "kind": "utility", "name_ru": "Астана Су Арнасы", "round_the_clock": "y"}


@pytest.fixture
def water_company():
    actions.load_services([WATER])
    return queries.service("SU")


def test_aigerim_is_hired_and_may_take_contacts_until_she_leaves():
    aigerim = actions.hire(
        username=" Aigerim ", name="Айгерім Сейтжан", role=Role.OPERATOR, password="a-long-word", languages=["ru", "kk"]
    )

    assert (aigerim.username, aigerim.languages, aigerim.language) == ("aigerim", ["kk", "ru"], "kk")
    assert aigerim.check_password("a-long-word")
    assert aigerim.may(Right.TAKE_CONTACTS)

    actions.dismiss(aigerim)

    assert not aigerim.may(Right.TAKE_CONTACTS)
    assert list(queries.agents(role=Role.OPERATOR)) == []


def test_two_people_do_not_sign_in_under_one_name():
    actions.hire(username="dana", name="Дана", role=Role.EDITOR)

    with pytest.raises(rules.NameTaken):
        actions.hire(username="DANA", name="Другая Дана", role=Role.EDITOR)


def test_a_dispatcher_is_hired_for_a_service(water_company):
    with pytest.raises(rules.ServiceNeeded):
        actions.hire(username="dana", name="Дана", role=Role.DISPATCHER)
    with pytest.raises(rules.UnknownService):
        actions.hire(username="dana", name="Дана", role=Role.DISPATCHER, service_code="NOBODY")

    dana = actions.hire(username="dana", name="Дана", role=Role.DISPATCHER, service_code="SU")

    assert dana.service == water_company


def test_without_a_password_nobody_signs_in():
    olzhas = actions.hire(username="olzhas", name="Олжас", role=Role.CONTROLLER)

    assert not olzhas.has_usable_password()


def test_services_are_loaded_again_without_doubling(water_company):
    report = actions.load_services([{**WATER, "name_kk": "«Астана су арнасы» МКК"}])

    assert report.loaded == 1
    assert Service.objects.get().name_kk == "«Астана су арнасы» МКК"
    assert Service.objects.get().id == water_company.id


def test_a_wrong_service_is_named_with_its_line_and_the_rest_is_taken():
    report = actions.load_services(
        [
            WATER,
            {"code": "X", "kind": "circus", "name_ru": "Цирк"},
            {"code": "", "kind": "utility", "name_ru": "Без кода"},
            {"code": "@osi", "kind": "house", "name_ru": "Ловушка"},
            {"code": "Y", "kind": "utility"},
            WATER,
        ]
    )

    assert [error.line for error in report.errors] == [3, 4, 5, 6, 7]
    assert all(error.remedy for error in report.errors)
    assert queries.service_codes() == {"SU"}


def test_a_house_organisation_stands_under_the_common_desk_of_them_all():
    actions.load_services(
        [
            {"code": "OSI", "kind": "contractor", "name_ru": "ОСИ"},
            {"code": "OSI-001", "kind": "house", "name_ru": "ОСИ «Самал»"},
        ]
    )

    assert queries.seen_by("OSI") == {"OSI", "OSI-001"}
    assert queries.seen_by("OSI-001") == {"OSI-001"}


def test_a_key_opens_its_doors_and_no_other():
    open_data = actions.register_partner(name="Open data portal", at=MORNING)

    key = actions.issue_key(open_data, scopes=[Scope.CARDS_READ])

    assert actions.verify_key(key, scope=Scope.CARDS_READ, at=MORNING) == open_data
    for wrong in (key[:-1] + ("a" if key[-1] != "a" else "b"), "", "komek_x", "komek__", "\0" + key, key * 50, "мир"):
        with pytest.raises(rules.KeyNotAccepted):
            actions.verify_key(wrong, scope=Scope.CARDS_READ, at=MORNING)
    with pytest.raises(rules.KeyNotAccepted):
        actions.verify_key(key, scope=Scope.INTAKE_WRITE, at=MORNING)


def test_a_key_is_never_stored_as_it_is():
    partner = actions.register_partner(name="Smart bus stop", at=MORNING)

    key = actions.issue_key(partner, scopes=[Scope.INTAKE_WRITE])

    stored = Partner.objects.get()
    assert key not in (stored.key_hash, stored.key_prefix)
    assert key.split("_", 2)[2] not in stored.key_hash


def test_a_new_key_ends_the_old_one_and_a_withdrawn_one_opens_nothing():
    partner = actions.register_partner(name="Smart bus stop", at=MORNING)
    old = actions.issue_key(partner, scopes=[Scope.INTAKE_WRITE])
    new = actions.issue_key(partner, scopes=[Scope.INTAKE_WRITE])

    with pytest.raises(rules.KeyNotAccepted):
        actions.verify_key(old, scope=Scope.INTAKE_WRITE, at=MORNING)
    actions.withdraw_key(partner)
    with pytest.raises(rules.KeyNotAccepted):
        actions.verify_key(new, scope=Scope.INTAKE_WRITE, at=MORNING)


def test_the_use_of_a_key_is_noted_once_a_minute(django_assert_num_queries):
    partner = actions.register_partner(name="Smart bus stop", at=MORNING)
    key = actions.issue_key(partner, scopes=[Scope.INTAKE_WRITE])

    with django_assert_num_queries(2):
        actions.verify_key(key, scope=Scope.INTAKE_WRITE, at=MORNING)
    actions.verify_key(key, scope=Scope.INTAKE_WRITE, at=MORNING + timedelta(seconds=30))

    partner.refresh_from_db()
    assert partner.last_used_at == MORNING


def test_an_agent_keeps_the_language_of_the_screens():
    charlie = actions.hire(username="charlie", name="Charlie", role=Role.CITY)

    actions.choose_language(charlie, language="en")
    actions.choose_language(charlie, language="klingon")

    assert Agent.objects.get().language == "en"
