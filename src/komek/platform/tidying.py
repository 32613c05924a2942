"""What nobody asks for any more goes at night, so that nothing grows without end."""

from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore

from komek.platform import clock, jobs
from komek.platform.models import Bucket

# Every bucket is full again long before.
BUCKETS_ARE_KEPT = timedelta(days=1)


@jobs.every("27 3 * * *")
def forget_buckets() -> int:
    """Forget whose attempts were counted long ago; returns how many."""
    return Bucket.objects.filter(filled_at__lt=clock.now() - BUCKETS_ARE_KEPT).delete()[0]


@jobs.every("47 3 * * *")
def forget_sessions() -> None:
    """Forget the sessions that have ended."""
    SessionStore.clear_expired()
