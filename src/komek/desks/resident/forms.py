"""What a resident fills in: short, forgiving, nothing required but what happened."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from komek.platform.languages import LANGUAGES
from komek.registers.places.rules import ImpossiblePoint, ensure_point
from komek.ui.fields import Pictures, PointFields, Words

MOST_FILES = 5
LONGEST_KEY = 64
# Why somebody says that it is not done, for those who would rather not write.
REASONS = {
    "nothing": _("Nothing was done"),
    "partly": _("Only a part was done"),
    "again": _("It broke again"),
    "elsewhere": _("The photo shows another place"),
}


class PointForm(PointFields):
    """Where somebody says to be."""

    def point(self) -> tuple[float, float] | None:
        """Latitude and longitude; nothing when there is no such place."""
        self.full_clean()
        lat, lon = self.cleaned_data.get("lat"), self.cleaned_data.get("lon")
        if lat is None or lon is None:
            return None
        try:
            ensure_point(lat, lon)
        except ImpossiblePoint:
            return None
        return lat, lon


class WriteForm(PointFields):
    """The web form. `key` makes a form that is sent twice one contact; `website` is a trap that people never see."""

    text = Words(
        max_length=20_000,
        label=_("What happened?"),
        error_messages={"required": _("Please write what happened.")},
        widget=forms.Textarea(
            attrs={"rows": 3, "placeholder": _("For example: no light in the entrance since yesterday")}
        ),
    )
    topic_code = Words(required=False, max_length=24, label=_("What is it about?"))
    place_text = Words(
        required=False,
        max_length=500,
        label=_("Where?"),
        widget=forms.TextInput(
            attrs={"placeholder": _("Street and house, crossing or stop"), "autocomplete": "street-address"}
        ),
    )
    landmark = Words(required=False, max_length=300, label=_("Landmark"))
    name = Words(
        required=False,
        max_length=200,
        label=_("Your name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = Words(
        required=False,
        max_length=40,
        label=_("Phone"),
        help_text=_("Only to answer you. You may leave it empty."),
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )
    language = forms.CharField(required=False, max_length=2)
    files = Pictures(label=_("Photo or video"))  # type: ignore[assignment]  # Django takes fields off the class
    key = Words(required=False, max_length=LONGEST_KEY, widget=forms.HiddenInput)
    website = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_language(self) -> str:
        """One of ours, or none: the page's own language will do."""
        chosen = str(self.cleaned_data["language"])
        return chosen if chosen in LANGUAGES else ""


class StatusForm(forms.Form):
    number = Words(
        max_length=40,
        label=_("Number"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "placeholder": "26-0000-0000"}),
    )
    code = Words(
        max_length=20,
        label=_("Code"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )


class AddForm(forms.Form):
    """A few words or a photo for a card that has its number already."""

    text = Words(required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}))
    files = Pictures(label=_("Photo or video"))  # type: ignore[assignment]  # Django takes fields off the class
    key = Words(required=False, max_length=LONGEST_KEY, widget=forms.HiddenInput)


class AnswerForm(forms.Form):
    """Confirm or refute; whoever does not believe us says why, by a tap or in words."""

    answer = forms.ChoiceField(choices=[("confirm", _("Yes, it is done")), ("refute", _("No, it is not done"))])
    score = forms.TypedChoiceField(
        required=False, coerce=int, empty_value=None, choices=[("", "—"), *((str(n), str(n)) for n in range(1, 6))]
    )
    why = forms.ChoiceField(required=False, choices=[("", "—"), *REASONS.items()])
    comment = Words(required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("answer") == "refute" and not self.errors.keys() & {"comment", "why"} and not self._reason(said):
            self.add_error("comment", _("Please write what is not done."))
        return said

    def reason(self) -> str:
        """Why it is not done, in the words of whoever says so."""
        return self._reason(self.cleaned_data)

    @staticmethod
    def _reason(said: dict[str, Any]) -> str:
        tapped, written = REASONS.get(said.get("why", ""), ""), said.get("comment", "").strip()
        return ". ".join(str(part) for part in (tapped, written) if part)
