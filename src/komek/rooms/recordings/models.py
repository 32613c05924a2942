"""Tables of the tapes that wait, of the recordings that were made of them, and of what is kept for each."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from komek.rooms.calls.models import Call
from komek.rooms.intake.models import Contact
from komek.rooms.recordings import rules

FINDINGS = [(finding.value, finding.value) for finding in rules.Finding]
CLASSES = [(one.value, one.value) for one in rules.Class]


class Tape(models.Model):
    """Both legs of one call on the disk of the switch, from when they were first seen until they are deleted."""

    unique_id = models.CharField(max_length=40, primary_key=True)
    seen_at = models.DateTimeField()
    grown_at = models.DateTimeField()
    heard_bytes = models.BigIntegerField(null=True)
    said_bytes = models.BigIntegerField(null=True)
    # The key of the recording, made before there is one: taken in twice, it is the same file.
    key_id = models.CharField(max_length=16, blank=True)
    wrapped_key = models.BinaryField(max_length=64, null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    failure = models.CharField(max_length=300, blank=True)
    taken_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    unaudited = True

    class Meta:
        indexes = (
            models.Index(fields=["next_at"], condition=models.Q(taken_at__isnull=True), name="tape_waiting"),
            models.Index(
                fields=["taken_at"],
                condition=models.Q(taken_at__isnull=False, removed_at__isnull=True),
                name="tape_to_remove",
            ),
        )


class Recording(models.Model):
    """What is kept of one call for ever: when, who, how long, the digest of its sound, and its link in the chain."""

    unique_id = models.CharField(max_length=40, unique=True)
    call = models.ForeignKey(Call, null=True, on_delete=models.PROTECT, related_name="+")
    # Everybody who talked with the caller, in order.
    agent_ids = ArrayField(models.BigIntegerField(), default=list)
    outgoing = models.BooleanField(default=False)
    began_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    milliseconds = models.BigIntegerField()
    # Of the plain sound, and of what lies sealed in the store; empty where there was no sound at all.
    sha256 = models.CharField(max_length=64, blank=True)
    stored = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField()
    gaps = models.JSONField(default=list)
    findings = ArrayField(models.CharField(max_length=20, choices=FINDINGS), default=list)
    talk = models.JSONField(default=dict)
    taken_at = models.DateTimeField()
    previous = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)

    append_only = True

    class Meta:
        indexes = (
            models.Index(fields=["call"], name="recording_by_call"),
            models.Index(fields=["began_at"], name="recording_by_time"),
        )


class Keeping(models.Model):
    """What can be taken from a recording again: its key, its wave form; and why it may not be."""

    recording = models.OneToOneField(Recording, primary_key=True, on_delete=models.PROTECT, related_name="keeping")
    key_id = models.CharField(max_length=16)
    wrapped_key = models.BinaryField(max_length=64, null=True)
    caller_peaks = models.BinaryField(default=bytes)
    operator_peaks = models.BinaryField(default=bytes)
    # The stored sound was read back and was what its digest says.
    verified_at = models.DateTimeField(null=True)
    # Nobody may delete it: why, who said so and since when.
    held_because = models.CharField(max_length=300, blank=True)
    held_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    held_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)
    # The class whose time was over.
    destroyed_as = models.CharField(max_length=16, blank=True)
    file_deleted_at = models.DateTimeField(null=True)

    # That the key is gone is noted, the key is not.
    personal = ("wrapped_key",)
    unsaid = ("caller_peaks", "operator_peaks", "verified_at")

    class Meta:
        indexes = (
            models.Index(
                fields=["recording"],
                condition=models.Q(destroyed_at__isnull=False, file_deleted_at__isnull=True),
                name="keeping_to_delete",
            ),
        )


class Mark(models.Model):
    """A contact was this too: how long its recording is kept depends on it."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    kept_as = models.CharField(max_length=12, choices=CLASSES)
    at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = (models.UniqueConstraint(fields=["contact", "kept_as"], name="mark_once"),)


class Retention(models.Model):
    """For how many days a class is kept, where the city has decided; who changed it is in the audit."""

    kept_as = models.CharField(max_length=12, primary_key=True, choices=CLASSES)
    days = models.PositiveIntegerField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()


class Listening(models.Model):
    """Somebody has opened the sound of a call: who, when and on which ground."""

    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ground = models.CharField(max_length=8, choices=[(one.value, one.value) for one in rules.Ground])
    reason = models.CharField(max_length=rules.LONGEST_REASON, blank=True)

    append_only = True

    class Meta:
        indexes = (
            models.Index(fields=["recording", "id"], name="listening_by_recording"),
            models.Index(fields=["at"], name="listening_by_time"),
        )


class Stretch(models.Model):
    """Which seconds of a recording were heard; told by the player while it plays."""

    listening = models.ForeignKey(Listening, on_delete=models.PROTECT, related_name="stretches")
    since = models.PositiveIntegerField()
    until = models.PositiveIntegerField()

    append_only = True


class Pause(models.Model):
    """A time in which nothing of a call is written down: who wanted it and why, and when the switch did it."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cause = models.CharField(max_length=rules.LONGEST_CAUSE)
    asked_at = models.DateTimeField()
    # The switch was about to be told; it was.
    begun_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    resume_asked_at = models.DateTimeField(null=True)
    resumed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, blank=True)

    personal = ("cause",)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["call"], condition=models.Q(resumed_at__isnull=True), name="pause_one_open_a_call"
            ),
        )
        indexes = (
            models.Index(fields=["id"], condition=models.Q(resumed_at__isnull=True), name="pause_open"),
            models.Index(fields=["asked_at"], name="pause_by_time"),
        )
