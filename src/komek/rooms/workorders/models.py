"""Tables of work orders, their history and their reports."""

from django.conf import settings
from django.db import models

from komek.platform.models import StoredFile
from komek.rooms.cards.models import Card
from komek.rooms.routing.models import Assignment
from komek.rooms.workorders import rules
from komek.rooms.workorders.rules import Status


class Order(models.Model):
    """One service's part of one card."""

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="+")
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="+")
    service_code = models.CharField(max_length=40)
    status = models.CharField(max_length=12, choices=[(s.value, s.value) for s in Status])
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    foreman = models.TextField(blank=True)
    on_the_way_at = models.DateTimeField(null=True)
    on_site_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    returned = models.PositiveSmallIntegerField(default=0)
    link_version = models.PositiveSmallIntegerField(default=1)

    # Who opened it by a link; not a column.
    opened_by = ""

    class Meta:
        indexes = (
            models.Index(
                fields=["service_code", "due_at", "id"],
                condition=models.Q(ended_at__isnull=True),
                name="order_open_by_service",
            ),
        )

    def move_to(self, status: Status) -> None:
        """Change the status if the table of transitions allows it; raises ForbiddenMove."""
        if status not in rules.TRANSITIONS[Status(self.status)]:
            raise rules.ForbiddenMove(self.pk, self.status, status)
        self.status = status


class OrderEntry(models.Model):
    """One line of an order's history; `foreman` when it came by a link and nobody signed in."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="history")
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    foreman = models.TextField(blank=True)
    verb = models.CharField(max_length=24)
    status = models.CharField(max_length=12)
    note = models.TextField(blank=True)

    append_only = True


class Report(models.Model):
    """What the service says it did: with proof, or with a reason code."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="reports")
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    foreman = models.TextField(blank=True)
    outcome = models.CharField(max_length=12)
    reason_code = models.CharField(max_length=24, blank=True)
    text = models.TextField(blank=True)
    # Whether the topic asked for hands on site when this was reported; it may be corrected later.
    on_site = models.BooleanField(default=False)
    key = models.TextField(null=True, unique=True)

    append_only = True

    class Meta:
        indexes = (models.Index(fields=["order", "id"], name="report_by_order"),)


class Proof(models.Model):
    """A photo or a video of a report, saying what it shows: before, after or the place."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="proofs")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    shows = models.CharField(max_length=8)

    append_only = True
