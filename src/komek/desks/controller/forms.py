"""What the second line decides, with the reasons it owes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from komek.rooms.cards.rules import Outcome
from komek.ui.fields import RowId, Words


class VerdictForm(forms.Form):
    outcome = forms.ChoiceField(
        choices=[(o.value, o.value) for o in (Outcome.DONE, Outcome.PARTLY, Outcome.REFUSED, Outcome.EXPLAINED)],
        initial=Outcome.DONE,
    )
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
    norm = forms.RegexField(
        r"^[1-9]\d{0,2}(m|h|wd)$",
        label=_("By how much"),
        help_text=_("4h or 3wd (working days)"),
        error_messages={"invalid": _("Write for example 4h or 3wd.")},
    )


class TopicForm(forms.Form):
    topic_code = Words(max_length=24, label=_("Topic"))
    revision = forms.IntegerField(min_value=1)
