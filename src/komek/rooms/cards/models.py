"""Tables of cards and their history."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Cast, Floor

from komek.registers.catalog.models import Topic
from komek.registers.places.models import House, Street
from komek.registers.residents.models import Resident
from komek.rooms.cards import rules
from komek.rooms.cards.rules import Kind, Outcome, Status
from komek.rooms.channels.models import Conversation
from komek.rooms.intake.models import Contact
from komek.rooms.knowledge.models import Article

# The square of some 220 metres that a card lies in: what ended lately is found by it among all that ever ended there.
CELL = (
    Cast(Floor(models.F("lat") * rules.CELLS_A_DEGREE_NORTH), models.IntegerField()),
    Cast(Floor(models.F("lon") * rules.CELLS_A_DEGREE_EAST), models.IntegerField()),
)


class Card(models.Model):
    """One request of one resident under one number, for ever."""

    number = models.CharField(max_length=16, unique=True)
    access_code = models.CharField(max_length=12)
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in Kind])
    status = models.CharField(max_length=12, choices=[(s.value, s.value) for s in Status])
    owner_code = models.CharField(max_length=40)
    channel = models.CharField(max_length=16)
    language = models.CharField(max_length=2)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    conversation = models.ForeignKey(Conversation, null=True, on_delete=models.PROTECT, related_name="+")
    resident = models.ForeignKey(Resident, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    text = models.TextField()
    topic = models.ForeignKey(Topic, null=True, on_delete=models.PROTECT, related_name="+")
    topic_code = models.CharField(max_length=40, blank=True)
    appeal_kind = models.CharField(max_length=16, blank=True)
    place_text = models.TextField(blank=True)
    street = models.ForeignKey(Street, null=True, on_delete=models.SET_NULL, related_name="+")
    house = models.ForeignKey(House, null=True, on_delete=models.SET_NULL, related_name="+")
    house_number = models.CharField(max_length=24, blank=True)
    district_code = models.CharField(max_length=40, blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    landmark = models.TextField(blank=True)
    outside = models.BooleanField(default=False)
    answered_by = models.ForeignKey(Article, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    answer = models.TextField(blank=True)
    handed_to = models.CharField(max_length=8, blank=True)
    hand_over_confirmed_by = models.TextField(blank=True)
    received_at = models.DateTimeField()
    registered_at = models.DateTimeField(null=True)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True, choices=[(o.value, o.value) for o in Outcome])
    reopened = models.PositiveSmallIntegerField(default=0)
    revision = models.PositiveIntegerField(default=1)
    key = models.TextField(null=True, unique=True)

    personal = ("text", "access_code", "answer")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~models.Q(owner_code=""), name="card_has_an_owner"),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True, status__in=sorted(s.value for s in rules.OPEN))
                | models.Q(closed_at__isnull=False, status__in=sorted(s.value for s in rules.FINAL)),
                name="card_final_has_an_end",
            ),
        )
        indexes = (
            models.Index(
                fields=["status", "id"], condition=models.Q(closed_at__isnull=True), name="card_open_by_status"
            ),
            models.Index(
                fields=["owner_code", "id"], condition=models.Q(closed_at__isnull=True), name="card_open_by_owner"
            ),
            models.Index(fields=["resident", "-id"], name="card_by_resident"),
            models.Index(
                fields=["lat", "lon"],
                condition=models.Q(closed_at__isnull=True, lat__isnull=False),
                name="card_open_by_point",
            ),
            models.Index(
                *CELL,
                "closed_at",
                condition=models.Q(closed_at__isnull=False, lat__isnull=False),
                name="card_closed_by_cell",
            ),
            # What release 0.1 looks around a point with; it goes when 0.1 is supported no more.
            models.Index(fields=["lat", "lon"], condition=models.Q(lat__isnull=False), name="card_by_point"),
            models.Index(fields=["-received_at"], name="card_by_arrival"),
            models.Index(fields=["id"], condition=models.Q(channel="api"), name="card_by_api"),
        )

    def move_to(self, status: Status) -> None:
        """Change the status if the table of transitions allows it; raises ForbiddenMove."""
        if status not in rules.TRANSITIONS[Status(self.status)]:
            raise rules.ForbiddenMove(self.number, self.status, status)
        self.status = status


class Entry(models.Model):
    """One line of a card's history: who did what when. Written once, never changed."""

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="history")
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    verb = models.CharField(max_length=32)
    was = models.CharField(max_length=12, blank=True)
    status = models.CharField(max_length=12)
    note = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    append_only = True
