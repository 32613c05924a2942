"""Tables of rules, assignments and clocks."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from komek.rooms.cards.models import Card
from komek.rooms.routing import rules


class RuleSet(models.Model):
    """All the rules as they stood from one moment on; published whole, after a dry run."""

    version = models.PositiveIntegerField(unique=True)
    published_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)


class Rule(models.Model):
    """One line of a rule set: when these fit, these services by this norm. The first that fits wins."""

    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="rules")
    position = models.PositiveIntegerField()
    topic = models.CharField(max_length=48)
    district_code = models.CharField(max_length=40)
    house_duty = models.CharField(max_length=24, blank=True)
    hours = models.CharField(max_length=8)
    services = ArrayField(models.CharField(max_length=40))
    priority = models.CharField(max_length=10, blank=True)
    norm = models.CharField(max_length=12, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=["rule_set", "position"], name="rule_position_once"),)


class Assignment(models.Model):
    """A service has a card, because of a rule or of somebody's decision; `why` says so in data.

    Without a norm of its own it keeps the card's clock. It ends with its round: a reopened card is assigned anew.
    """

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="+")
    service_code = models.CharField(max_length=40)
    rule = models.ForeignKey(Rule, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    why = models.JSONField(default=dict)
    priority = models.CharField(max_length=10)
    norm = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    due_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.TextField(blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["card", "service_code"],
                condition=models.Q(withdrawn_at__isnull=True, ended_at__isnull=True),
                name="assignment_once_a_service",
            ),
        )


class Clock(models.Model):
    """The two promises of a card. Reopening sets neither of them back: the first clock goes on."""

    card = models.OneToOneField(Card, primary_key=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    priority = models.CharField(max_length=10)
    norm = models.CharField(max_length=12)
    round_the_clock = models.BooleanField()
    due_at = models.DateTimeField(null=True)
    legal_due_on = models.DateField(null=True)
    paused_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            # With it the numbers above every list are counted without looking at the clocks themselves.
            models.Index(
                fields=["due_at", "card"],
                include=["paused_at"],
                condition=models.Q(stopped_at__isnull=True),
                name="clock_promised",
            ),
            models.Index(
                fields=["legal_due_on"],
                condition=models.Q(stopped_at__isnull=True, legal_due_on__isnull=False),
                name="clock_legal_running",
            ),
        )


class Pause(models.Model):
    """A time in which the clock stood, with its reason."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="pauses")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["clock"], condition=models.Q(ended_at__isnull=True), name="pause_one_open_a_clock"
            ),
        )


class Extension(models.Model):
    """A promise moved, by whom and why; the old one stays readable."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="extensions")
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in rules.Promise])
    was = models.TextField()
    now_is = models.TextField()
    norm = models.CharField(max_length=12, blank=True)
    until = models.DateTimeField(null=True)
    reason = models.TextField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    append_only = True
