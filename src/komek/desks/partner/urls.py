"""Addresses of the API; whatever is not one of them is answered as a Problem too."""

from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView

from komek.desks.partner.api import api
from komek.desks.partner.problems import in_json, unknown_address

_patterns, _app, _namespace = api.urls
for _pattern in _patterns:
    if isinstance(_pattern, URLPattern):
        _pattern.callback = in_json(_pattern.callback)

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="partner:openapi-view")),
    path("", (_patterns, _app, _namespace)),
    re_path("", csrf_exempt(unknown_address)),
]
