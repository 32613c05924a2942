"""Addresses of the resident's pages."""

from django.urls import path

from komek.desks.resident import views

app_name = "resident"
urlpatterns = [
    path("", views.home, name="home"),
    path("write/", views.write, name="write"),
    path("status/", views.ask, name="ask"),
    path("status/<str:number>/<str:code>/", views.status, name="status"),
    path("answer/<str:token>/", views.answer, name="answer"),
    path("places/", views.suggest_places, name="places"),
]
