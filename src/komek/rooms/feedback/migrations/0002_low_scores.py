"""Find those who were least content lately among millions of surveys, without keeping anybody waiting."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("feedback", "0001_initial")]

    operations = [
        # Whoever is killed while such an index is made leaves a broken one.
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS survey_low", migrations.RunSQL.noop),
        AddIndexConcurrently(
            "survey",
            models.Index(fields=["-answered_at"], condition=models.Q(score__lte=3), name="survey_low"),
        ),
    ]
