"""Tables of thresholds, of the times they were breached, and of reviews."""

from django.conf import settings
from django.db import models

from komek.rooms.intake.models import Contact
from komek.rooms.quality import rules

FIGURES = [(figure.value, figure.value) for figure in rules.Figure]


class Threshold(models.Model):
    """What a figure of the wall is held against, where somebody has set it; who changed it is in the audit."""

    figure = models.CharField(max_length=16, primary_key=True, choices=FIGURES)
    warn = models.FloatField()
    danger = models.FloatField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.figure


class Breach(models.Model):
    """A time in which somebody had to act; at most one of a figure is open."""

    figure = models.CharField(max_length=16, choices=FIGURES)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    worst = models.FloatField()

    unaudited = True

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["figure"], condition=models.Q(ended_at=None), name="breach_open_once"),
        )
        indexes = (
            models.Index(fields=["figure", "-began_at"], name="breach_by_figure"),
            models.Index(fields=["-began_at"], name="breach_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.figure} {self.began_at}"


class Review(models.Model):
    """How a contact was handled, judged by somebody else; one a contact, and whoever corrects it is in the audit."""

    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    answers = models.JSONField()
    score = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=1)
    # When the one whose work it was has read it.
    seen_at = models.DateTimeField(null=True)

    personal = ("comment",)

    class Meta:
        indexes = (
            models.Index(fields=["agent", "-at"], name="review_by_agent"),
            models.Index(fields=["at"], name="review_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.contact_id}: {self.score}"
