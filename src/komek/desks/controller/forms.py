"""What the second line decides, with the reasons it owes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from komek.rooms.cards.rules import Kind, Outcome
from komek.ui.fields import RowId, Words
from komek.ui.places import PlaceFields

OUTCOMES = (Outcome.DONE, Outcome.PARTLY, Outcome.REFUSED, Outcome.EXPLAINED)
# Why work is returned: the usual reasons, each under a key.
REASONS = ("other_place", "not_visible", "not_all", "not_cleaned", "no_proof")
NORM = r"^[1-9]\d{0,2}(m|h|wd)$"


class Norm(forms.RegexField):
    """A length of time as the catalog writes it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            NORM,
            label=_("By how much"),
            help_text=_("4h or 3wd (working days)"),
            error_messages={"invalid": _("Write for example 4h or 3wd.")},
            **kwargs,
        )


class VerdictForm(forms.Form):
    outcome = forms.ChoiceField(choices=[(o.value, o.value) for o in OUTCOMES], initial=Outcome.DONE)
    check = RowId()


class ReasonForm(forms.Form):
    reason = Words(max_length=1_000, label=_("Reason"), error_messages={"required": _("Please give a reason.")})


class ReturnForm(ReasonForm):
    """`check` is the one that the page showed."""

    check = RowId()


class ResolutionForm(ReasonForm):
    """`escalation` is the one whose button was pressed; without it, all that are open."""

    escalation = RowId()


class AssignForm(ReasonForm):
    """Another service, by hand; `from_service` empty adds one."""

    to_service = Words(max_length=40, label=_("Service"))
    from_service = Words(max_length=40, required=False)


class ExtendForm(ReasonForm):
    norm = Norm()


class BulkForm(forms.Form):
    """One decision about many cards; which fields it needs depends on the verb."""

    NEEDS = {
        "remind": ("reason",),
        "extend": ("norm", "reason"),
        "pause": ("reason",),
        "resume": (),
        "redirect": ("to_service", "reason"),
        "assign": ("to_service", "reason"),
        "resolve": ("reason",),
    }
    # By how much a promise is moved most often; any other length is typed.
    USUAL_NORMS = ("4h", "1wd", "3wd")
    verb = forms.ChoiceField(choices=[(name, name) for name in NEEDS], initial="remind")
    norm = Norm(required=False)
    to_service = Words(max_length=40, required=False, label=_("Service"))
    reason = Words(max_length=1_000, required=False, label=_("Reason"))
    key = Words(max_length=64, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        missing = [name for name in self.NEEDS.get(told.get("verb", ""), ()) if not told.get(name, "x")]
        for name in missing:
            self.add_error(name, _("Please give a reason.") if name == "reason" else _("This is needed."))
        return told


class CorrectionForm(PlaceFields):
    """What is written on the card, on top of the revision that was read."""

    text = Words(
        max_length=20_000, label=_("What happened"), error_messages={"required": _("Please write what happened.")}
    )
    topic_code = Words(max_length=24, required=False, label=_("Topic"))
    kind = forms.ChoiceField(choices=[(one.value, one.value) for one in (Kind.REQUEST, Kind.APPEAL)])
    revision = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        """Line ends as the card keeps them: a browser sends others."""
        return line_ends(self.cleaned_data["text"])


def line_ends(text: str) -> str:
    return text.replace("\r\n", "\n")
