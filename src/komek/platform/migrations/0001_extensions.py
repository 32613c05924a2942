"""The extensions of PostgreSQL that the schema needs; all are trusted, so the owner of a database may make them."""

from django.contrib.postgres.operations import BtreeGinExtension, BtreeGistExtension, TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    run_before = [("places", "0001_initial"), ("catalog", "0001_initial"), ("knowledge", "0001_initial")]
    operations = [TrigramExtension(), BtreeGinExtension(), BtreeGistExtension()]
