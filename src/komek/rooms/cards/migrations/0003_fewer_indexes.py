"""Drop the indexes that no question reads: each is written with every card."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cards', '0002_cards_around_a_point'),
        ('knowledge', '0003_searches_in_vain_by_day'),
        ('residents', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    # Named, because altering the field would check every row against its foreign key anew, with the table locked.
    operations = [
        migrations.RunSQL(
            "DROP INDEX IF EXISTS card_by_contact, card_by_conversation, card_history, cards_card_answered_by_id_e2fa4f2d, cards_card_registered_by_id_9d9ea95d, cards_card_resident_id_d0d52a21, cards_card_key_8a165bf3_like, cards_card_number_2a409c16_like, cards_entry_by_id_e024c502",
            reverse_sql=migrations.RunSQL.noop,
            state_operations=[
                migrations.RemoveIndex(
                    model_name='card',
                    name='card_by_contact',
                ),
                migrations.RemoveIndex(
                    model_name='card',
                    name='card_by_conversation',
                ),
                migrations.RemoveIndex(
                    model_name='entry',
                    name='card_history',
                ),
                migrations.AlterField(
                    model_name='card',
                    name='answered_by',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='knowledge.article'),
                ),
                migrations.AlterField(
                    model_name='card',
                    name='registered_by',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AlterField(
                    model_name='card',
                    name='resident',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='residents.resident'),
                ),
                migrations.AlterField(
                    model_name='entry',
                    name='by',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
            ],
        ),
    ]
