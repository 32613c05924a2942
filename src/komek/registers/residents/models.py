"""Tables of residents; no other table of the centre holds a name, a phone or an identity number."""

from django.db import models

from komek.registers.residents import rules


class Resident(models.Model):
    """One person as far as we know them; the identity number is never required."""

    name = models.CharField(max_length=200, blank=True)
    identity_number = models.CharField(max_length=12, null=True, blank=True, db_index=True)
    language = models.CharField(max_length=2, blank=True)
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()

    personal = ("name", "identity_number", "note")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"resident {self.pk}"


class Handle(models.Model):
    """A number, an address or an account by which a resident is reached; not unique, because people share phones."""

    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in rules.HandleKind])
    value = models.CharField(max_length=200)
    normalized = models.CharField(max_length=200)

    personal = ("value", "normalized")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["resident", "kind", "normalized"], name="residents_handle_once_a_person"),
        )
        indexes = (models.Index(fields=["kind", "normalized"], name="residents_handle_value"),)

    def __str__(self) -> str:
        return f"{self.kind} of resident {self.resident_id}"
