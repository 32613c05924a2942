"""What a supervisor asks for and changes."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

SPLITS = (
    ("", _("the whole city")),
    ("day", _("by day")),
    ("district", _("by district")),
    ("service", _("by service")),
    ("group", _("by group of topics")),
    ("topic", _("by topic")),
    ("channel", _("by channel")),
)
LONGEST = timedelta(days=400)
MOST_RULES = 1_000_000
YEARS = range(2000, 2101)


class PeriodForm(forms.Form):
    since = forms.DateField(required=False, label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, label=_("To"), widget=forms.DateInput(attrs={"type": "date"}))
    by = forms.ChoiceField(required=False, choices=SPLITS, label=_("Split"))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        since, until = said.get("since"), said.get("until")
        if since and until and (until < since or until - since > LONGEST):
            raise forms.ValidationError(_("Choose a period of at most 400 days that does not end before it begins."))
        return said


class RulesForm(forms.Form):
    """The whole table of rules as CSV text: tried first, published when it was tried."""

    table = forms.CharField(
        max_length=MOST_RULES, label=_("Rules"), widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"})
    )
    note = forms.CharField(required=False, max_length=300, label=_("What is new"))


class DayForm(forms.Form):
    on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(
        choices=[("holiday", _("day off")), ("working", _("working day")), ("usual", _("as its weekday"))], label=_("What it is")
    )
    like_weekday = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        label=_("Works like"),
        choices=[("", "—"), ("0", _("Monday")), ("1", _("Tuesday")), ("2", _("Wednesday")), ("3", _("Thursday")), ("4", _("Friday"))],
    )
    name_kk = forms.CharField(max_length=200, label="Қазақша")
    name_ru = forms.CharField(required=False, max_length=200, label="Русский")
    name_en = forms.CharField(required=False, max_length=200, label="English")

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on.year not in YEARS:
            raise forms.ValidationError(_("Choose a day between 2000 and 2100."))
        return on
