"""What nobody asks for any more goes at night, so that nothing grows without end."""

from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore

from komek.platform import clock, files, jobs
from komek.platform.models import Bucket

# Every bucket is full again long before.
BUCKETS_ARE_KEPT = timedelta(days=1)
# No upload takes as long.
ARRIVALS_ARE_KEPT = timedelta(days=1)

# What people bring along with a contact or a report. It belongs to something within the day in which a form that came back
# may be sent again, and after that to nothing.
BROUGHT = ("contact", "proof")
BROUGHT_ARE_KEPT = timedelta(days=3)


@jobs.every("27 3 * * *")
def forget_buckets() -> int:
    """Forget whose attempts were counted long ago; returns how many."""
    return Bucket.objects.filter(filled_at__lt=clock.now() - BUCKETS_ARE_KEPT).delete()[0]


@jobs.every("47 3 * * *")
def forget_sessions() -> None:
    """Forget the sessions that have ended."""
    SessionStore.clear_expired()


@jobs.every("57 3 * * *")
def forget_unfinished_files() -> int:
    """Remove what killed processes had begun to keep; returns how many."""
    return files.forget_unfinished(before=clock.now() - ARRIVALS_ARE_KEPT)


@jobs.every("37 3 * * *")
def forget_unused_files() -> int:
    """Forget the files of forms that nobody sent again; returns how many."""
    return files.forget_unused(purposes=BROUGHT, before=clock.now() - BROUGHT_ARE_KEPT)
