"""The picture of a recording in a template: `{{ recording.keeping|wave:recording }}`."""

from typing import Any

from django import template

from komek.desks.listening import drawing

register = template.Library()


@register.filter
def wave(keeping: Any, recording: Any) -> drawing.Wave:
    """Both sides of a recording, and where the talk began."""
    answered = recording.answered_at
    return drawing.wave(
        bytes(keeping.caller_peaks),
        bytes(keeping.operator_peaks),
        seconds=recording.milliseconds / 1000,
        gaps=recording.gaps,
        answered=max(0.0, (answered - recording.began_at).total_seconds()) if answered else None,
    )
