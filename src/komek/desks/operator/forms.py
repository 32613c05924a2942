"""What an operator types: plain forms, no tables behind them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from komek.registers.places import queries as places
from komek.registers.places.rules import Place
from komek.registers.staff.rules import LANGUAGES
from komek.rooms.cards.rules import CardDraft, Kind

EMERGENCY_SERVICES = ("101", "102", "103", "104", "112")
APPEAL_KINDS = (
    ("application", _("application")),
    ("complaint", _("complaint")),
    ("message", _("message")),
    ("response", _("response")),
    ("proposal", _("proposal")),
    ("inquiry", _("inquiry")),
)


class PlaceFields(forms.Form):
    """Where it is: words always, the rest when it was chosen from the suggestions."""

    place_text = forms.CharField(required=False, max_length=500, label=_("Place"))
    landmark = forms.CharField(required=False, max_length=300, label=_("Landmark"))
    street_id = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    house_id = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)

    def place(self) -> Place:
        said = self.cleaned_data
        return places.locate(
            said["place_text"],
            lat=said["lat"],
            lon=said["lon"],
            street_id=said["street_id"],
            house_id=said["house_id"],
            landmark=said["landmark"],
        )


class CardForm(PlaceFields):
    """The card as the operator fills it in; what is needed depends on how the contact ends."""

    text = forms.CharField(max_length=20_000, label=_("What happened"), widget=forms.Textarea(attrs={"rows": 4}))
    kind = forms.ChoiceField(choices=[(kind.value, kind.value) for kind in Kind])
    language = forms.ChoiceField(choices=[(code, code) for code in LANGUAGES])
    topic_code = forms.CharField(required=False, max_length=24, label=_("Topic"))
    article_id = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    answer = forms.CharField(required=False, max_length=20_000, label=_("Answer"))
    appeal_kind = forms.ChoiceField(required=False, choices=[("", "—"), *APPEAL_KINDS])
    applicant = forms.CharField(required=False, max_length=200, label=_("Name"))
    handed_to = forms.ChoiceField(required=False, choices=[("", "—"), *((code, code) for code in EMERGENCY_SERVICES)])
    confirmed_by = forms.CharField(required=False, max_length=200, label=_("Who confirmed"))
    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("kind") == Kind.EMERGENCY:
            for name in ("handed_to", "confirmed_by"):
                if not said.get(name):
                    self.add_error(name, _("Say to whom it was handed over and who confirmed it."))
        return said

    def draft(self) -> CardDraft:
        said = self.cleaned_data
        return CardDraft(
            text=said["text"],
            kind=Kind(said["kind"]),
            language=said["language"],
            topic_code=said["topic_code"] or None,
            place=self.place(),
            appeal_kind=said["appeal_kind"],
        )


class EntryForm(forms.Form):
    """A contact that reached the operator past the queue: an ordinary telephone, a visitor."""

    language = forms.ChoiceField(choices=[(code, code) for code in LANGUAGES], label=_("Language"))
    phone = forms.CharField(required=False, max_length=40, label=_("Phone"))
    name = forms.CharField(required=False, max_length=200, label=_("Name"))
    urgent = forms.BooleanField(required=False, label=_("Urgent"))


class SeatForm(forms.Form):
    state = forms.ChoiceField(choices=[("ready", "ready"), ("break", "break"), ("off", "off")])
    reason = forms.CharField(required=False, max_length=40)
