"""Tables of contacts, drafts and seats."""

from django.conf import settings
from django.db import models

from komek.registers.residents.models import Resident
from komek.rooms.channels.models import Conversation
from komek.rooms.intake import rules
from komek.rooms.intake.rules import State


class Contact(models.Model):
    """One call or one episode of a conversation, from arrival to wrap-up."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=16)
    language = models.CharField(max_length=2)
    urgency = models.CharField(max_length=8, choices=[(u.value, u.value) for u in rules.Urgency])
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in State])
    resident = models.ForeignKey(Resident, null=True, on_delete=models.SET_NULL, related_name="+")
    topic_hint = models.CharField(max_length=40, blank=True)
    place_hint = models.JSONField(default=dict)
    arrived_at = models.DateTimeField()
    offered_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    offered_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    wrapped_up_at = models.DateTimeField(null=True)
    abandoned_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["language", "-urgency", "arrived_at"],
                condition=models.Q(state="waiting"),
                name="contact_waiting",
            ),
            models.Index(fields=["offered_at"], condition=models.Q(state="offered"), name="contact_offered"),
            models.Index(fields=["ended_at"], condition=models.Q(state="wrap_up"), name="contact_wrapping_up"),
            models.Index(
                fields=["accepted_by"], condition=models.Q(state__in=["accepted", "wrap_up"]), name="contact_at_hand"
            ),
            models.Index(fields=["-arrived_at"], name="contact_by_arrival"),
        )

    def move_to(self, state: State) -> None:
        """Change the state if the table of transitions allows it; raises ForbiddenMove."""
        if state not in rules.TRANSITIONS[State(self.state)]:
            raise rules.ForbiddenMove(self.pk, self.state, state)
        self.state = state


class ContactEntry(models.Model):
    """One line of a contact's history: who was offered it, took it or gave it back. Written once, never changed."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="history")
    at = models.DateTimeField()
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=12, choices=[(v.value, v.value) for v in rules.Verb])

    append_only = True

    class Meta:
        indexes = (models.Index(fields=["contact", "id"], name="contact_history"),)


class Draft(models.Model):
    """What the operator has typed so far; one a contact, saved only on top of the revision that was read."""

    contact = models.OneToOneField(Contact, primary_key=True, on_delete=models.CASCADE, related_name="draft")
    data = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    unaudited = True


class Seat(models.Model):
    """Where one agent is right now."""

    agent = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=[(s.value, s.value) for s in rules.SeatState], default="off")
    since = models.DateTimeField()
    reason = models.CharField(max_length=40, blank=True)

    unaudited = True

    class Meta:
        indexes = (models.Index(fields=["since"], condition=models.Q(state="ready"), name="seat_ready"),)


class SeatChange(models.Model):
    """The log of seats: who was in which state from when to when."""

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8)
    reason = models.CharField(max_length=40, blank=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    append_only = True

    class Meta:
        indexes = (models.Index(fields=["agent", "began_at"], name="seat_change_by_agent"),)
