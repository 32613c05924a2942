"""What a resident fills in: short, forgiving, nothing required but what happened."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from komek.ui.fields import Degrees, Pictures, Words, whole_point

MOST_FILES = 5


class WriteForm(forms.Form):
    """The web form. `key` makes a form that is sent twice one contact; `website` is a trap that people never see."""

    text = Words(
        max_length=20_000,
        label=_("What happened?"),
        error_messages={"required": _("Please write what happened.")},
        widget=forms.Textarea(
            attrs={"rows": 5, "placeholder": _("For example: no light in the entrance since yesterday")}
        ),
    )
    topic_code = Words(required=False, max_length=24, label=_("What is it about?"))
    place_text = Words(
        required=False, max_length=500, label=_("Where?"), help_text=_("Street and house, crossing or stop.")
    )
    landmark = Words(required=False, max_length=300, label=_("Landmark"))
    lat = Degrees(90)
    lon = Degrees(180)
    name = Words(required=False, max_length=200, label=_("Your name"))
    phone = Words(
        required=False, max_length=40, label=_("Phone"), help_text=_("Only to answer you. You may leave it empty.")
    )
    files = Pictures(label=_("Photo or video"))  # type: ignore[assignment]  # Django takes fields off the class
    key = Words(required=False, max_length=64, widget=forms.HiddenInput)
    website = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        return whole_point(super().clean() or {})


class StatusForm(forms.Form):
    number = Words(max_length=40, label=_("Number"))
    code = Words(max_length=20, label=_("Code"))


class AnswerForm(forms.Form):
    """Confirm or refute; a refusal to believe us needs a few words."""

    answer = forms.ChoiceField(choices=[("confirm", _("Yes, it is done")), ("refute", _("No, it is not done"))])
    score = forms.TypedChoiceField(
        required=False, coerce=int, empty_value=None, choices=[("", "—"), *((str(n), str(n)) for n in range(1, 6))]
    )
    comment = Words(required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("answer") == "refute" and "comment" not in self.errors and not said.get("comment", "").strip():
            self.add_error("comment", _("Please write what is not done."))
        return said
