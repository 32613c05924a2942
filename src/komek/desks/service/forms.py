"""What a dispatcher or a foreman says about an order."""

from django import forms
from django.utils.translation import gettext_lazy as _

from komek.rooms.workorders.rules import Outcome, Reason
from komek.ui.fields import Pictures, Words

MOST_FILES = 8


class ReportForm(forms.Form):
    """Done, partly or not; with proof, or with the reason why there is none. `key` makes it count once."""

    outcome = forms.ChoiceField(choices=[(outcome.value, outcome.value) for outcome in Outcome])
    reason_code = forms.ChoiceField(required=False, choices=[("", "—"), *((r.value, r.value) for r in Reason)])
    text = Words(required=False, max_length=4_000, label=_("What was done"), widget=forms.Textarea(attrs={"rows": 3}))
    shows = forms.ChoiceField(
        required=False, initial="after", choices=[("after", "after"), ("before", "before"), ("place", "place")]
    )
    files = Pictures(label=_("Photo or video"))  # type: ignore[assignment]  # Django takes fields off the class
    key = Words(required=False, max_length=64, widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    reason = Words(max_length=1_000, label=_("Reason"), error_messages={"required": _("Please give a reason.")})


class LinkForm(forms.Form):
    foreman = Words(
        max_length=120,
        label=_("Name of the foreman"),
        error_messages={"required": _("Please write the name of the foreman.")},
    )
