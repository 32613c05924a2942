"""A street's own name stands among its other names: one table to look in, and large enough for its index to be taken."""

from django.db import migrations

OWN_NAMES = """
INSERT INTO places_streetalias (street_id, name, folded)
SELECT id, name, folded FROM places_street
ON CONFLICT (street_id, name) DO NOTHING
"""
OTHERS_ONLY = """
DELETE FROM places_streetalias a USING places_street s WHERE s.id = a.street_id AND s.name = a.name
"""


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]

    operations = [migrations.RunSQL(OWN_NAMES, OTHERS_ONLY)]
