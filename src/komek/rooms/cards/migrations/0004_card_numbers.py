"""Where the serial numbers of cards come from: a sequence never gives a number twice, whatever is rolled back."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cards", "0003_initial")]

    operations = [
        migrations.RunSQL(
            sql="CREATE SEQUENCE IF NOT EXISTS card_numbers AS bigint START WITH 1",
            reverse_sql="DROP SEQUENCE IF EXISTS card_numbers",
        ),
    ]
