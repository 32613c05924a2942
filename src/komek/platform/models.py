"""The platform's own tables: facts, the audit trail and its seal, files and those that arrive, limits, who looks at what."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class Fact(models.Model):
    """One announced fact: the log that feeds live screens and the followers.

    Rows are written in the transaction that made the fact true and are never changed.
    """

    name = models.TextField()
    data = models.JSONField()
    topics = ArrayField(models.TextField(), default=list)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())


class Unread(models.Model):
    """A fact that one follower of the log has not counted yet; deleted in the transaction that counts it."""

    follower = models.TextField()
    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["follower", "fact"], name="unread_once"),)


class AuditEntry(models.Model):
    """One change of a row, or one read of personal data. Append-only: a trigger refuses UPDATE and DELETE."""

    at = models.DateTimeField(db_default=Now())
    actor = models.TextField(blank=True)
    request_id = models.TextField(blank=True)
    verb = models.TextField()
    subject = models.TextField()
    detail = models.JSONField(default=dict)

    append_only = True

    class Meta:
        indexes = (models.Index(fields=["subject", "id"], name="audit_by_subject"),)


class AuditSeal(models.Model):
    """One link of the hash chain; `position` is the order of the chain, which is not always the order of ids."""

    position = models.BigAutoField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    digest = models.BinaryField(max_length=32)

    append_only = True


class StoredFile(models.Model):
    """What was received and kept; the bytes are in the file store under their sha256."""

    sha256 = models.CharField(max_length=64, db_index=True)
    kind = models.CharField(max_length=16)
    media_type = models.CharField(max_length=64)
    size = models.BigIntegerField()
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    original_name = models.TextField(blank=True)
    purpose = models.CharField(max_length=32)
    stored_at = models.DateTimeField()
    stored_by = models.TextField(blank=True)


class Upload(models.Model):
    """A file that arrives in pieces; its bytes wait in the file store until it is whole and received.

    `key` is the sender's own name for it: a beginning whose answer was lost is found again.
    """

    owner = models.TextField()
    key = models.TextField()
    name = models.TextField(blank=True)
    size = models.BigIntegerField()
    arrived = models.BigIntegerField(default=0)
    begun_at = models.DateTimeField()
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.CASCADE, related_name="+")
    # Why it was not taken in, to be said again when the first answer was lost.
    refusal = models.JSONField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["owner", "key"], name="upload_once"),)
        indexes = (models.Index(fields=["begun_at"], name="upload_by_age"),)


class Bucket(models.Model):
    """A token bucket of a rate limit, shared by all processes."""

    key = models.TextField(primary_key=True)
    tokens = models.FloatField()
    filled_at = models.DateTimeField()


class Idempotency(models.Model):
    """The answer that a request with a key got, so that the same request sent again gets it again."""

    owner = models.TextField()
    key = models.TextField()
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    response = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["owner", "key"], name="idempotency_once"),)
        indexes = (models.Index(fields=["at"], name="idempotency_by_age"),)


class Presence(models.Model):
    """Somebody looks at a place now; the row counts while the session that wrote it lives. An unlogged table."""

    place = models.TextField(db_index=True)
    agent_id = models.BigIntegerField()
    desk = models.TextField()
    since = models.DateTimeField()
    holder = models.IntegerField()
    held_since = models.DateTimeField()
