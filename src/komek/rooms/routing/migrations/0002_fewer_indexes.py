"""Drop the indexes that no question reads: each is written with every card."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('routing', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    # Named, because altering the field would check every row against its foreign key anew, with the table locked.
    operations = [
        migrations.RunSQL(
            "DROP INDEX IF EXISTS routing_assignment_by_id_a7977843, routing_assignment_rule_id_0c95b0f6, routing_assignment_withdrawn_by_id_b9140348, routing_extension_by_id_df466398, routing_pause_by_id_433456ef",
            reverse_sql=migrations.RunSQL.noop,
            state_operations=[
                migrations.AlterField(
                    model_name='assignment',
                    name='by',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AlterField(
                    model_name='assignment',
                    name='rule',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='routing.rule'),
                ),
                migrations.AlterField(
                    model_name='assignment',
                    name='withdrawn_by',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AlterField(
                    model_name='extension',
                    name='by',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AlterField(
                    model_name='pause',
                    name='by',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
            ],
        ),
    ]
