"""Tables of checks and escalations."""

from django.conf import settings
from django.db import models

from komek.rooms.cards.models import Card
from komek.rooms.control import rules


class Check(models.Model):
    """The second line looks whether what is said to be done is done; one open check a card."""

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=[(v.value, v.value) for v in rules.Verdict], default="open")
    opened_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["card"], condition=models.Q(decided_at__isnull=True), name="check_one_open_a_card"
            ),
        )
        indexes = (
            models.Index(fields=["opened_at", "id"], condition=models.Q(decided_at__isnull=True), name="check_open"),
            models.Index(fields=["card", "-id"], name="check_by_card"),
        )


class Escalation(models.Model):
    """A card that needs a decision of the second line, and why; one open a card and cause."""

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="+")
    cause = models.CharField(max_length=12, choices=[(c.value, c.value) for c in rules.Cause])
    detail = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    resolution = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["card", "cause"],
                condition=models.Q(resolved_at__isnull=True),
                name="escalation_one_open_a_cause",
            ),
        )
        indexes = (
            models.Index(
                fields=["opened_at", "id"], condition=models.Q(resolved_at__isnull=True), name="escalation_open"
            ),
            models.Index(fields=["card", "-id"], name="escalation_by_card"),
        )
