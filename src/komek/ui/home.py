"""Where a person who signs in goes, and which desks they may open."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_noop as _

from komek.registers.staff.rules import Right

# The address, the name and the drawing of each desk, and the right that opens it.
DESKS: tuple[tuple[str, str, str, Right], ...] = (
    ("operator:home", _("Operator"), "headset", Right.TAKE_CONTACTS),
    ("controller:home", _("Second line"), "check-circle", Right.CHECK_WORK),
    ("service:home", _("Service"), "wrench", Right.WORK_ORDERS_OF_OWN_SERVICE),
    ("supervisor:home", _("Supervisor"), "chart", Right.SEE_WALLBOARD),
    ("editor:home", _("Knowledge"), "book", Right.EDIT_KNOWLEDGE),
)
FIRST = {
    "operator": "operator:home",
    "controller": "controller:home",
    "dispatcher": "service:home",
    "supervisor": "supervisor:home",
    "editor": "editor:home",
}


def desks_of(user: Any) -> tuple[tuple[str, str, str], ...]:
    """The desks that this person may open: address, name and drawing."""
    return tuple((name, title, icon) for name, title, icon, right in DESKS if user.may(right))


@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """The person's own desk; somebody without one is told so kindly."""
    open_desks = desks_of(request.user)
    first = FIRST.get(getattr(request.user, "role", ""))
    if first:
        return redirect(first)
    if open_desks:
        return redirect(open_desks[0][0])
    return render(request, "ui/no_desk.html")
