"""Tables of stories and tallies: derived, and therefore not audited; they can be made anew from history."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class CardStory(models.Model):
    """One card as the numbers see it; the columns are those of `rules.CardStory`."""

    card_id = models.BigIntegerField(primary_key=True)
    kind = models.TextField()
    topic_code = models.TextField()
    group_code = models.TextField()
    district_code = models.TextField()
    channel = models.TextField()
    language = models.TextField()
    contact_id = models.BigIntegerField(null=True)
    resident_id = models.BigIntegerField(null=True)
    received_at = models.DateTimeField(null=True)
    registered_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    assignments = models.JSONField(default=dict)
    reports = models.JSONField(default=dict)
    endings = models.JSONField(default=list)
    reopenings = models.JSONField(default=list)
    returns = models.JSONField(default=list)
    surveys = models.JSONField(default=dict)
    accepted_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    services = ArrayField(models.TextField(), default=list)
    first_service = models.TextField()
    routed_at = models.DateTimeField(null=True)
    transfers = models.PositiveIntegerField()
    first_ended_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_as = models.TextField()
    outcome = models.TextField()
    reopened = models.PositiveIntegerField()
    returned = models.PositiveIntegerField()
    on_site = models.BooleanField()
    proofs = models.PositiveIntegerField()
    reason_code = models.TextField()
    runs_out_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    refuted_at = models.DateTimeField(null=True)
    score = models.PositiveSmallIntegerField(null=True)
    answered_in_contact = models.BooleanField()
    came_back_at = models.DateTimeField(null=True)

    unaudited = True

    class Meta:
        indexes = (
            models.Index(fields=["ended_at"], condition=models.Q(ended_as="closed"), name="card_story_closed"),
            models.Index(
                fields=["runs_out_at"],
                condition=models.Q(ended_at__isnull=True, runs_out_at__isnull=False),
                name="card_story_overdue",
            ),
            models.Index(
                fields=["resident_id", "received_at"],
                condition=models.Q(resident_id__isnull=False),
                name="card_story_by_resident",
            ),
            models.Index(
                fields=["contact_id"], condition=models.Q(contact_id__isnull=False), name="card_story_by_contact"
            ),
        )


class ContactStory(models.Model):
    """One contact as the numbers see it; the columns are those of `rules.ContactStory`."""

    contact_id = models.BigIntegerField(primary_key=True)
    channel = models.TextField()
    language = models.TextField()
    urgency = models.TextField()
    arrived_at = models.DateTimeField(null=True)
    offered_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    taken_by_id = models.BigIntegerField(null=True)
    put_back_at = models.DateTimeField(null=True)
    abandoned_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    wrapped_up_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    agent_id = models.BigIntegerField(null=True)
    waited_seconds = models.IntegerField(null=True)
    talk_seconds = models.IntegerField(null=True)
    wrap_up_seconds = models.IntegerField(null=True)
    cards = models.PositiveIntegerField()
    topic_code = models.TextField()
    group_code = models.TextField()
    district_code = models.TextField()
    resolved = models.BooleanField()
    came_back = models.BooleanField()

    unaudited = True


class MessageStory(models.Model):
    """One message of a network as the numbers see it: what came in and when it was answered, and the answers."""

    message_id = models.BigIntegerField(primary_key=True)
    conversation_id = models.BigIntegerField()
    channel = models.TextField()
    direction = models.TextField()
    said_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    unaudited = True

    class Meta:
        indexes = (models.Index(fields=["conversation_id", "said_at"], name="message_story_in_order"),)


class Tally(models.Model):
    """A kept counter, so that no dashboard ever counts cards; a counter that came to nothing is deleted."""

    day = models.DateField()
    measure = models.TextField()
    dimension = models.TextField()
    value = models.TextField()
    count = models.BigIntegerField()

    unaudited = True

    class Meta:
        constraints = (models.UniqueConstraint(fields=["dimension", "measure", "day", "value"], name="tally_once"),)
        indexes = (models.Index(fields=["id"], condition=models.Q(count=0), name="tally_of_nothing"),)
