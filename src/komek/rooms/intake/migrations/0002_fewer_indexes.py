"""Drop the indexes that no question reads: each is written with every card."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    # Named, because altering the field would check every row against its foreign key anew, with the table locked.
    operations = [
        migrations.RunSQL(
            "DROP INDEX IF EXISTS contact_by_conversation, intake_contact_accepted_by_id_93984ff5, intake_contact_offered_to_id_395da6cf",
            reverse_sql=migrations.RunSQL.noop,
            state_operations=[
                migrations.RemoveIndex(
                    model_name='contact',
                    name='contact_by_conversation',
                ),
                migrations.AlterField(
                    model_name='contact',
                    name='accepted_by',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AlterField(
                    model_name='contact',
                    name='offered_to',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
            ],
        ),
    ]
