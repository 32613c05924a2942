"""The door of the API: a key with a scope, a measure for each key, and whose name stands in the audit."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja.security import HttpBearer

from komek.desks.partner import problems
from komek.platform import audit, limits
from komek.platform.clock import now
from komek.registers.staff import actions as staff
from komek.registers.staff.rules import KeyNotAccepted, Scope

View = Callable[..., Any]

# For each key: what a city's own app sends on a bad day, and a burst for those who come with a list.
PER_MINUTE, BURST = 600.0, 300
# For each address that comes with keys that are not accepted.
REFUSED_PER_MINUTE, REFUSED_BURST = 30.0, 60


class PartnerKey(HttpBearer):
    """Lets in who holds a key with this scope; the partner is `request.auth` from then on."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """The partner behind the key; a guesser is slowed down by address, a partner by key."""
        at = now()
        try:
            partner = staff.verify_key(token.strip(), scope=self.scope, at=at)
        except KeyNotAccepted:
            limits.take(
                f"api-refused:{request.META.get('REMOTE_ADDR') or 'local'}",
                per_minute=REFUSED_PER_MINUTE,
                burst=REFUSED_BURST,
                at=at,
            )
            raise
        limits.take(f"api:{partner.pk}", per_minute=PER_MINUTE, burst=BURST, at=at)
        return partner


def at_most(size: int) -> Callable[[View], View]:
    """Turn away what is too large by the length it comes with; without a length nothing is read at all."""

    def guard(run: View) -> View:
        @wraps(run)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            said = request.META.get("CONTENT_LENGTH") or "0"
            if said.isdecimal() and int(said[:20]) > size:
                return problems.refused(request, problems.BodyTooLarge(size // 1024))
            answer: HttpResponse = run(request, *args, **kwargs)
            return answer

        return guarded

    return guard


def as_partner(view: View) -> View:
    """Write down what is changed as done by the partner."""

    @wraps(view)
    def seen(request: Any, *args: Any, **kwargs: Any) -> Any:
        with audit.acting(f"partner:{request.auth.pk}", request.request_id):
            return view(request, *args, **kwargs)

    return seen
