"""What an editor types: an article in its languages, a bulletin of the day."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from komek.registers.catalog import queries as catalog
from komek.registers.staff.rules import LANGUAGES
from komek.rooms.knowledge.rules import LONGEST_TITLE, ArticleDraft, BulletinDraft, Severity, Text
from komek.ui.fields import Words
from komek.ui.words import choices

LONGEST_BODY = 20_000
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CodesField(forms.CharField):
    """Codes one after another, with commas or spaces between them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=1_000, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else ", ".join(value or ())

    def clean(self, value: Any) -> Any:
        told: str = super().clean(value)
        return tuple(dict.fromkeys(told.replace(",", " ").replace("\0", "").split()))


class ArticleForm(forms.Form):
    """One article: about what, whose, from when to when, and a title, the words people say and a text a language."""

    owner = Words(max_length=40, label=_("Owner"))
    topics = CodesField(label=_("Topics"), help_text=_("codes of the catalog, as HEA-02"))
    groups = CodesField(label=_("Groups of topics"), help_text=_("as HEA"))
    seasons = CodesField(label=_("Seasons"))
    valid_from = forms.DateField(required=False, label=_("Valid from"), widget=DAY)
    valid_to = forms.DateField(required=False, label=_("Valid to"), widget=DAY)
    # What the text was written on; 0 is a new article.
    version = forms.IntegerField(min_value=0, max_value=1_000_000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language in LANGUAGES:
            attrs = {"lang": language}
            self.fields[f"title_{language}"] = Words(
                required=False, max_length=LONGEST_TITLE, label=_("Title"), widget=forms.TextInput(attrs=attrs)
            )
            self.fields[f"words_{language}"] = Words(
                required=False,
                max_length=2_000,
                label=_("What people say"),
                widget=forms.Textarea(attrs={**attrs, "rows": 2}),
            )
            self.fields[f"body_{language}"] = Words(
                required=False,
                max_length=LONGEST_BODY,
                label=_("Text"),
                widget=forms.Textarea(attrs={**attrs, "rows": 16}),
            )

    def clean_topics(self) -> tuple[str, ...]:
        """A code that the catalog does not know would never be chosen."""
        codes: tuple[str, ...] = self.cleaned_data["topics"]
        known = set(catalog.topics().filter(code__in=codes).values_list("code", flat=True)) if codes else set()
        if unknown := [code for code in codes if code not in known]:
            raise forms.ValidationError(_("The catalog has no %(codes)s."), params={"codes": ", ".join(unknown)})
        return codes

    def clean(self) -> dict[str, Any]:
        """A language is there with both its title and its text, or not at all; one at least is there."""
        said = super().clean() or {}
        if self.errors:
            return said
        for language in LANGUAGES:
            for one, other in (("title", "body"), ("body", "title")):
                if said.get(f"{one}_{language}") and not said.get(f"{other}_{language}"):
                    self.add_error(f"{other}_{language}", _("A language needs both a title and a text."))
        if not any(said.get(f"body_{language}") for language in LANGUAGES) and not self.errors:
            raise forms.ValidationError(_("Write the article in one language at least."))
        first, last = said["valid_from"], said["valid_to"]
        if first and last and last < first:
            self.add_error("valid_to", _("It ends before it begins."))
        return said

    def draft(self, code: str) -> ArticleDraft:
        said = self.cleaned_data
        return ArticleDraft(
            code=code,
            owner=said["owner"],
            texts=tuple(
                Text(
                    language=language,
                    title=said[f"title_{language}"],
                    body=said[f"body_{language}"].replace("\r\n", "\n"),
                    words=" ".join(said[f"words_{language}"].split()),
                )
                for language in LANGUAGES
                if said[f"body_{language}"]
            ),
            topics=said["topics"],
            groups=said["groups"],
            seasons=said["seasons"],
            valid_from=said["valid_from"],
            valid_to=said["valid_to"],
        )


class BulletinForm(forms.Form):
    """What the floor should know now, where, and until when."""

    severity = forms.ChoiceField(label=_("How loud"))
    districts = forms.MultipleChoiceField(
        required=False,
        label=_("Districts"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("none means the whole city"),
    )
    until = forms.DateTimeField(
        required=False,
        label=_("Until"),
        help_text=_("empty means until somebody ends it"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )
    text_kk = Words(
        required=False, max_length=1_000, label="Қазақша", widget=forms.Textarea(attrs={"rows": 3, "lang": "kk"})
    )
    text_ru = Words(
        required=False, max_length=1_000, label="Русский", widget=forms.Textarea(attrs={"rows": 3, "lang": "ru"})
    )
    text_en = Words(
        required=False, max_length=1_000, label="English", widget=forms.Textarea(attrs={"rows": 3, "lang": "en"})
    )
    spoken = forms.BooleanField(
        required=False,
        label=_("Callers hear it too"),
        help_text=_("on the telephone, before anybody answers; it needs an end"),
    )
    # Set when a bulletin is corrected.
    code = Words(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, names: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        severity, districts = self.fields["severity"], self.fields["districts"]
        assert isinstance(severity, forms.ChoiceField)
        assert isinstance(districts, forms.MultipleChoiceField)
        severity.choices = choices("severity")
        districts.choices = list(names)

    def clean(self) -> dict[str, Any]:
        """The floor speaks to residents in their language: a bulletin without Kazakh or Russian leaves half of them out."""
        said = super().clean() or {}
        for language in ("kk", "ru"):
            if not self.errors.get(f"text_{language}") and not said.get(f"text_{language}"):
                self.add_error(f"text_{language}", _("Write it in Kazakh and in Russian."))
        if said.get("spoken") and not said.get("until") and not self.errors.get("until"):
            self.add_error("until", _("Callers are told it: say until when."))
        return said

    def draft(self, *, code: str, at: datetime) -> BulletinDraft:
        said = self.cleaned_data
        return BulletinDraft(
            code=code,
            severity=Severity(said["severity"]),
            valid_from=at,
            valid_to=said["until"],
            districts=tuple(said["districts"]),
            texts={language: said[f"text_{language}"] for language in LANGUAGES},
            spoken=said["spoken"],
        )
