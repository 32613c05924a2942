"""What must be in order before the programs start: the translations, the schema, and what the browser loads."""

import hashlib
import os
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from komek.config.messages import compile_messages
from komek.platform import durable, postgres


def main() -> None:
    """Compile the translations, bring the database up to date and gather the static files that have changed."""
    compile_messages()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "komek.config.settings")
    django.setup()
    with postgres.alone(settings.DATABASE_URL):
        postgres.prepare(settings.DATABASE_URL)
        call_command("migrate", interactive=False, verbosity=1)
    gather(Path(settings.STATIC_ROOT))


def gather(root: Path) -> bool:
    """Collect the static files, unless the last collection was of the very same ones."""
    mark = root.with_suffix(".mark")
    now = _fingerprint()
    if mark.exists() and root.exists() and mark.read_text() == now:
        return False
    call_command("collectstatic", interactive=False, clear=root.exists(), verbosity=0)
    # The mark says that all of them are whole.
    durable.sync_everything()
    durable.write(mark, now, mode=0o644)
    return True


def _fingerprint() -> str:
    found = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            found.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return found.hexdigest()


if __name__ == "__main__":
    main()
