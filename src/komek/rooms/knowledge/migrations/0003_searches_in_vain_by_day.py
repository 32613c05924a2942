"""Count searches in vain by day: nothing has written single ones so far."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0002_emergency_scripts'),
    ]

    operations = [
        migrations.RunSQL("DELETE FROM knowledge_missed", migrations.RunSQL.noop),
        migrations.AlterModelOptions(name='missed', options={'ordering': ('-day', 'folded')}),
        migrations.RemoveField(model_name='missed', name='at'),
        migrations.AddField(
            model_name='missed',
            name='day',
            field=models.DateField(default='2026-01-01'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='missed',
            name='times',
            field=models.PositiveIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='missed',
            name='folded',
            field=models.CharField(default='', max_length=160),
            preserve_default=False,
        ),
        migrations.AlterField(model_name='missed', name='query', field=models.CharField(max_length=80)),
        migrations.AddConstraint(
            model_name='missed',
            constraint=models.UniqueConstraint(
                fields=('day', 'language', 'folded'), name='knowledge_missed_once_a_day'
            ),
        ),
    ]
