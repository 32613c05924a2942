"""Drop the indexes that no question reads: each is written with every card."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workorders', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    # Named, because altering the field would check every row against its foreign key anew, with the table locked.
    operations = [
        migrations.RunSQL(
            "DROP INDEX IF EXISTS order_by_service, order_by_card, order_history, workorders_order_accepted_by_id_8e205332, workorders_orderentry_by_id_60c86753, workorders_report_by_id_6ac50d48",
            reverse_sql=migrations.RunSQL.noop,
            state_operations=[
                migrations.RemoveIndex(
                    model_name='order',
                    name='order_by_service',
                ),
                migrations.RemoveIndex(
                    model_name='order',
                    name='order_by_card',
                ),
                migrations.RemoveIndex(
                    model_name='orderentry',
                    name='order_history',
                ),
                migrations.AlterField(
                    model_name='order',
                    name='accepted_by',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AlterField(
                    model_name='orderentry',
                    name='by',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AlterField(
                    model_name='report',
                    name='by',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
            ],
        ),
    ]
