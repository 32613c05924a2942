"""Tables of knowledge: articles with a text a language, bulletins, emergency scripts, doubts, searches in vain."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from komek.rooms.knowledge import rules

LANGUAGES = [(code, code) for code in rules.LANGUAGES]


class Article(models.Model):
    """One answer; its older versions are in the audit trail, because a floor needs only the one that is true."""

    code = models.CharField(max_length=20, unique=True)
    owner = models.CharField(max_length=40)
    topics = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    groups = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    seasons = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("code",)
        indexes = (
            GinIndex(name="knowledge_article_topics", fields=["topics"]),
            models.Index(name="knowledge_article_ends", fields=["valid_to"], condition=models.Q(active=True)),
        )
        constraints = (
            models.CheckConstraint(
                name="knowledge_article_days",
                condition=models.Q(valid_from=None)
                | models.Q(valid_to=None)
                | models.Q(valid_to__gte=models.F("valid_from")),
            ),
        )

    def __str__(self) -> str:
        return self.code


class ArticleText(models.Model):
    """An article in one language, with what the search needs: the analysed words and the folded letters."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=2, choices=LANGUAGES)
    title = models.CharField(max_length=rules.LONGEST_TITLE)
    body = models.TextField()
    words = models.TextField(blank=True)
    vector = SearchVectorField()
    folded = models.TextField()

    unsaid = ("vector", "folded")

    class Meta:
        ordering = ("article", "language")
        constraints = (models.UniqueConstraint(name="knowledge_text_once_a_language", fields=["article", "language"]),)
        indexes = (
            GinIndex(name="knowledge_text_vector", fields=["vector"]),
            GinIndex(name="knowledge_text_folded", fields=["folded"], opclasses=["gin_trgm_ops"]),
        )

    def __str__(self) -> str:
        return self.title


class Doubt(models.Model):
    """Somebody on the floor says that this version is wrong; a new version answers the doubt."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="doubts")
    version = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at",)
        constraints = (
            models.UniqueConstraint(name="knowledge_doubt_once_a_person", fields=["article", "version", "by"]),
        )

    def __str__(self) -> str:
        return f"{self.article_id} v{self.version}"


class Bulletin(models.Model):
    """What is happening in the city right now; no districts means everywhere."""

    code = models.CharField(max_length=40, unique=True)
    districts = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    severity = models.CharField(max_length=10, choices=[(level.value, level.value) for level in rules.Severity])
    text_kk = models.TextField(blank=True)
    text_ru = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    # Whether callers hear it on the telephone as well.
    spoken = models.BooleanField(default=False, db_default=False)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("-valid_from", "code")
        indexes = (
            models.Index(name="knowledge_bulletin_running", fields=["valid_to"], condition=models.Q(active=True)),
        )

    def __str__(self) -> str:
        return self.code


class Missed(models.Model):
    """How often something was searched in vain on a day, without whatever could name a person."""

    day = models.DateField()
    language = models.CharField(max_length=2, choices=LANGUAGES)
    # Counted by its folded letters, shown as it was typed first.
    folded = models.CharField(max_length=2 * rules.LONGEST_SEARCH)
    query = models.CharField(max_length=rules.LONGEST_SEARCH)
    times = models.PositiveIntegerField()

    unaudited = True

    class Meta:
        ordering = ("-day", "folded")
        constraints = (
            models.UniqueConstraint(name="knowledge_missed_once_a_day", fields=["day", "language", "folded"]),
        )

    def __str__(self) -> str:
        return self.query


class ScriptBook(models.Model):
    """The emergency scripts of the city; the newest book is in force, older ones stay for the cards that used them."""

    number = models.PositiveIntegerField(unique=True)
    published_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    standing = models.CharField(max_length=12, choices=[(each.value, each.value) for each in rules.Standing])
    updated_on = models.DateField()
    languages = ArrayField(models.CharField(max_length=2, choices=LANGUAGES))
    notice = models.JSONField(default=dict)
    services = models.JSONField(default=dict)
    handover_fields = models.JSONField(default=list)
    phrases = models.JSONField(default=dict)

    append_only = True

    class Meta:
        ordering = ("-number",)

    def __str__(self) -> str:
        return str(self.number)


class Script(models.Model):
    """One emergency script of a book; its texts by language, as the book has them."""

    book = models.ForeignKey(ScriptBook, on_delete=models.PROTECT, related_name="scripts")
    position = models.PositiveIntegerField()
    code = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    urgency = models.CharField(max_length=10, choices=[(each.value, each.value) for each in rules.Urgency])
    primary = models.CharField(max_length=8)
    also = ArrayField(models.CharField(max_length=8), default=list)
    when = models.JSONField(default=dict)
    topics = ArrayField(models.CharField(max_length=40), default=list)
    dispatch = ArrayField(models.CharField(max_length=40), default=list)
    ask = ArrayField(models.CharField(max_length=40), default=list)
    titles = models.JSONField()
    steps = models.JSONField()
    never = models.JSONField()
    asides = models.JSONField(default=dict)
    triggers = models.JSONField()

    append_only = True

    class Meta:
        ordering = ("book", "position")
        constraints = (
            models.UniqueConstraint(name="knowledge_script_once_a_book", fields=["book", "code"]),
            models.UniqueConstraint(name="knowledge_script_place", fields=["book", "position"]),
        )
        indexes = (models.Index(name="knowledge_script_version", fields=["code", "version"]),)

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"
