from datetime import UTC, datetime

import pytest

from komek.platform.models import AuditEntry
from komek.registers.residents import actions, queries, rules
from komek.registers.residents.models import Handle, Resident

pytestmark = pytest.mark.django_db

MORNING = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
HOME = ("phone", "8 700 123 45 67")


def remember(name="", *, handles=(HOME,), **told):
    return actions.remember(name=name, handles=handles, at=MORNING, **told)


def test_the_same_person_calls_twice():
    first = remember("Айгүл Серікова", language="kk")

    second = remember("айгуль серикова".replace("ь", ""), handles=[("phone", "+77001234567")])

    assert first == second
    assert Resident.objects.count() == 1
    assert Handle.objects.count() == 1


def test_several_people_share_one_phone():
    mother, son = remember("Гүлнар Ахметова"), remember("Тимур Ахметов")

    assert mother != son
    assert [person.resident_id for person in queries.people_by("phone", "87001234567")] == [mother, son]


def test_who_gives_no_name_is_the_only_person_known_on_that_phone():
    aigul = remember("Айгүл Серікова")

    assert remember() == aigul


def test_who_gives_no_name_on_a_shared_phone_is_not_taken_for_somebody():
    known = {remember("Гүлнар Ахметова"), remember("Тимур Ахметов")}

    nameless = remember()

    assert nameless not in known
    assert remember() == nameless


def test_a_nameless_caller_gets_a_name_later():
    nameless = remember()

    assert remember("Айгүл Серікова", language="ru") == nameless
    assert queries.language_of(nameless) == "ru"


def test_a_namesake_on_another_phone_is_another_person():
    assert remember("Айгүл Серікова") != remember("Айгүл Серікова", handles=[("phone", "87017654321")])


def test_the_identity_number_tells_a_person_on_a_new_phone():
    aigul = remember("Айгүл Серікова", identity_number="850615400036")

    moved = remember("Айгүл Серікова", handles=[("phone", "87017654321")], identity_number="850615400036")

    assert moved == aigul


def test_nobody_without_a_handle_is_refused():
    anonymous = actions.remember(at=MORNING)

    assert queries.exists(anonymous)


def test_a_wrong_phone_is_refused_and_nothing_is_kept():
    with pytest.raises(rules.UnreadableHandle):
        remember("Айгүл Серікова", handles=[("phone", "потом")])

    assert not Resident.objects.exists()


def test_a_list_of_people_gives_nothing_away():
    aigul = remember("Айгүл Серікова")

    (listed,) = queries.people_by("phone", "87001234567")

    assert listed == rules.Masked(aigul, "А. С., +7 700 ••• 45 67", "")


def test_a_disclosure_is_written_down_with_who_and_why():
    aigul = remember("Айгүл Серікова", language="kk")

    told = queries.disclose(aigul, by=7, purpose="call back about card 12")

    assert (told.name, told.first("phone")) == ("Айгүл Серікова", "8 700 123 45 67")
    entry = AuditEntry.objects.get(verb="read")
    assert (entry.subject, entry.actor) == (f"resident:{aigul}", "agent:7")
    assert entry.detail == {"fields": ["name", "phone"], "purpose": "call back about card 12"}
    assert "Айгүл" not in str(entry.detail)


def test_nothing_is_disclosed_for_no_purpose():
    aigul = remember("Айгүл Серікова")

    with pytest.raises(rules.PurposeNeeded):
        queries.disclose(aigul, by=7, purpose=" ")
    with pytest.raises(rules.UnknownResident):
        queries.disclose(aigul + 1, by=7, purpose="curiosity")


def test_a_page_of_masked_people_costs_two_queries(django_assert_num_queries):
    known = [
        remember(f"Тұрғын {letter}", handles=[("phone", f"8700000000{number}")]) for number, letter in enumerate("АБВ")
    ]

    with django_assert_num_queries(2):
        listed = queries.masked_many(known)

    assert queries.masked_by_id(known[0]) == listed[known[0]].label
    assert queries.masked_by_id(0) == ""
    assert listed[known[0]].label == "Т. А., +7 700 ••• 00 00"


def test_a_remark_helps_the_next_operator():
    aigul = remember("Айгүл Серікова")

    actions.note(aigul, text="нашар естиді\0, қатты сөйлеу керек")

    assert queries.disclose(aigul, by=None, purpose="offer").note == "нашар естиді, қатты сөйлеу керек"
