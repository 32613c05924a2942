"""What an operator types: plain forms, no tables behind them."""

import json
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from komek.registers.residents.rules import HandleKind, UnreadableHandle, normalized
from komek.registers.staff.rules import LANGUAGES
from komek.rooms.cards.rules import AppealKind, CardDraft, Followed, Kind, Tick
from komek.rooms.feedback.rules import BEST_SCORE, LONGEST_COMMENT, Answer
from komek.ui.fields import RowId, Words
from komek.ui.places import PlaceFields
from komek.ui.refusals import said as told_in_words

EMERGENCY_SERVICES = ("101", "102", "103", "104", "112")
APPEAL_KINDS = (
    (AppealKind.APPLICATION.value, _("application")),
    (AppealKind.COMPLAINT.value, _("complaint")),
    (AppealKind.NOTICE.value, _("message")),
    (AppealKind.RESPONSE.value, _("response")),
    (AppealKind.PROPOSAL.value, _("proposal")),
    (AppealKind.INQUIRY.value, _("inquiry")),
)


class CardForm(PlaceFields):
    """The card as the operator fills it in; what is needed depends on how the contact ends."""

    text = Words(
        max_length=20_000,
        error_messages={"required": _("Please write what happened.")},
        label=_("What happened"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    kind = forms.ChoiceField(choices=[(kind.value, kind.value) for kind in Kind])
    language = forms.ChoiceField(choices=[(code, code) for code in LANGUAGES])
    topic_code = Words(required=False, max_length=24, label=_("Topic"))
    topic_words = Words(required=False, max_length=300)
    article_id = RowId()
    answer = Words(required=False, max_length=20_000, label=_("Answer"))
    appeal_kind = forms.ChoiceField(required=False, choices=[("", "—"), *APPEAL_KINDS])
    applicant = Words(required=False, max_length=200, label=_("Name"))
    handed_to = forms.ChoiceField(required=False, choices=[("", "—"), *((code, code) for code in EMERGENCY_SERVICES)])
    confirmed_by = Words(required=False, max_length=200, label=_("Who confirmed"))
    # The emergency script that was followed, and when each of its steps was said.
    script = Words(required=False, max_length=40, widget=forms.HiddenInput)
    script_version = RowId()
    ticks = Words(required=False, max_length=2_000, widget=forms.HiddenInput)
    # The card that had a number before anybody read it, as this page knew it.
    received = RowId()
    # What was searched when no article answered it.
    missed = Words(required=False, max_length=500, widget=forms.HiddenInput)
    key = Words(required=False, max_length=64, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("kind") == Kind.EMERGENCY:
            for name in ("handed_to", "confirmed_by"):
                if not said.get(name):
                    self.add_error(name, _("Say to whom it was handed over and who confirmed it."))
        if said.get("script"):
            said["followed"] = self._followed(said)
        return said

    def _followed(self, said: dict[str, Any]) -> Followed | None:
        try:
            told = json.loads(said["ticks"] or "[]")
            ticks = [Tick(int(one["step"]), datetime.fromisoformat(one["at"]).astimezone(UTC)) for one in told]
            return Followed(said["script"], int(said["script_version"] or 0), tuple(ticks))
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            self.add_error(None, _("The ticks of the emergency script cannot be read. Please tick the steps again."))
            return None

    def draft(self) -> CardDraft:
        said = self.cleaned_data
        return CardDraft(
            text=said["text"],
            kind=Kind(said["kind"]),
            language=said["language"],
            topic_code=said["topic_code"] or None,
            place=self.place(),
            appeal_kind=said["appeal_kind"],
            followed=said.get("followed"),
        )


class EntryForm(forms.Form):
    """A contact that reached the operator past the queue: an ordinary telephone, a visitor."""

    language = forms.ChoiceField(choices=[(code, code) for code in LANGUAGES], label=_("Language"))
    phone = Words(required=False, max_length=40, label=_("Phone"))
    name = Words(required=False, max_length=200, label=_("Name"))
    urgent = forms.BooleanField(required=False, label=_("Urgent"))
    key = Words(required=False, max_length=64, widget=forms.HiddenInput)

    def clean_phone(self) -> str:
        """Whoever types it can ask again while the resident is still there."""
        phone: str = self.cleaned_data["phone"]
        try:
            if phone:
                normalized(HandleKind.PHONE, phone)
        except UnreadableHandle as refusal:
            raise forms.ValidationError(told_in_words(refusal)) from refusal
        return phone


class ToldForm(forms.Form):
    """How a call to a resident about their card went, and what they said of the result."""

    through = forms.IntegerField(min_value=1, max_value=2**62)
    reached = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
    answer = forms.ChoiceField(required=False, choices=[("", ""), *((one.value, one.value) for one in Answer)])
    score = forms.IntegerField(required=False, min_value=1, max_value=BEST_SCORE)
    comment = Words(required=False, max_length=LONGEST_COMMENT)


class AcceptForm(forms.Form):
    """What came to the browser along with the call itself."""

    number = Words(required=False, max_length=40)
    language = forms.ChoiceField(required=False, choices=[("", ""), *((code, code) for code in LANGUAGES)])
    queue = Words(required=False, max_length=20)
    waited = forms.IntegerField(required=False, min_value=0, max_value=86_400)
    urgent = forms.BooleanField(required=False)


class HandOverForm(forms.Form):
    service = forms.ChoiceField(choices=[(code, code) for code in EMERGENCY_SERVICES])


class InviteForm(forms.Form):
    agent = forms.IntegerField(min_value=1, max_value=2**31)


class SeatForm(forms.Form):
    state = forms.ChoiceField(choices=[("ready", "ready"), ("break", "break"), ("off", "off")])
    reason = Words(required=False, max_length=40)
