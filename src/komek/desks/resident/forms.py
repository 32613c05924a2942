"""What a resident fills in: short, forgiving, nothing required but what happened."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

MOST_FILES = 5


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; each is looked at by its content where it is stored."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["widget"] = SeveralFiles(attrs={"accept": "image/*,video/*", "multiple": True})
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if len(given) > MOST_FILES:
            raise forms.ValidationError(_("At most %(most)s files at once."), params={"most": MOST_FILES})
        return given


class WriteForm(forms.Form):
    """The web form. `key` makes a form that is sent twice one contact; `website` is a trap that people never see."""

    text = forms.CharField(
        max_length=20_000,
        label=_("What happened?"),
        widget=forms.Textarea(attrs={"rows": 5, "placeholder": _("For example: no light in the entrance since yesterday")}),
    )
    topic_code = forms.CharField(required=False, max_length=24, label=_("What is it about?"))
    place_text = forms.CharField(
        required=False, max_length=500, label=_("Where?"), help_text=_("Street and house, crossing or stop.")
    )
    landmark = forms.CharField(required=False, max_length=300, label=_("Landmark"))
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    name = forms.CharField(required=False, max_length=200, label=_("Your name"))
    phone = forms.CharField(
        required=False, max_length=40, label=_("Phone"), help_text=_("Only to answer you. You may leave it empty.")
    )
    files = FilesField(required=False, label=_("Photo or video"))
    kept_files = forms.CharField(required=False, widget=forms.HiddenInput)
    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    website = forms.CharField(required=False, widget=forms.HiddenInput)


class StatusForm(forms.Form):
    number = forms.CharField(max_length=40, label=_("Number"))
    code = forms.CharField(max_length=20, label=_("Code"))


class AnswerForm(forms.Form):
    """Confirm or refute; a refusal to believe us needs a few words."""

    answer = forms.ChoiceField(choices=[("confirm", _("Yes, it is done")), ("refute", _("No, it is not done"))])
    score = forms.TypedChoiceField(
        required=False, coerce=int, empty_value=None, choices=[("", "—"), *((str(n), str(n)) for n in range(1, 6))]
    )
    comment = forms.CharField(required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("answer") == "refute" and not said.get("comment", "").strip():
            self.add_error("comment", _("Please write what is not done."))
        return said
