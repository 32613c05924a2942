"""The audit: what was changed and read, by whom; a chain that shows every tampering."""

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction

from komek.platform import audit
from komek.platform.models import AuditEntry, AuditSeal
from komek.registers.residents import queries as residents
from komek.registers.residents.models import Resident
from komek.registers.staff.models import Service

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries(services):
    """What has been written since the city was set up."""
    audit.seal()
    newest = AuditEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return lambda: list(AuditEntry.objects.filter(id__gt=newest).order_by("id"))


def forged(sql):
    """What somebody with the power to switch triggers off could do."""
    table = "platform_auditseal" if "auditseal" in sql.split()[1] + sql.split()[2] else "platform_auditentry"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_a_change_says_who_changed_what_from_what_to_what(entries):
    with audit.acting("agent:7", "request-1"):
        Service.objects.filter(code="SU").update(name_en="Water")

    (entry,) = entries()
    assert (entry.actor, entry.request_id, entry.verb) == ("agent:7", "request-1", "update")
    assert entry.subject.startswith("staff_service:")
    assert entry.detail == {"name_en": ["Astana Su Arnasy", "Water"]}


def test_hand_made_sql_is_written_down_too(entries):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE staff_service SET phone = '109' WHERE code = 'TT'")
    (entry,) = entries()
    assert entry.detail == {"phone": ["", "109"]}


def test_of_a_person_it_is_said_that_something_changed_but_not_what(entries, asel):
    Resident.objects.filter(id=asel.id).update(name="Басқа есім")
    last = entries()[-1]
    assert "Басқа есім" not in str(last.detail)
    assert "name" in last.detail


def test_whoever_reads_personal_data_is_written_down(entries, aigerim, asel):
    residents.disclose(asel.id, by=aigerim.pk, purpose="contact")
    read = [entry for entry in entries() if entry.verb == "read"]
    assert [(entry.actor, entry.subject) for entry in read] == [(f"agent:{aigerim.pk}", f"resident:{asel.id}")]
    assert read[0].detail["purpose"] == "contact"
    assert "phone" in read[0].detail["fields"]


def test_an_untouched_chain_verifies(entries):
    Service.objects.filter(code="SU").update(phone="1")
    assert audit.seal() >= 1
    verdict = audit.verify()
    assert verdict.broken_at is None
    assert verdict.unsealed == 0
    assert verdict.sealed == AuditSeal.objects.count() > 0


def test_entries_cannot_be_changed_or_deleted(entries):
    Service.objects.filter(code="SU").update(phone="1")
    for change in (lambda: AuditEntry.objects.update(actor="nobody"), lambda: AuditEntry.objects.all().delete()):
        with pytest.raises((InternalError, ProgrammingError), match="append-only"), transaction.atomic():
            change()


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE platform_auditentry SET actor = 'nobody' WHERE id = (SELECT min(id) FROM platform_auditentry)",
        "DELETE FROM platform_auditentry WHERE id = (SELECT min(id) + 1 FROM platform_auditentry)",
        "UPDATE platform_auditseal SET digest = decode(repeat('00', 32), 'hex') WHERE position = (SELECT max(position) FROM platform_auditseal)",
        "DELETE FROM platform_auditseal WHERE position = (SELECT min(position) FROM platform_auditseal)",
    ],
)
def test_a_forged_chain_is_found(entries, tampering):
    assert audit.verify().broken_at is None
    forged(tampering)
    assert audit.verify().broken_at is not None


def test_an_entry_that_was_never_sealed_is_counted(entries):
    Service.objects.filter(code="SU").update(phone="1")
    assert audit.verify().unsealed == 1


def test_a_chain_can_be_walked_from_a_place_on(entries):
    audit.seal()
    middle = AuditSeal.objects.order_by("-position").values_list("position", flat=True)[2]
    early = AuditSeal.objects.order_by("position").values_list("entry_id", flat=True).first()

    assert audit.verify(after=middle).sealed == 2
    forged(f"UPDATE platform_auditentry SET actor = 'agent:1' WHERE id = {early}")

    assert audit.verify(after=middle).broken_at is None
    assert audit.verify().broken_at == early
