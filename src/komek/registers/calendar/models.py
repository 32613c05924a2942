"""Tables of the calendar: days set apart, the spans of the week, and the edition that tells other processes."""

import uuid

from django.db import models

from komek.registers.calendar import rules


class Day(models.Model):
    """A date that does not keep its weekday: a holiday, or a day worked like another weekday."""

    date = models.DateField(unique=True)
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in rules.Kind])
    like_weekday = models.PositiveSmallIntegerField(null=True, blank=True)
    name_kk = models.CharField(max_length=200, blank=True)
    name_ru = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=8, choices=[(source.value, source.value) for source in rules.Source])
    changed_by = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("date",)
        constraints = (
            models.CheckConstraint(
                name="calendar_day_working_like_a_weekday",
                condition=models.Q(kind=rules.Kind.HOLIDAY.value, like_weekday__isnull=True)
                | models.Q(kind=rules.Kind.WORKING.value, like_weekday__range=(0, 6)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.date} {self.kind}"


class WorkSpan(models.Model):
    """One stretch of work of one weekday; an end of 00:00 is the midnight after it."""

    weekday = models.PositiveSmallIntegerField()
    start = models.TimeField()
    end = models.TimeField()

    class Meta:
        ordering = ("weekday", "start")
        constraints = (
            models.UniqueConstraint(fields=["weekday", "start"], name="calendar_span_starts_once"),
            models.CheckConstraint(name="calendar_span_weekday", condition=models.Q(weekday__range=(0, 6))),
        )

    def __str__(self) -> str:
        return f"{self.weekday} {self.start}-{self.end}"


class Edition(models.Model):
    """The one row that changes with every edit, so that each process knows when to read the calendar again.

    A random token, not a counter: a number taken back by a rollback would be given out twice.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    token = models.UUIDField(default=uuid.uuid4)
    changed_by = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(name="calendar_one_edition", condition=models.Q(id=1)),)

    def __str__(self) -> str:
        return str(self.token)
