from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('platform', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.TextField(db_index=True)),
                ('agent_id', models.BigIntegerField()),
                ('desk', models.TextField()),
                ('since', models.DateTimeField()),
                ('holder', models.IntegerField()),
                ('held_since', models.DateTimeField()),
            ],
        ),
        # Rows that mean nothing after a crash need not be written down twice, nor sent to a standby.
        migrations.RunSQL(
            'ALTER TABLE platform_presence SET UNLOGGED',
            migrations.RunSQL.noop,
        ),
    ]
