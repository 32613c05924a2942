"""What a supervisor asks for and changes."""

import csv
import io
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from komek.rooms.quality.rules import CRITERIA, LONGEST_COMMENT, SHARES, USUAL, Figure, Said
from komek.ui.fields import RowId, Words

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
        today = localdate()
        if self.errors:
            return said
        until = until or max(today, since or today)
        since = since or until
        said |= {"since": since, "until": until}
        known = since.year in YEARS and until.year in YEARS
        if not known or until < since or until - since > LONGEST:
            raise forms.ValidationError(_("Choose a period of at most 400 days that does not end before it begins."))
        return said


class RulesForm(forms.Form):
    """The whole table of rules as CSV text: tried first, published when it was tried."""

    table = Words(
        max_length=MOST_RULES, label=_("Rules"), widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"})
    )
    # The version that the table was written on.
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    note = Words(required=False, max_length=300, label=_("What is new"))

    def clean_table(self) -> list[dict[str, str]]:
        """The rows, one a line, the empty ones too: whoever is told of line 17 finds it there.

        Spreadsheets of our part of the world write semicolons.
        """
        text: str = self.cleaned_data["table"].lstrip("\ufeff")
        header = text.partition("\n")[0]
        reader = csv.reader(
            io.StringIO(text), delimiter=";" if header.count(";") > header.count(",") else ",", strict=True
        )
        try:
            columns, *rows = list(reader)
        except csv.Error as broken:
            raise forms.ValidationError(
                _("Line %(line)s cannot be read: a quotation mark is not closed, or the line is far too long."),
                params={"line": reader.line_num},
            ) from broken
        columns = [column.strip().lower() for column in columns]
        if missing := {"topic", "services"}.difference(columns):
            raise forms.ValidationError(
                _("The first line names the columns; %(missing)s is missing. Download the table to see how it looks."),
                params={"missing": ", ".join(sorted(missing))},
            )
        if broad := [str(line) for line, row in enumerate(rows, 2) if len(row) > len(columns)]:
            raise forms.ValidationError(
                _("Lines with more cells than the first one: %(lines)s. Put a text with a comma in quotation marks."),
                params={"lines": ", ".join(broad[:20])},
            )
        return [dict(zip(columns, row, strict=False)) for row in rows]


class DayForm(forms.Form):
    on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(
        choices=[("holiday", _("day off")), ("working", _("working day")), ("usual", _("as its weekday"))],
        label=_("What it is"),
    )
    like_weekday = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        label=_("Works like"),
        choices=[
            ("", "—"),
            ("0", _("Monday")),
            ("1", _("Tuesday")),
            ("2", _("Wednesday")),
            ("3", _("Thursday")),
            ("4", _("Friday")),
        ],
    )
    name_kk = Words(required=False, max_length=200, label="Қазақша")
    name_ru = Words(required=False, max_length=200, label="Русский")
    name_en = Words(required=False, max_length=200, label="English")

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on.year not in YEARS:
            raise forms.ValidationError(_("Choose a day between 2000 and 2100."))
        return on

    def clean(self) -> dict[str, Any]:
        """A day that is set apart says why; a day that is as any other needs no name."""
        said = super().clean() or {}
        named = any(said.get(f"name_{code}") for code in ("kk", "ru", "en"))
        if said.get("kind") in {"holiday", "working"} and not named and not self.errors:
            self.add_error("name_kk", _("Please write what this day is."))
        return said


class ThresholdForm(forms.Form):
    """What one figure is held against; shares are typed in percent."""

    figure = forms.ChoiceField(choices=[(figure.value, figure.value) for figure in USUAL], widget=forms.HiddenInput)
    warn = forms.FloatField(min_value=0, max_value=1_000_000, label=_("Watch"))
    danger = forms.FloatField(min_value=0, max_value=1_000_000, label=_("Act"))

    def limit(self) -> dict[str, Any]:
        figure = Figure(self.cleaned_data["figure"])
        part = 100 if figure in SHARES else 1
        return {"figure": figure, **{name: self.cleaned_data[name] / part for name in ("warn", "danger")}}


class ChoiceForm(forms.Form):
    """Which contacts to look at."""

    how = forms.ChoiceField(required=False, choices=[("lot", "lot"), ("low", "low")])
    day = forms.DateField(required=False)
    agent = RowId()
    again = forms.IntegerField(required=False, min_value=0, max_value=10_000)

    def clean_day(self) -> date | None:
        day: date | None = self.cleaned_data["day"]
        if day is not None and day.year not in YEARS:
            raise forms.ValidationError(_("Choose a day between 2000 and 2100."))
        return day


class ReviewForm(forms.Form):
    """One answer a criterion, and what the operator is told."""

    comment = Words(required=False, max_length=LONGEST_COMMENT, widget=forms.Textarea(attrs={"rows": 4}))
    # The review that this one was written on; none is 0.
    revision = forms.IntegerField(min_value=0, max_value=1_000_000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in CRITERIA:
            self.fields[name] = forms.ChoiceField(required=False, choices=[(said.value, said.value) for said in Said])

    def told(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "answers": {name: said[name] for name in CRITERIA},
            "comment": said["comment"],
            "revision": said["revision"],
        }
