"""Is it really done? The resident has the last word, once, by a link that programs may open without harm."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from komek.desks.resident.forms import AnswerForm
from komek.desks.resident.views.following import proofs
from komek.desks.resident.views.shared import slowly
from komek.platform.clock import now
from komek.refusal import Refusal
from komek.rooms.cards import queries as card_queries
from komek.rooms.feedback import actions as feedback
from komek.rooms.feedback import queries as feedback_queries
from komek.ui.refusals import said, status_of


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Is it really done? Opening the link answers nothing: programs open links too."""
    survey = feedback_queries.survey(token)
    found = card_queries.card(survey.card_id)
    form, status = AnswerForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _hear(request, token, form)
            except Refusal as refusal:
                form.add_error(None, said(refusal))
                status = status_of(refusal)
            else:
                return redirect("resident:status", number=found.number, code=found.access_code)
    asked = feedback_queries.open_survey(found.pk, at=now())
    shown: dict[str, Any] = {
        "form": form,
        "survey": survey,
        "may_answer": asked is not None and asked.pk == survey.pk,
        "card": found,
        "proofs": proofs(found.pk),
        "here": request.path,
    }
    return render(request, "resident/answer.html", shown, status=status)


def _hear(request: HttpRequest, token: str, form: AnswerForm) -> None:
    slowly(request, "answer", per_minute=10, burst=20)
    told = form.cleaned_data
    if told["answer"] == "confirm":
        feedback.confirm(token, score=told["score"], comment=told["comment"], at=now())
    else:
        feedback.refute(token, reason=form.reason(), at=now())
