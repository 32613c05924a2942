"""Tables of the catalog: versions and their topics."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from komek.registers.catalog import rules


class Version(models.Model):
    """One published state of the classifier; never changed after it is published."""

    number = models.PositiveIntegerField(unique=True)
    effective_at = models.DateTimeField(db_index=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-number",)

    def __str__(self) -> str:
        return f"v{self.number}"


class Topic(models.Model):
    """One thing a resident may speak of, as it stood in one version."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    group_code = models.CharField(max_length=20)
    group_kk = models.CharField(max_length=200, blank=True)
    group_ru = models.CharField(max_length=200, blank=True)
    group_en = models.CharField(max_length=200, blank=True)
    name_kk = models.CharField(max_length=300, blank=True)
    name_ru = models.CharField(max_length=300, blank=True)
    name_en = models.CharField(max_length=300, blank=True)
    service_code = models.CharField(max_length=40)
    priority = models.CharField(max_length=10, choices=[(level.value, level.value) for level in rules.Priority])
    norm = models.CharField(max_length=12)
    norm_basis = models.CharField(max_length=200, blank=True)
    season = models.CharField(max_length=40, default="all")
    first_line = models.CharField(max_length=8, choices=[(answer.value, answer.value) for answer in rules.FirstLine])
    on_site = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    words = models.TextField(blank=True)
    folded = models.TextField(blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("position", "code")
        constraints = (models.UniqueConstraint(fields=["version", "code"], name="catalog_topic_once_a_version"),)
        indexes = (GinIndex(name="catalog_topic_folded", fields=["folded"], opclasses=["gin_trgm_ops"]),)

    def __str__(self) -> str:
        return self.code
