"""Fields that do not stop anybody for what they cannot see or mend."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

LARGEST_ID = 2**63 - 1


class AtMost(MaxLengthValidator):
    """Says both lengths, so that a person knows how much to cut."""

    message = _("Please write at most %(limit_value)s characters; there are %(show_value)s now.")


class Words(forms.CharField):
    """Text as people send it: NUL, which nobody sees and nothing can keep, is dropped."""

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)
        self.validators = [AtMost(max_length)]

    def to_python(self, value: Any) -> str:
        return str(super().to_python(str(value or "").replace("\0", "")))


class Unseen:
    """A hidden field that a script fills in: nonsense in it is nothing, because nobody could correct it."""

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)  # type: ignore[misc]  # of the field beside it
        except ValidationError:
            return None


class Degrees(Unseen, forms.FloatField):
    """One side of a point on the globe."""

    def __init__(self, most: float) -> None:
        super().__init__(required=False, min_value=-most, max_value=most, widget=forms.HiddenInput)


class RowId(Unseen, forms.IntegerField):
    """What was picked from a list of suggestions."""

    def __init__(self) -> None:
        super().__init__(required=False, min_value=1, max_value=LARGEST_ID, widget=forms.HiddenInput)


class SeveralFiles(forms.ClearableFileInput):
    """A file input that takes more than one."""

    allow_multiple_selected = True


class Pictures(forms.FileField):
    """Several photos and videos at once; `ui.uploads` looks at each by its content."""

    def __init__(self, **kwargs: Any) -> None:
        widget = SeveralFiles(attrs={"accept": "image/*,video/*", "multiple": True})
        super().__init__(required=False, widget=widget, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> None:
        """Nothing is decided here: what is wrong with a file is said where it is taken in."""


class PointFields(forms.Form):
    """A point, set by a map or by a suggestion: half of one is none."""

    lat = Degrees(90)
    lon = Degrees(180)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("lat") is None or told.get("lon") is None:
            told["lat"] = told["lon"] = None
        return told
