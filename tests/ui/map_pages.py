"""Pages with a map and nothing else, as a desk would use one."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import engines
from django.urls import include, path
from django.utils import translation

FRAME = """{% load maps static %}<!doctype html><html lang="{{ language }}"><meta charset="utf-8"><title>Map</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="{% static 'ui/tokens.css' %}"><link rel="stylesheet" href="{% static 'ui/components.css' %}">
{% vendored "fonts.css" as fonts %}{% if fonts %}<link rel="stylesheet" href="{{ fonts }}">{% endif %}
<link rel="stylesheet" href="/frame.css"><link rel="icon" href="{% static 'ui/icon.svg' %}" type="image/svg+xml">
<main><h1>Map</h1>BODY</main></html>"""
PIN = """<form>{% komek_map "where" label="Where is it?" pin=True lat=lat lon=lon zoom=zoom %}</form>"""
MARKS = """{% komek_map "board" label="Open cards" marks=marks zoom=zoom center=center selected=3 %}"""
ENDPOINT = """{% komek_map "board" label="Open cards" src="/marks.json" %}"""
ROW = [
    {"id": 1, "lat": 51.1660, "lon": 71.4240, "kind": "open", "label": "109-1 · Жарық жоқ", "url": "/card/1/"},
    {"id": 2, "lat": 51.1668, "lon": 71.4270, "kind": "overdue", "label": "109-2 · Су кетті", "url": "/card/2/"},
    {"id": 3, "lat": 51.1650, "lon": 71.4290, "kind": "done", "label": "109-3 · Шұңқыр", "url": "/card/3/"},
    {"id": 4, "lat": 51.1640, "lon": 71.4255, "kind": "incident", "label": "Жылу магистралі", "url": "/card/4/"},
]


def page(body: str):
    template = engines["django"].from_string(FRAME.replace("BODY", body))

    def view(request: HttpRequest) -> HttpResponse:
        with translation.override(request.GET.get("language", "kk")):
            told = {key: request.GET.get(key, "") for key in ("lat", "lon", "zoom", "center")}
            return HttpResponse(template.render({**told, "marks": MANY if "many" in request.GET else ROW}, request))

    return view


def frame(request: HttpRequest) -> HttpResponse:
    css = "main { padding: 16px; display: grid; gap: 16px } komek-map[data-state]:not([data-state=absent]) { height: 78vh }"
    return HttpResponse(css, content_type="text/css")


MANY = [
    {"id": n, "lat": 51.10 + (n * 37 % 97) * 0.001, "lon": 71.36 + (n * 53 % 89) * 0.0016,
     "kind": ("open", "open", "open", "done", "incident", "overdue")[n % 6], "label": f"109-{n}"}
    for n in range(300)
]  # fmt: skip

urlpatterns = [
    path("map-pin/", page(PIN)),
    path("map-marks/", page(MARKS)),
    path("map-endpoint/", page(ENDPOINT)),
    path("marks.json", lambda request: JsonResponse(ROW, safe=False)),
    path("frame.css", frame),
    path("", include("komek.config.urls")),
]
