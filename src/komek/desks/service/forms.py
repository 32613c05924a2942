"""What a dispatcher or a foreman says about an order."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from komek.rooms.workorders.rules import Outcome, Reason, Shows
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

    def report(self, file_ids: Iterable[int], by_pieces: Iterable[tuple[int, str]] = ()) -> dict[str, Any]:
        """What the room is told: what came with the form shows one thing, what came in pieces says each its own."""
        told = self.cleaned_data
        with_form = [(file_id, told["shows"] or Shows.AFTER) for file_id in file_ids]
        return {
            "outcome": Outcome(told["outcome"]),
            "reason_code": told["reason_code"],
            "text": told["text"],
            "proofs": [*with_form, *by_pieces],
            "key": told["key"] or None,
        }


class FilterForm(forms.Form):
    """Which orders a dispatcher wants to see; what nobody could have chosen chooses nothing."""

    state = Words(required=False, max_length=12)
    district = Words(required=False, max_length=40)
    topic = Words(required=False, max_length=40)
    foreman = Words(required=False, max_length=120)

    def chosen(self) -> dict[str, str]:
        self.is_valid()
        return {name: value for name in self.fields if (value := self.cleaned_data.get(name, ""))}

    def query(self) -> str:
        """The same filters, for the address of another page of them."""
        return urlencode(self.chosen())

    def rest(self) -> str:
        """The filters beside the state, which has tabs of its own."""
        return urlencode({name: value for name, value in self.chosen().items() if name != "state"})


class ReasonForm(forms.Form):
    reason = Words(max_length=1_000, label=_("Reason"), error_messages={"required": _("Please give a reason.")})


class LinkForm(forms.Form):
    foreman = Words(
        max_length=120,
        label=_("Name of the foreman"),
        error_messages={"required": _("Please write the name of the foreman.")},
    )
