"""Tables of calls, of what the switch wrote about them, of lines to browsers, and of who is to be called back."""

from django.conf import settings
from django.db import models

from komek.rooms.calls import rules
from komek.rooms.intake.models import Contact


class Call(models.Model):
    """One call as the switch knows it, by the unique id of the caller's channel."""

    unique_id = models.CharField(max_length=40, unique=True)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=2)
    queue = models.CharField(max_length=20)
    urgent = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in rules.State])
    entered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    # How it sounded at the operator's browser: loss, jitter and round trip.
    quality = models.JSONField(default=dict)

    class Meta:
        indexes = (
            models.Index(fields=["contact"], name="call_by_contact"),
            models.Index(fields=["entered_at"], name="call_by_entry"),
            models.Index(fields=["unique_id"], condition=models.Q(state__in=["waiting", "talking"]), name="call_now"),
        )


class JournalEntry(models.Model):
    """A line of the journal of the queues, kept as it was said: what the wall says can be counted again from these."""

    unique_id = models.CharField(max_length=40)
    at = models.DateTimeField()
    what = models.CharField(max_length=16, choices=[(w.value, w.value) for w in rules.What])
    queue = models.CharField(max_length=20)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    data = models.JSONField(default=list)

    append_only = True

    class Meta:
        indexes = (
            models.Index(fields=["at"], name="journal_by_time"),
            models.Index(fields=["unique_id"], name="journal_by_call"),
            models.Index(fields=["id"], condition=models.Q(what="incident_heard"), name="journal_bulletins"),
        )


class Reader(models.Model):
    """How far a journal has been read; changed in the same transaction as what was made of it."""

    name = models.CharField(max_length=40, primary_key=True)
    file = models.BigIntegerField(default=0)
    offset = models.BigIntegerField(default=0)
    at = models.DateTimeField(null=True)

    unaudited = True


class PhoneSeat(models.Model):
    """The line of one browser, and whose it is."""

    number = models.PositiveSmallIntegerField(primary_key=True)
    agent = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    taken_at = models.DateTimeField()


class CallBack(models.Model):
    """Somebody who is to be called, with the place in the queue that they had."""

    number = models.CharField(max_length=20)
    language = models.CharField(max_length=2)
    cause = models.CharField(max_length=10, choices=[(c.value, c.value) for c in rules.Cause])
    state = models.CharField(max_length=12, choices=[(w.value, w.value) for w in rules.Wish])
    # When they entered the queue: the place they keep.
    entered_at = models.DateTimeField()
    wanted_at = models.DateTimeField()
    next_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["number"], condition=models.Q(ended_at__isnull=True), name="callback_one_open_a_number"
            ),
        )
        indexes = (
            models.Index(fields=["next_at"], condition=models.Q(ended_at__isnull=True), name="callback_open"),
            models.Index(
                fields=["-ended_at"], condition=models.Q(ended_at__isnull=False), name="callback_ended_lately"
            ),
        )


class HandOver(models.Model):
    """An emergency service called into a conference with caller and operator; when it rang, answered and left."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="+")
    service = models.CharField(max_length=3)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    # When the switch had done it, or why it could not.
    begun_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, blank=True)
    rang_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # The ways that were tried, each with what became of it.
    ways = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["call"], condition=models.Q(ended_at__isnull=True), name="handover_one_open_a_call"
            ),
        )


class Outgoing(models.Model):
    """A resident whom one of us has rung; `about` is the number of the card it was for. Recorded under its unique id."""

    unique_id = models.CharField(max_length=40, unique=True)
    number = models.CharField(max_length=20)
    about = models.CharField(max_length=16, blank=True)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    dialled_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["about"], condition=~models.Q(about=""), name="outgoing_by_card"),)


class Invitation(models.Model):
    """A colleague asked into a call: to help, or to go on with it when whoever asked has left."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="+")
    colleague = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    # When the switch had been told, or why it could not do it.
    begun_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["call"], condition=models.Q(ended_at__isnull=True), name="invitation_one_open_a_call"
            ),
        )


class Joining(models.Model):
    """A supervisor listens to a call, whispers to its operator or speaks with both: asked, and from when to when."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ear = models.CharField(max_length=8, choices=[(e.value, e.value) for e in rules.Ear])
    asked_at = models.DateTimeField()
    dialled_at = models.DateTimeField(null=True)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["id"], condition=models.Q(dialled_at__isnull=True, ended_at__isnull=True), name="joining_asked"
            ),
        )
