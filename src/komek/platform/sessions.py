"""Sessions in the database, as Django keeps them; every request asks for one, so the statement is written once."""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from komek.platform.questions import Question

_session = Question(lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now))


class SessionStore(db.SessionStore):
    """One session; what is no session any more is forgotten."""

    def _get_session_from_db(self) -> Any:
        found = _session.one(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found
