"""Tables of what was said: conversations, messages and what came with them."""

from django.conf import settings
from django.db import models

from komek.platform.models import StoredFile
from komek.registers.residents.models import Handle, Resident
from komek.rooms.channels import rules


class Conversation(models.Model):
    """One thread with one resident by one channel; where to answer is a handle of the register of residents."""

    channel = models.CharField(max_length=16)
    handle = models.ForeignKey(Handle, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    resident = models.ForeignKey(Resident, null=True, on_delete=models.SET_NULL, related_name="+")
    partner_id = models.BigIntegerField(null=True)
    outer_id = models.TextField(null=True)
    language = models.CharField(max_length=2)
    started_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["channel", "partner_id", "outer_id"],
                condition=models.Q(outer_id__isnull=False),
                nulls_distinct=False,
                name="conversation_once_a_channel",
            ),
        )
        indexes = (models.Index(fields=["handle", "-started_at"], name="conversation_by_handle"),)


class Message(models.Model):
    """One thing said. What came in is never changed; what goes out carries its delivery."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="messages")
    direction = models.CharField(max_length=3, choices=[(d.value, d.value) for d in rules.Direction])
    kind = models.CharField(max_length=24, default="text")
    text = models.TextField()
    language = models.CharField(max_length=2)
    at = models.DateTimeField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    state = models.CharField(max_length=8, choices=[(s.value, s.value) for s in rules.State])
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    failure = models.TextField(blank=True)
    outer_id = models.TextField(blank=True)
    key = models.TextField(null=True, unique=True)

    # What came with it, where `queries.said` has asked for it.
    files: "list[Attachment]"

    personal = ("text",)

    class Meta:
        indexes = (
            models.Index(fields=["next_attempt_at"], condition=models.Q(state="queued"), name="message_to_send"),
            models.Index(fields=["id"], condition=models.Q(state="kept"), name="message_kept"),
        )


class Attachment(models.Model):
    """A file that came with a message or goes out with it."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
