"""What a dispatcher or a foreman says about an order."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from komek.rooms.workorders.rules import Outcome, Reason

MOST_FILES = 8


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class ReportForm(forms.Form):
    """Done, partly or not; with proof, or with the reason why there is none. `key` makes it count once."""

    outcome = forms.ChoiceField(choices=[(outcome.value, outcome.value) for outcome in Outcome])
    reason_code = forms.ChoiceField(required=False, choices=[("", "—"), *((r.value, r.value) for r in Reason)])
    text = forms.CharField(required=False, max_length=4_000, label=_("What was done"), widget=forms.Textarea(attrs={"rows": 3}))
    shows = forms.ChoiceField(
        required=False, initial="after", choices=[("after", "after"), ("before", "before"), ("place", "place")]
    )
    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=1_000, label=_("Reason"))


class LinkForm(forms.Form):
    foreman = forms.CharField(max_length=120, label=_("Name of the foreman"))

    def clean(self) -> dict[str, Any]:
        return super().clean() or {}
