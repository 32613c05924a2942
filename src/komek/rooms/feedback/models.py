"""Tables of notices and surveys, and the texts of the notices."""

from django.conf import settings
from django.db import models

from komek.rooms.cards.models import Card
from komek.rooms.channels.models import Message
from komek.rooms.feedback import rules


class Template(models.Model):
    """The text of one moment in the city's languages; a part of the city pack."""

    moment = models.CharField(max_length=16, primary_key=True)
    text_kk = models.TextField(blank=True)
    text_ru = models.TextField(blank=True)
    text_en = models.TextField(blank=True)


class Notice(models.Model):
    """The resident was told of one moment of one round of a card: at most once."""

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="+", db_index=False)
    moment = models.CharField(max_length=16, choices=[(m.value, m.value) for m in rules.Moment])
    occasion = models.TextField()
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = (models.UniqueConstraint(fields=["card", "occasion"], name="notice_once_an_occasion"),)


class Survey(models.Model):
    """We asked whether it is really done; one a round of the card."""

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    token = models.CharField(max_length=32, unique=True)
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=10, blank=True, choices=[(a.value, a.value) for a in rules.Answer])
    score = models.PositiveSmallIntegerField(null=True)
    comment = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    # Whoever wrote down what was said by voice.
    heard_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    personal = ("comment", "token")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["card", "round"], name="survey_once_a_round"),)
        indexes = (
            models.Index(fields=["-answered_at"], condition=models.Q(score__lte=rules.LOW_SCORE), name="survey_low"),
        )
