"""What a verb makes is kept together and written together, and nobody can read past it."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from komek.platform import audit, unit
from komek.platform.models import AuditEntry
from komek.platform.transactions import together
from komek.registers.residents.models import Handle, Resident

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@together
def meet(*names, phone="+77010000001"):
    """Remember people with a phone each."""
    met = []
    for name in names:
        resident = unit.add(Resident(name=name, created_at=NOON))
        unit.add(Handle(resident=resident, kind="phone", value=phone, normalized=phone))
        met.append(resident)
    return met


@together
def rename(resident_id, name):
    """Change a name."""
    resident = unit.hold(Resident, resident_id)
    resident.name = name
    unit.save(resident, "name")
    return resident


@together
def refuse(name):
    """Begin something, and refuse it."""
    unit.add(Resident(name=name, created_at=NOON))
    raise LookupError(name)


def statements(asked):
    return [query["sql"] for query in asked.captured_queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]


def test_rows_of_several_tables_are_written_by_one_statement():
    meet("Asel")

    with CaptureQueriesContext(connection) as asked:
        dana, erlan = meet("Dana", "Erlan")

    ids, written = statements(asked)[0], statements(asked)[-1]
    assert "nextval" in ids
    assert written.count("INSERT INTO") == 2
    assert dict(Handle.objects.values_list("resident__name", "resident_id"))["Erlan"] == erlan.id
    assert dana.id < erlan.id


def test_the_ids_that_a_verb_usually_needs_are_asked_for_at_once():
    meet("Asel", "Dana", "Erlan")

    with CaptureQueriesContext(connection) as asked:
        meet("Gulnar", "Kairat", "Madina")

    assert len(statements(asked)) == 2


def test_whoever_reads_a_table_sees_what_waits_for_it():
    @together
    def look():
        meet("Asel")
        return list(Resident.objects.values_list("name", flat=True))

    assert look() == ["Asel"]


def test_a_row_that_is_not_written_yet_is_changed_without_a_statement():
    @together
    def meet_and_rename():
        (asel,) = meet("Asel")
        return rename(asel.id, "Асель")

    meet_and_rename()
    with CaptureQueriesContext(connection) as asked:
        meet_and_rename()

    assert len(statements(asked)) == 2
    assert set(Resident.objects.values_list("name", flat=True)) == {"Асель"}


def test_a_held_row_is_one_object_for_everybody_and_is_asked_for_once():
    (asel,) = meet("Asel")

    @together
    def hold_twice():
        return unit.hold(Resident, asel.id), unit.hold(Resident, asel.id), unit.known(Resident, asel.id)

    with CaptureQueriesContext(connection) as asked:
        first, second, third = hold_twice()

    assert first is second is third
    assert len(statements(asked)) == 1


def test_changes_of_two_objects_of_one_row_are_both_kept():
    (asel,) = meet("Asel")

    @together
    def change():
        one, other = Resident.objects.get(id=asel.id), Resident.objects.get(id=asel.id)
        one.name, other.language = "Асель", "ru"
        unit.save(one, "name")
        unit.save(other, "language")

    change()

    asel.refresh_from_db()
    assert (asel.name, asel.language) == ("Асель", "ru")


def test_what_somebody_writes_past_the_unit_is_read_again():
    (asel,) = meet("Asel")

    @together
    def change():
        unit.hold(Resident, asel.id)
        Resident.objects.filter(id=asel.id).update(name="Асель")
        return unit.hold(Resident, asel.id)

    assert change().name == "Асель"


def test_the_children_of_a_new_row_are_known_without_asking():
    @together
    def look():
        (asel,) = meet("Asel")
        with CaptureQueriesContext(connection) as asked:
            mine = unit.children(asel, Handle, "resident_id")
        return mine, len(asked)

    mine, asked = look()

    assert [handle.kind for handle in mine] == ["phone"]
    assert asked == 0


def test_the_children_of_an_old_row_only_the_database_knows():
    (asel,) = meet("Asel")

    @together
    def look():
        unit.hold(Resident, asel.id)
        return unit.children(asel, Handle, "resident_id")

    assert look() is None


def test_a_rollback_to_a_savepoint_takes_back_what_was_made_since_and_nothing_else():
    @together
    def half():
        meet("Asel")
        with suppress(LookupError), transaction.atomic():
            meet("Dana")
            raise LookupError
        meet("Erlan")

    half()

    assert set(Resident.objects.values_list("name", flat=True)) == {"Asel", "Erlan"}


def test_an_inner_verb_that_fails_leaves_nothing_behind_and_the_outer_one_goes_on():
    @together
    def outer():
        meet("Asel")
        with pytest.raises(LookupError):
            refuse("Nobody")
        meet("Dana")

    outer()

    assert set(Resident.objects.values_list("name", flat=True)) == {"Asel", "Dana"}


def test_an_inner_verb_that_has_written_already_takes_everything_with_it():
    @together
    def write_and_refuse():
        meet("Asel")
        Resident.objects.count()
        raise LookupError

    @together
    def outer():
        meet("Dana")
        with pytest.raises(LookupError):
            write_and_refuse()

    with suppress(transaction.TransactionManagementError):
        outer()

    assert not Resident.objects.exists()


def test_a_verb_that_fails_writes_nothing():
    with pytest.raises(LookupError):
        refuse("Nobody")

    assert not Resident.objects.exists()


def test_what_is_written_is_written_under_the_name_of_who_acts():
    before = AuditEntry.objects.filter(actor="").count()
    with audit.acting("agent:7", "a-request"):
        (asel,) = meet("Asel")
        rename(asel.id, "Асель")
    meet("Dana")

    told = AuditEntry.objects.filter(subject=f"residents_resident:{asel.id}").order_by("id")
    assert list(told.values_list("verb", "actor", "request_id")) == [
        ("insert", "agent:7", "a-request"),
        ("update", "agent:7", "a-request"),
    ]
    assert not AuditEntry.objects.filter(actor="agent:7").exclude(request_id="a-request").exists()
    assert AuditEntry.objects.filter(actor="").count() == before + 2


def test_outside_a_verb_the_name_is_told_before_the_first_writing_statement_only():
    with audit.acting("agent:7"), CaptureQueriesContext(connection) as asked:
        Resident.objects.count()
        Resident.objects.create(name="Asel", created_at=NOON)
        Resident.objects.create(name="Dana", created_at=NOON)

    assert sum("set_config" in sql for sql in statements(asked)) == 1
    assert AuditEntry.objects.filter(actor="agent:7").count() == 2


def test_outside_a_verb_nothing_can_be_kept():
    with pytest.raises(RuntimeError, match="together"):
        unit.add(Resident(name="Asel", created_at=NOON))
