"""Drop the indexes that no question reads: each is written with every card."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cards', '0003_fewer_indexes'),
        ('feedback', '0002_low_scores'),
    ]

    # Named, because altering the field would check every row against its foreign key anew, with the table locked.
    operations = [
        migrations.RunSQL(
            "DROP INDEX IF EXISTS feedback_notice_card_id_89ddfa36",
            reverse_sql=migrations.RunSQL.noop,
            state_operations=[
                migrations.AlterField(
                    model_name='notice',
                    name='card',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cards.card'),
                ),
            ],
        ),
    ]
