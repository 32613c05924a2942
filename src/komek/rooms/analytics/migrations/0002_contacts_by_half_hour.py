"""Count the contacts that are known already by the half hour they arrived in, as every new one is counted."""

from django.conf import settings
from django.db import migrations

COUNT = """
INSERT INTO analytics_tally (day, measure, dimension, value, count)
SELECT here::date, 'contacts', 'half_hour', to_char(date_bin('30 minutes', here, timestamp '2000-01-01'), 'HH24:MI'), count(*)
FROM (SELECT arrived_at AT TIME ZONE %s AS here FROM analytics_contactstory WHERE arrived_at IS NOT NULL) arrived
GROUP BY 1, 4
ON CONFLICT (dimension, measure, day, value) DO NOTHING
"""


def count(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(COUNT, [settings.TIME_ZONE])


def forget(apps, schema_editor):
    apps.get_model("analytics", "Tally").objects.filter(dimension="half_hour").delete()


class Migration(migrations.Migration):

    dependencies = [
        ('analytics', '0001_initial'),
    ]

    operations = [migrations.RunPython(count, forget)]
