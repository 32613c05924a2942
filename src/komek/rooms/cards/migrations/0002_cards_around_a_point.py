"""Find what is open or has just ended around a point among millions of cards, without keeping anybody waiting."""

import django.db.models.functions.comparison
import django.db.models.functions.math
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


def _afresh(name: str) -> migrations.RunSQL:
    """Whoever is killed while such an index is made leaves a broken one, which stands in the way of the next attempt."""
    return migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {name}", migrations.RunSQL.noop)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cards", "0001_initial")]

    operations = [
        _afresh("card_open_by_point"),
        AddIndexConcurrently(
            "card",
            models.Index(
                fields=["lat", "lon"],
                condition=models.Q(closed_at__isnull=True, lat__isnull=False),
                name="card_open_by_point",
            ),
        ),
        _afresh("card_closed_by_cell"),
        AddIndexConcurrently(
            "card",
            models.Index(
                django.db.models.functions.comparison.Cast(
                    django.db.models.functions.math.Floor(models.F("lat") * 500), models.IntegerField()
                ),
                django.db.models.functions.comparison.Cast(
                    django.db.models.functions.math.Floor(models.F("lon") * 300), models.IntegerField()
                ),
                "closed_at",
                condition=models.Q(closed_at__isnull=False, lat__isnull=False),
                name="card_closed_by_cell",
            ),
        ),
    ]
