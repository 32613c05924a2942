"""Let an index alone tell how many promises are broken: it carries the pause, too."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    # An index of what is open is built beside the work of the day.
    atomic = False

    dependencies = [
        ('routing', '0003_vacuumed_often'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='clock',
            index=models.Index(condition=models.Q(('stopped_at__isnull', True)), fields=['due_at', 'card'], include=('paused_at',), name='clock_promised'),
        ),
        RemoveIndexConcurrently(
            model_name='clock',
            name='clock_running',
        ),
    ]
