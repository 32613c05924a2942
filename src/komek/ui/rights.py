"""Who may open a view."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from komek.registers.staff.models import Agent
from komek.registers.staff.rules import Right, RightMissing

View = Callable[..., HttpResponse]


def me(request: HttpRequest) -> Agent:
    """The person who is signed in; for views that nobody else reaches."""
    assert isinstance(request.user, Agent)
    return request.user


def needs(*rights: Right) -> Callable[[View], View]:
    """Let in who has one of these rights; others are refused with 403, strangers are asked to sign in."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not any(request.user.may(right) for right in rights):  # type: ignore[union-attr]
                raise RightMissing(rights[0])
            return view(request, *args, **kwargs)

        return login_required(guarded)

    return guard
