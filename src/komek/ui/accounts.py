"""Accounts are made by the centre; nobody signs up by themselves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from komek.platform import limits
from komek.platform.clock import now

# For one name, whoever tries it and wherever: enough for tired fingers, too few for a list of passwords.
ATTEMPTS_PER_MINUTE, ATTEMPTS_AT_ONCE = 2.0, 12


class ClosedAccounts(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count attempts in the database: in the memory of one process they would start anew in the next, or on a node."""
        name = str(credentials.get("username", "")).strip().lower()[:150]
        limits.take(f"sign-in:{name}", per_minute=ATTEMPTS_PER_MINUTE, burst=ATTEMPTS_AT_ONCE, at=now())
        super().pre_authenticate(request, **credentials)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Whoever has not chosen a language in this browser sees the desk in their own."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                user.language,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
                samesite=settings.LANGUAGE_COOKIE_SAMESITE,  # type: ignore[arg-type]  # one of the three words it may be
            )
        return response
